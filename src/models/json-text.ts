import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "#base";
import { malformed } from "./bytes.ts";

/** Containers within containers; the outermost is 1. */
const DEPTH_MAX = 64;
/** Values of every kind: the largest known tokenizers have 2 million. */
const VALUES_MAX = 2_500_000;
/** Names of all objects together, which cost far more than values do. */
const NAMES_MAX = 600_000;
const NUMBER_CHARACTERS_MAX = 64;
const TWICE_MAX = 100;

/** A name that an object holds twice: readers differ on which of the two counts. Here the last, as Python and Rust take it. */
export interface NamedTwice {
  readonly name: string;
  readonly at: number;
}

export interface JsonText {
  readonly value: Json;
  readonly twice: readonly NamedTwice[];
}

interface Reader {
  readonly bytes: Buffer;
  /** Where `bytes` begin in their file. */
  readonly from: number;
  readonly twice: NamedTwice[];
  at: number;
  depth: number;
  values: number;
  names: number;
}

/**
 * Reads JSON (RFC 8259) of a model's files: valid UTF-8, nothing after the value but space, bounded depth and number of values.
 * Unlike #wire's it goes on after a name that comes twice, which is what a scanner has to report; and it takes NaN and Infinity, which
 * Python writes into configurations, as null. Throws `model_malformed`; offsets are those of the file.
 */
export function jsonText(bytes: Uint8Array, from = 0): JsonText {
  if (!isUtf8(bytes)) throw malformed("the JSON is not valid UTF-8", from);
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader: Reader = { bytes: view, from, twice: [], at: 0, depth: 0, values: 0, names: 0 };
  skipSpace(reader);
  const value = readValue(reader);
  skipSpace(reader);
  if (reader.at < view.length) throw wrong(reader, "the end");
  return { value, twice: reader.twice };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong({ from, at }: Reader, expected: string): Error {
  return malformed(`the JSON is none: expected ${expected}`, from + at);
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const byte = reader.bytes[reader.at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    reader.at += 1;
  }
}

function readValue(reader: Reader): Json {
  reader.values += 1;
  if (reader.values > VALUES_MAX)
    throw malformed(`the JSON has more than ${VALUES_MAX} values`, reader.from + reader.at);
  switch (reader.bytes[reader.at] ?? 0) {
    case 0x22:
      return readString(reader);
    case 0x7b:
      return readObject(reader);
    case 0x5b:
      return readArray(reader);
    default:
      return readWord(reader);
  }
}

function enter(reader: Reader): void {
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX)
    throw malformed(`the JSON nests deeper than ${DEPTH_MAX}`, reader.from + reader.at);
  reader.at += 1;
  skipSpace(reader);
}

function leave(reader: Reader, end: number, expected: string): void {
  if (reader.bytes[reader.at] !== end) throw wrong(reader, expected);
  reader.at += 1;
  reader.depth -= 1;
}

/** Steps over a comma; false where the container ends. */
function goesOn(reader: Reader): boolean {
  skipSpace(reader);
  if (reader.bytes[reader.at] !== 0x2c) return false;
  reader.at += 1;
  skipSpace(reader);
  return true;
}

function readObject(reader: Reader): JsonObject {
  enter(reader);
  const members = new Map<string, Json>();
  if (reader.bytes[reader.at] !== 0x7d) {
    do readMember(reader, members);
    while (goesOn(reader));
  }
  leave(reader, 0x7d, '"," or "}"');
  return Object.fromEntries(members);
}

function readMember(reader: Reader, members: Map<string, Json>): void {
  const at = reader.at;
  if (reader.bytes[at] !== 0x22) throw wrong(reader, "a name in quotes");
  reader.names += 1;
  if (reader.names > NAMES_MAX)
    throw malformed(`the JSON has more than ${NAMES_MAX} names`, reader.from + at);
  const name = readString(reader);
  if (members.has(name) && reader.twice.length < TWICE_MAX) reader.twice.push({ name, at: reader.from + at });
  skipSpace(reader);
  if (reader.bytes[reader.at] !== 0x3a) throw wrong(reader, '":"');
  reader.at += 1;
  skipSpace(reader);
  members.set(name, readValue(reader));
}

function readArray(reader: Reader): Json[] {
  enter(reader);
  const items: Json[] = [];
  if (reader.bytes[reader.at] !== 0x5d) {
    do items.push(readValue(reader));
    while (goesOn(reader));
  }
  leave(reader, 0x5d, '"," or "]"');
  return items;
}

function readString(reader: Reader): string {
  const { bytes, at: start } = reader;
  let at = start + 1;
  let isPlain = true;
  for (; bytes[at] !== 0x22; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20) throw wrong({ ...reader, at }, "a string without control characters, closed by a quote");
    if (byte !== 0x5c) continue;
    isPlain = false;
    at += 1;
  }
  reader.at = at + 1;
  return isPlain ? bytes.toString("utf8", start + 1, at) : unescaped(reader, start);
}

/** The engine's own reading of one literal: it refuses unknown escapes. */
function unescaped(reader: Reader, start: number): string {
  try {
    const value: unknown = JSON.parse(reader.bytes.toString("utf8", start, reader.at));
    if (typeof value === "string") return value;
  } catch {
    // Said below.
  }
  throw wrong({ ...reader, at: start }, "a string whose escapes are JSON's");
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", null],
  ["Infinity", null],
  ["-Infinity", null],
]);

function readWord(reader: Reader): Json {
  const { bytes, at: start } = reader;
  let end = start;
  while (isWordByte(bytes[end]) && end - start <= NUMBER_CHARACTERS_MAX) end += 1;
  const found = bytes.toString("latin1", start, end);
  const word = WORDS.get(found);
  if (word === undefined && !NUMBER.test(found)) throw wrong(reader, "a value");
  reader.at = end;
  return word === undefined ? Number(found) : word;
}

/** Letters, digits, plus, minus and full stop. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || [0x2b, 0x2d, 0x2e].includes(byte)
  );
}
