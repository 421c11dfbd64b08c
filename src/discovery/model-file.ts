import { baseOf } from "./content.ts";
import type { Confidence, FoundPart, Ground } from "./found.ts";
import type { FileSeen } from "./observed.ts";

/** A file that is, or may be, part of a model. */
export interface ModelFile {
  readonly file: FileSeen;
  readonly format: string;
  readonly confidence: Confidence;
  readonly ground: Ground;
}

/** The hub and Ollama name blobs by the SHA-256 of their content: their word, not ours. */
export function digestIn({ path, target }: Pick<FileSeen, "path" | "target">): string | null {
  const hex = /^(?:sha256-)?([0-9a-f]{64})$/.exec(baseOf(target ?? path))?.[1];
  return hex === undefined ? null : `sha256:${hex}`;
}

export function partOf({ file: { path, target, size } }: ModelFile): FoundPart {
  return { path: target ?? path, size };
}
