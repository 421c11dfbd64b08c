import type { Json, JsonObject } from "#base";
import { type ByteSource, malformed, READ_BYTES_MAX } from "../bytes.ts";
import { cursorOn } from "../cursor.ts";
import { isObject, jsonText } from "../json-text.ts";
import { type Oddity, oddityList, type OddityList, shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { DTYPE_BITS } from "./dtypes.table.ts";

/** `MAX_HEADER_SIZE` of the library. */
export const HEADER_BYTES_MAX = 100_000_000;
const TENSORS_MAX = 150_000;
const DIMENSIONS_MAX = 16;

export interface SafeTensor {
  readonly name: string;
  readonly dtype: string;
  /** The outermost first. */
  readonly shape: readonly number[];
  readonly elements: number;
  /** Where it lies in the file; null where it lies outside. */
  readonly extent: { readonly at: number; readonly bytes: number } | null;
}

export interface SafetensorsRead {
  /** The first byte of the data. */
  readonly dataAt: number;
  readonly tensors: readonly SafeTensor[];
  /** `__metadata__`: texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the format forbids; the library itself refuses all of it but names that come twice. */
  readonly oddities: readonly Oddity[];
}

/**
 * Reads the header of a safetensors file: 8 bytes of length, lowest first, then JSON. No tensor's data is read. After
 * safetensors/src/tensor.rs of huggingface/safetensors 24b0b28 (2026-05-12).
 */
export function readSafetensors(source: ByteSource): Outcome<SafetensorsRead> {
  return outcomeOf(() => {
    const oddities = oddityList();
    const { header, dataAt } = headerIn(source, oddities);
    const { __metadata__: said, ...entries } = header;
    const metadata = metadataOf(said, oddities);
    const tensors = tensorsOf(entries, dataAt, source.size, oddities);
    checkPlaces(tensors, dataAt, source.size, oddities);
    return { dataAt, tensors, metadata, oddities: oddities.all() };
  });
}

function headerIn(
  source: ByteSource,
  oddities: OddityList,
): { readonly header: JsonObject; readonly dataAt: number } {
  const cursor = cursorOn(source);
  const length = cursor.count("the length of the header", HEADER_BYTES_MAX);
  if (length > cursor.left()) throw malformed(`the header of ${length} bytes goes on past the end`, 0);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += READ_BYTES_MAX) {
    bytes.set(cursor.take(Math.min(READ_BYTES_MAX, length - at), "the header"), at);
  }
  const { value, twice } = jsonText(bytes, 8);
  if (bytes[0] !== 0x7b || !isObject(value)) throw malformed("the header does not start with {", 8);
  for (const { name, at } of twice)
    oddities.add("safetensors-name-twice", `the header holds the name ${shown(name)} twice`, at);
  return { header: value, dataAt: 8 + length };
}

function metadataOf(said: Json | undefined, oddities: OddityList): Readonly<Record<string, string>> {
  if (said === undefined) return {};
  const entries = isObject(said) ? Object.entries(said) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (!isObject(said) || texts.length < entries.length)
    oddities.add("safetensors-metadata", `"__metadata__" holds something else than texts by name`, 8);
  return Object.fromEntries(texts);
}

function tensorsOf(
  entries: JsonObject,
  dataAt: number,
  size: number,
  oddities: OddityList,
): readonly SafeTensor[] {
  const names = Object.keys(entries);
  if (names.length > TENSORS_MAX) throw malformed(`the header names more than ${TENSORS_MAX} tensors`, 8);
  return names.map((name) => tensorOf(name, entries[name], { dataAt, size }, oddities));
}

interface File {
  readonly dataAt: number;
  readonly size: number;
}

function tensorOf(name: string, entry: Json | undefined, file: File, oddities: OddityList): SafeTensor {
  const { dtype, shape, begin, end } = saidOf(name, entry);
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  if (elements > Number.MAX_SAFE_INTEGER)
    throw malformed(`the tensor ${shown(name)} claims too many elements`, 8);
  const bits = DTYPE_BITS.get(dtype);
  if (bits === undefined)
    oddities.add("safetensors-dtype", `${shown(name)} has the unknown type ${shown(dtype)}`, 8);
  else if (elements * bits !== (end - begin) * 8)
    oddities.add(
      "safetensors-shape",
      `${shown(name)} has ${elements} elements of ${bits} bits in ${end - begin} bytes`,
      8,
    );
  const isInside = file.dataAt + end <= file.size;
  if (!isInside)
    oddities.add(
      "safetensors-extent",
      `the tensor ${shown(name)} would end at byte ${file.dataAt + end} of a file of ${file.size} bytes`,
      8,
    );
  const extent = isInside ? { at: file.dataAt + begin, bytes: end - begin } : null;
  return { name, dtype, shape, elements, extent };
}

function saidOf(
  name: string,
  entry: Json | undefined,
): {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
} {
  const { dtype, shape, data_offsets: offsets, ...more } = isObject(entry) ? entry : {};
  const [dimensions, places] = [countsOf(shape, DIMENSIONS_MAX), countsOf(offsets, 2)];
  const [begin, end] = places ?? [];
  const isSound = typeof dtype === "string" && dimensions !== null && Object.keys(more).length === 0;
  if (!isSound || begin === undefined || end === undefined || end < begin)
    throw malformed(`the entry of ${shown(name)} is not a type, a shape and two offsets in order`, 8);
  return { dtype, shape: dimensions, begin, end };
}

function countsOf(value: Json | undefined, max: number): readonly number[] | null {
  if (!Array.isArray(value) || value.length > max) return null;
  const counts = value.filter(
    (item): item is number => typeof item === "number" && Number.isSafeInteger(item) && item >= 0,
  );
  return counts.length === value.length ? counts : null;
}

/** One after the other, from the first byte of the data to the last of the file. */
function checkPlaces(
  tensors: readonly SafeTensor[],
  dataAt: number,
  size: number,
  oddities: OddityList,
): void {
  const known = tensors.flatMap(({ name, extent }) => (extent === null ? [] : [{ name, ...extent }]));
  let end = dataAt;
  for (const { name, at, bytes } of known.toSorted(
    (left, right) => left.at - right.at || left.bytes - right.bytes,
  )) {
    if (at < end) oddities.add("safetensors-overlap", `${shown(name)} begins in another tensor`, at);
    if (at > end)
      oddities.add("safetensors-gap", `${at - end} bytes before ${shown(name)} belong to no tensor`, end);
    end = Math.max(end, at + bytes);
  }
  if (known.length === tensors.length && size > end)
    oddities.add("safetensors-trailing", `${size - end} bytes after the last tensor belong to nothing`, end);
}
