import type { Digest } from "#base";

/** Shapes (`shapeOf`) that a client or a package declares of each tool, and where they were read. */
export interface Pinned {
  /** Versions whose code was looked at: of an npm package the only ones that its manifests are in force for. */
  readonly versions: readonly string[];
  readonly source: string;
  readonly tools: Readonly<Record<string, readonly Digest[]>>;
}

export const TOOL_SHAPES: Readonly<Record<string, Pinned>> = {};
export const PACKAGE_SHAPES: Readonly<Record<string, Pinned>> = {};
