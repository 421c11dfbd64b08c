import { isUtf8 } from "node:buffer";
import { answerMalformed } from "./faults.ts";
import { createHold } from "./hold.ts";

// Server-sent events (WHATWG HTML, section 9.2), split as bytes so that what is passed on is what came. #wire's parser is
// for our own listening: it gives text and drops the bytes that an untouched answer must keep.

/** One block of lines with the blank line that ends it. */
export interface SsePiece {
  readonly bytes: Uint8Array;
  /** The `event:` field; empty where there is none. */
  readonly name: string;
  /** The `data:` lines joined with line feeds; null for a block without any: comments, blank lines, a lone `retry:`. */
  readonly data: string | null;
}

export interface SseSplitter {
  /**
   * The blocks that `chunk` completes; the pieces are the same wherever the stream was cut. Throws Fault
   * `answer_malformed` (no UTF-8, a field that clients do not agree on) and `answer_too_large`. Pieces are views into
   * `chunk` where they lie within it whole.
   */
  readonly push: (chunk: Uint8Array) => readonly SsePiece[];
  /** What was left without its blank line, read as if it had one; null: nothing. */
  readonly end: () => SsePiece | null;
}

const LF = 0x0a;
const CR = 0x0d;

interface State {
  /** Nothing of the current line has come yet. */
  isLineEmpty: boolean;
  /** The last byte was a CR that ended a line: an LF next belongs to it. */
  isAfterCr: boolean;
  /** A blank line ended with CR: an LF next is still part of the block. */
  isEndPending: boolean;
  isFirst: boolean;
}

export function createSseSplitter(eventBytesMax: number): SseSplitter {
  const hold = createHold(eventBytesMax);
  const state: State = { isLineEmpty: true, isAfterCr: false, isEndPending: false, isFirst: true };

  function read(tail: Uint8Array): SsePiece {
    const piece = readBlock(hold.take(tail), state.isFirst);
    state.isFirst = false;
    return piece;
  }

  function push(chunk: Uint8Array): readonly SsePiece[] {
    const pieces: SsePiece[] = [];
    let from = 0;
    let to = nextEnd(state, chunk, 0);
    while (to !== -1) {
      pieces.push(read(chunk.subarray(from, to)));
      from = to;
      to = nextEnd(state, chunk, from);
    }
    if (from < chunk.length) hold.keep(chunk.subarray(from));
    return pieces;
  }

  function end(): SsePiece | null {
    state.isEndPending = false;
    state.isLineEmpty = true;
    return hold.length() === 0 ? null : read(new Uint8Array(0));
  }

  return { push, end };
}

/** Where the block that goes on at `from` ends, its blank line included; -1: not in this chunk. */
function nextEnd(state: State, chunk: Uint8Array, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    const byte = chunk[at];
    if (state.isEndPending) {
      state.isEndPending = false;
      return byte === LF ? at + 1 : at;
    }
    if (byte !== LF && byte !== CR) {
      state.isLineEmpty = false;
      state.isAfterCr = false;
    } else if (byte === LF && state.isAfterCr) state.isAfterCr = false;
    else if (!state.isLineEmpty) {
      state.isLineEmpty = true;
      state.isAfterCr = byte === CR;
    } else if (byte === LF) return at + 1;
    else {
      state.isAfterCr = false;
      state.isEndPending = true;
    }
  }
  return -1;
}

/** Decodes and reads the fields of one block. Everything a line-splitting client could take differently is refused. */
function readBlock(bytes: Uint8Array, isFirst: boolean): SsePiece {
  if (!isUtf8(bytes)) throw answerMalformed("is not UTF-8");
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const text = isFirst && decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  if (OTHER_BREAKS.test(text)) checkBreaks(text);
  const only = onlyDataLine(text);
  return only === null ? readLines(bytes, text) : { bytes, name: "", data: only };
}

/**
 * What the standard takes for text, and `str.splitlines` of Python for the end of a line (httpx's `iter_lines`, which
 * clients read streams with: encode/httpx, httpx/_decoders.py, LineDecoder).
 */
// oxlint-disable-next-line no-control-regex -- these are the characters in question
const OTHER_BREAKS = /[\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]/;
// oxlint-disable-next-line no-control-regex -- these are the characters in question
const HIDDEN_FIELD = /[\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]\s*(?:data|event|id|retry)\s*:/;

/** Models do write such characters; a field behind one would be another event to some clients, in a comment a whole one. */
function checkBreaks(text: string): void {
  const isOutside = text.split(/[\r\n]/).some((line) => !line.startsWith("data") && OTHER_BREAKS.test(line));
  if (isOutside || HIDDEN_FIELD.test(text))
    throw answerMalformed("holds a character that ends a line for some clients and not for others");
}

/** The value of a block that is one `data:` line ended by LF LF, which nearly all are; null: read it line by line. */
function onlyDataLine(text: string): string | null {
  const last = text.length - 2;
  if (!text.startsWith("data:") || text.indexOf("\n") !== last || text.includes("\r")) return null;
  return text.slice(text.charCodeAt(5) === 0x20 ? 6 : 5, last);
}

function readLines(bytes: Uint8Array, text: string): SsePiece {
  let data: string | null = null;
  let name = "";
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === "" || line.startsWith(":")) continue;
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data = data === null ? value : `${data}\n${value}`;
    else if (field === "event") name = value;
    else if (field !== "id" && field !== "retry") throw unknownField(field);
  }
  return { bytes, name, data };
}

/**
 * The standard ignores unknown fields, but clients trim lines, or strip a byte order mark from each, and would read
 * `\uFEFFdata:` as data (the official OpenAI client does: `internal/decoders/line.js`).
 */
function unknownField(field: string): Error {
  return answerMalformed(`holds a line that is no field of an event: ${JSON.stringify(field.slice(0, 40))}`);
}
