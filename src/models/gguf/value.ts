import { isUtf8 } from "node:buffer";
import type { Digest } from "#base";
import { malformed, READ_BYTES_MAX } from "../bytes.ts";
import type { Cursor } from "../cursor.ts";
import { itemDigest } from "../item-digest.ts";
import { type OddityList, shown } from "../oddity.ts";
import { NUMBER_BYTES, type NumberType, VALUE_TYPES, type ValueType } from "./types.table.ts";

/** Lists within lists; ggml itself reads none. */
const DEPTH_MAX = 4;
/** Texts and lists in the lists of all keys together; the largest known tokenizers have 800,000. */
const ITEMS_MAX = 2_000_000;
/** A list this long is kept; a longer one is a tokenizer's, and digested. */
const LIST_KEPT_MAX = 256;
/** What all values together may keep in memory. */
const KEPT_BYTES_MAX = 16 * 1_048_576;
/** A text this long is kept; a chat template may be longer. */
const TEXT_KEPT_BYTES_MAX = 65_536;
export const TEMPLATE_KEPT_BYTES_MAX = 1_048_576;
const CHUNK_BYTES = 1_048_576;

/** A text or a list whose bytes were read and not kept. */
export interface Digested {
  readonly length: number;
  readonly digest: Digest;
}

export interface GgufList extends Digested {
  readonly of: ValueType;
  /** Null where the list is too long to be kept, or one of lists. */
  readonly items: readonly (string | number | bigint | boolean)[] | null;
}

export type GgufValue = string | number | bigint | boolean | GgufList | (Digested & { readonly of: "text" });

/** One file's reading: where it stands, its version, and what it may still take. */
export interface GgufReading {
  readonly cursor: Cursor;
  readonly littleEndian: boolean;
  readonly version: number;
  readonly oddities: OddityList;
  /** Told of each text of every list, kept or not. */
  readonly watch: TextWatch | null;
  items: number;
  kept: number;
}

export type TextWatch = (key: string, text: Uint8Array) => void;

export function readingOf(
  cursor: Cursor,
  version: number,
  littleEndian: boolean,
  oddities: OddityList,
): GgufReading {
  return { cursor, version, littleEndian, oddities, watch: null, items: 0, kept: 0 };
}

/** A number of things: 4 bytes in version 1, 8 since. */
export function countIn({ cursor, version }: GgufReading, what: string, max: number): number {
  if (version !== 1) return cursor.count(what, max);
  const at = cursor.at();
  const count = cursor.u32();
  if (count > max) throw malformed(`${what} is ${count}, of ${max} at most`, at);
  return count;
}

/** A short text that has to be there whole: a key, a tensor's name. */
export function nameIn(reading: GgufReading, what: string, max: number): string {
  const at = reading.cursor.at();
  const bytes = reading.cursor.take(countIn(reading, `the length of ${what}`, max), what);
  return textOf(reading, bytes, what, at);
}

export function typeIn({ cursor }: GgufReading, key: string): ValueType {
  const at = cursor.at();
  const code = cursor.u32();
  const type = VALUE_TYPES[code];
  if (type === undefined) throw malformed(`the value of ${shown(key)} has type ${code}, which is none`, at);
  return type;
}

/** The value of `key`. Long texts, and lists of tokens, are digested in passing. */
export function valueIn(reading: GgufReading, key: string, type: ValueType): GgufValue {
  if (type === "array") return listIn(reading, key, 1);
  if (type !== "string") return numberIn(reading, key, type);
  const max = key.startsWith("tokenizer.chat_template") ? TEMPLATE_KEPT_BYTES_MAX : TEXT_KEPT_BYTES_MAX;
  return longTextIn(reading, key, max);
}

function textOf(reading: GgufReading, bytes: Uint8Array, what: string, at: number): string {
  if (!isUtf8(bytes)) reading.oddities.add("gguf-text", `${what} is not valid UTF-8`, at);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

function longTextIn(reading: GgufReading, key: string, max: number): GgufValue {
  const { cursor } = reading;
  const at = cursor.at();
  const length = countIn(reading, `the length of ${shown(key)}`, cursor.left());
  if (length <= Math.min(max, KEPT_BYTES_MAX - reading.kept)) {
    reading.kept += length;
    return textOf(
      reading,
      cursor.take(length, `the value of ${shown(key)}`),
      `the value of ${shown(key)}`,
      at,
    );
  }
  const digest = itemDigest();
  for (let left = length; left > 0; left -= Math.min(left, CHUNK_BYTES)) {
    digest.raw(cursor.take(Math.min(left, CHUNK_BYTES), `the value of ${shown(key)}`));
  }
  return { of: "text", length, digest: digest.end() };
}

function listIn(reading: GgufReading, key: string, depth: number): GgufList {
  const { cursor, oddities } = reading;
  const at = cursor.at();
  if (depth > DEPTH_MAX) throw malformed(`the lists in ${shown(key)} nest deeper than ${DEPTH_MAX}`, at);
  const of = typeIn(reading, key);
  const least = of === "string" || of === "array" ? leastBytes(reading, of) : NUMBER_BYTES[of];
  const what = `the length of the list ${shown(key)}`;
  const length = countIn(reading, what, Math.floor(cursor.left() / least));
  if (of === "string") return textsIn(reading, key, length);
  if (of === "array") {
    if (depth === 1)
      oddities.add("gguf-nested-list", `${shown(key)} is a list of lists, which ggml refuses`, at);
    return listsIn(reading, key, length, depth);
  }
  return numbersIn(reading, key, of, length);
}

/** An empty text is its length, an empty list its type and its length. */
function leastBytes({ version }: GgufReading, of: "string" | "array"): number {
  const count = version === 1 ? 4 : 8;
  return of === "string" ? count : count + 4;
}

function spend(reading: GgufReading, items: number, key: string): void {
  reading.items += items;
  if (reading.items <= ITEMS_MAX) return;
  throw malformed(`with ${shown(key)} the lists have more than ${ITEMS_MAX} items`, reading.cursor.at());
}

function textsIn(reading: GgufReading, key: string, length: number): GgufList {
  spend(reading, length, key);
  const what = `an item of ${shown(key)}`;
  const digest = itemDigest();
  const items: string[] | null = length <= LIST_KEPT_MAX ? [] : null;
  for (let n = 0; n < length; n += 1) {
    const at = reading.cursor.at();
    const size = countIn(reading, `the length of ${what}`, Math.min(reading.cursor.left(), READ_BYTES_MAX));
    const bytes = reading.cursor.take(size, what);
    digest.text(bytes);
    reading.watch?.(key, bytes);
    if (items === null) continue;
    const isKept = size <= KEPT_BYTES_MAX - reading.kept && size <= TEXT_KEPT_BYTES_MAX;
    if (isKept) items.push(textOf(reading, bytes, what, at));
    if (isKept) reading.kept += size;
  }
  return { of: "string", length, digest: digest.end(), items: items?.length === length ? items : null };
}

function listsIn(reading: GgufReading, key: string, length: number, depth: number): GgufList {
  spend(reading, length, key);
  const digest = itemDigest();
  for (let n = 0; n < length; n += 1) {
    digest.text(Buffer.from(listIn(reading, key, depth + 1).digest));
  }
  return { of: "array", length, digest: digest.end(), items: null };
}

function numbersIn(reading: GgufReading, key: string, of: NumberType, length: number): GgufList {
  const { cursor } = reading;
  const width = NUMBER_BYTES[of];
  const digest = itemDigest();
  const isKept = length <= LIST_KEPT_MAX;
  const items: (number | bigint | boolean)[] = [];
  for (let left = length * width; left > 0; left -= Math.min(left, CHUNK_BYTES)) {
    const at = cursor.at();
    const bytes = Buffer.from(cursor.take(Math.min(left, CHUNK_BYTES), `the list ${shown(key)}`));
    if (!reading.littleEndian) swap(bytes, width);
    digest.raw(bytes);
    if (of === "bool" && bytes.some((byte) => byte > 1)) addBool(reading, key, at);
    if (isKept) for (let n = 0; n < bytes.length; n += width) items.push(numberAt(bytes, n, of));
  }
  return { of, length, digest: digest.end(), items: isKept ? items : null };
}

function swap(bytes: Buffer, width: 1 | 2 | 4 | 8): void {
  if (width === 2) bytes.swap16();
  if (width === 4) bytes.swap32();
  if (width === 8) bytes.swap64();
}

function numberIn(reading: GgufReading, key: string, of: NumberType): number | bigint | boolean {
  const at = reading.cursor.at();
  const bytes = Buffer.from(reading.cursor.take(NUMBER_BYTES[of], `the value of ${shown(key)}`));
  if (!reading.littleEndian) swap(bytes, NUMBER_BYTES[of]);
  if (of === "bool" && (bytes[0] ?? 0) > 1) addBool(reading, key, at);
  return numberAt(bytes, 0, of);
}

function addBool({ oddities }: GgufReading, key: string, at: number): void {
  oddities.add("gguf-bool", `a truth value of ${shown(key)} is neither 0 nor 1`, at);
}

const NUMBERS: Readonly<Record<NumberType, (bytes: Buffer, at: number) => number | bigint | boolean>> = {
  u8: (bytes, at) => bytes.readUInt8(at),
  i8: (bytes, at) => bytes.readInt8(at),
  u16: (bytes, at) => bytes.readUInt16LE(at),
  i16: (bytes, at) => bytes.readInt16LE(at),
  u32: (bytes, at) => bytes.readUInt32LE(at),
  i32: (bytes, at) => bytes.readInt32LE(at),
  f32: (bytes, at) => bytes.readFloatLE(at),
  bool: (bytes, at) => bytes.readUInt8(at) !== 0,
  u64: (bytes, at) => bytes.readBigUInt64LE(at),
  i64: (bytes, at) => bytes.readBigInt64LE(at),
  f64: (bytes, at) => bytes.readDoubleLE(at),
};

function numberAt(bytes: Buffer, at: number, of: NumberType): number | bigint | boolean {
  return NUMBERS[of](bytes, at);
}
