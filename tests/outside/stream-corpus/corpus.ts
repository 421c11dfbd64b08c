import type { Protocol } from "#llm";
import { ANTHROPIC } from "./anthropic.table.ts";
import { CHAT } from "./chat.table.ts";
import { OTHERS } from "./others.table.ts";

/** A streamed answer as some server sends it, down to its line ends, comments and white space. */
export interface Recording {
  readonly name: string;
  readonly protocol: Protocol;
  /** Who sends such streams, and where that is written. */
  readonly source: string;
  readonly stream: string;
  /** What the answer says, and which calls it asks for, in order: read off the stream by hand. */
  readonly text: string;
  readonly calls: readonly string[];
}

export const CORPUS: readonly Recording[] = [...CHAT, ...ANTHROPIC, ...OTHERS];
