import { plain, squeeze } from "./fold.ts";
import {
  KEPT_CHARS_MAX,
  LEAVES_MAX,
  RECORDS_MAX,
  ROWS_MAX,
  TEXT_CHARS_MAX,
  WRITTEN_MAX,
  SOURCES_MAX,
} from "./limits.ts";
import type { RecordRead } from "./records.ts";

/** Where something was seen: the tool, and what may be relied on of it. */
export interface Source {
  readonly tool: string;
  readonly isTrusted: boolean;
  readonly isConfidential: boolean;
  readonly isDirectory: boolean;
  /** Made by this session's own call. */
  readonly isMade: boolean;
  /** What was made holds an address, a link or an account that nothing grounded: it leads to whoever that is. */
  readonly holdsOthers?: boolean;
  /** All arguments of the lookup were the user's own words. */
  readonly isAskedFor: boolean;
}

/** One object that a result told of. */
export interface SeenRecord extends RecordRead {
  readonly source: number;
}

/** A text that was seen, squeezed for finding. */
export interface SeenText {
  readonly source: number;
  readonly record: number | null;
  readonly squeezed: string;
}

/** What a session has seen and done. Plain JSON: `JSON.parse(JSON.stringify(memory))` is the same session. */
export interface Memory {
  readonly version: 1;
  sources: Source[];
  records: SeenRecord[];
  /** Rows of plain listings: value and source. */
  rows: { readonly value: string; readonly source: number }[];
  texts: SeenText[];
  /** What the agent wrote that no word of the user's or trusted source grounds: reading it again grounds nothing. */
  written: string[];
  textChars: number;
  /** Of rows, records and what was written; absent where none were counted yet. */
  keptChars?: number;
  leaves: number;
  tainted: boolean;
  overflowed: boolean;
}

export function emptyMemory(): Memory {
  return {
    version: 1,
    sources: [],
    records: [],
    rows: [],
    texts: [],
    written: [],
    textChars: 0,
    leaves: 0,
    tainted: false,
    overflowed: false,
  };
}

/** Places of what is known of sources, by all of it: many results have one source. */
const places = new WeakMap<Memory, Map<string, number>>();

/** The place of a source, which is kept once. */
export function sourceAt(memory: Memory, source: Source): number {
  const known = places.get(memory) ?? new Map(memory.sources.map((one, at) => [keyOf(one), at] as const));
  places.set(memory, known);
  const key = keyOf(source);
  const before = known.get(key);
  if (before !== undefined) return before;
  if (memory.sources.length >= SOURCES_MAX) {
    memory.overflowed = true;
    return memory.sources.length - 1;
  }
  const at = memory.sources.push(source) - 1;
  known.set(key, at);
  return at;
}

function keyOf(source: Source): string {
  const { tool, isTrusted, isConfidential, isDirectory, isMade, isAskedFor, holdsOthers = false } = source;
  const flags = [isTrusted, isConfidential, isDirectory, isMade, isAskedFor, holdsOthers];
  return `${flags.map(Number).join("")} ${tool}`;
}

/**
 * Keeps a text for finding. What is trusted and open to all is not kept: nothing is ever refused for having been there,
 * and a long day in the user's own folders must not fill the memory.
 */
export function keepText(memory: Memory, source: number, record: number | null, text: string): void {
  const from = memory.sources[source];
  const isOpen = record === null || memory.records[record]?.audience === null;
  if (from?.isTrusted === true && !from.isConfidential && isOpen) return;
  const squeezed = squeeze(text);
  if (squeezed.length === 0) return;
  if (memory.textChars + squeezed.length > TEXT_CHARS_MAX || memory.leaves >= LEAVES_MAX) {
    memory.overflowed = true;
    return;
  }
  memory.textChars += squeezed.length;
  memory.leaves += 1;
  memory.texts.push({ source, record, squeezed });
}

export function keepRecord(memory: Memory, source: number, record: RecordRead): number | null {
  const { ids, titles, names, authors, audience, addresses, texts } = record;
  const named = [ids, titles, names, authors, audience ?? [], addresses].flat();
  if (memory.records.length >= RECORDS_MAX || !hasRoom(memory, named)) {
    memory.overflowed = true;
    return null;
  }
  // What it says can only ground; without it, it grounds less.
  memory.records.push({ ...record, texts: hasRoom(memory, texts) ? texts : [], source });
  return memory.records.length - 1;
}

/** A row can only ground: one that has no room grounds nothing. */
export function keepRow(memory: Memory, value: string, source: number): void {
  if (memory.rows.length < ROWS_MAX && hasRoom(memory, [value])) memory.rows.push({ value, source });
}

/** Takes the room, where there is enough. */
function hasRoom(memory: Memory, texts: readonly string[]): boolean {
  const chars = texts.reduce((sum, text) => sum + text.length, memory.keptChars ?? 0);
  if (chars > KEPT_CHARS_MAX) return false;
  memory.keptChars = chars;
  return true;
}

export function keepWritten(memory: Memory, text: string): void {
  const value = plain(text).trim();
  if (value.length < 3 || memory.written.includes(value)) return;
  if (memory.written.length >= WRITTEN_MAX || !hasRoom(memory, [value])) memory.overflowed = true;
  else memory.written.push(value);
}

/** A shorter one stands in other texts by chance. */
const ECHO_CHARS = 8;

/** Whether a text is, or holds, something that the agent wrote without grounds. */
export function echoes(memory: Memory, text: string): boolean {
  const read = plain(text).trim();
  return memory.written.some((one) => one === read || (one.length >= ECHO_CHARS && read.includes(one)));
}
