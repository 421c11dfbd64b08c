/** What a ground rests on. A port or a name alone never makes more than `possible`. */
export type GroundKind =
  | "answer"
  | "argument"
  | "bytes"
  | "configuration"
  | "declared"
  | "device"
  | "layout"
  | "mapped"
  | "name"
  | "port";

export interface Ground {
  readonly by: GroundKind;
  /** One plain sentence; what a file or an answer says of itself is quoted, and may be anything. */
  readonly says: string;
}

/**
 * `certain`: its bytes, its answer or the kernel say so. `likely`: several things agree and each could be made up.
 * `possible`: a name, an ending or a place.
 */
export type Confidence = "certain" | "likely" | "possible";

export type FoundKind = "accelerator" | "agent" | "model" | "runtime" | "server";

export type Fact = boolean | number | string | readonly string[];

/** One thing that is on this machine. Its texts are as they were found: whoever shows them makes them inert first. */
export interface Found {
  readonly kind: FoundKind;
  /** The word of the tables: `gguf`, `ollama`, `claude-code`, `mcp`, `nvidia`. */
  readonly what: string;
  readonly name: string;
  /** A path, `pid 12`, or `127.0.0.1:11434`. */
  readonly where: string;
  readonly confidence: Confidence;
  readonly grounds: readonly Ground[];
  readonly facts: Readonly<Record<string, Fact>>;
  /** What somebody should know of it beside that it is there. */
  readonly warnings: readonly string[];
  /** The files that a model was recognised by, each once. */
  readonly parts?: readonly FoundPart[];
}

export interface FoundPart {
  /** Where the file itself lies, links followed. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** Facts without those that are not known. */
export function known(facts: Readonly<Record<string, Fact | null | undefined>>): Record<string, Fact> {
  const kept: Record<string, Fact> = {};
  for (const [name, fact] of Object.entries(facts))
    if (fact !== null && fact !== undefined) kept[name] = fact;
  return kept;
}
