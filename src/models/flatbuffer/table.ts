import { Buffer } from "node:buffer";
import { type ByteSource, malformed } from "../bytes.ts";

// After flatbuffers.dev, "FlatBuffer Internals": tables with a table of their fields before them, vectors and texts with their
// length, all by offsets of four bytes.

export interface Table {
  readonly at: number;
}

export interface FlatBuffer {
  readonly root: Table;
  /** A number of a field; `fallback` where it isn't there. */
  readonly u8: (table: Table, field: number, fallback?: number) => number;
  readonly u32: (table: Table, field: number, fallback?: number) => number;
  readonly i32: (table: Table, field: number, fallback?: number) => number;
  /** 0 where it isn't there; null beyond 2^53. */
  readonly u64: (table: Table, field: number) => number | null;
  /** Cut; "" where it isn't there. */
  readonly text: (table: Table, field: number) => string;
  /** Where the elements of a vector are, and how many; null where it isn't there. `size` is that of one, in bytes. */
  readonly vector: (
    table: Table,
    field: number,
    size: number,
  ) => { readonly at: number; readonly count: number } | null;
  /** The tables of a vector, at most `max`; a longer one is malformed. */
  readonly tables: (table: Table, field: number, max: number) => readonly Table[];
  readonly integers: (table: Table, field: number, max: number) => readonly number[];
}

const TEXT_BYTES_MAX = 4_096;
/** Reads of one file: so many hold the largest known graphs several times. */
const READS_MAX = 20_000_000;
const WINDOW_BYTES = 65_536;

/** Bytes by their place, through a window: tables lie close to each other. */
function bytesOf(source: ByteSource): (at: number, length: number) => Buffer {
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  let reads = 0;
  return (at, length) => {
    reads += 1;
    if (reads > READS_MAX) throw malformed("it has more in it than is read", at);
    if (at < 0 || length > WINDOW_BYTES || at + length > source.size)
      throw malformed("an offset leads out of the file", at);
    if (at < start || at + length > start + window.length) {
      const read = source.read(at, Math.min(WINDOW_BYTES, source.size - at));
      window = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
      start = at;
    }
    const found = window.subarray(at - start, at - start + length);
    if (found.length < length) throw malformed("an offset leads out of the file", at);
    return found;
  };
}

const number =
  <Value>(fallback: Value, get: (at: number) => Value) =>
  (place: number | null): Value =>
    place === null ? fallback : get(place);

/** Opens a flatbuffer whose root is where its first four bytes say. Throws `model_malformed`, here and whenever an offset leads out. */
export function flatBufferOn(source: ByteSource): FlatBuffer {
  const read = bytesOf(source);
  const u16 = (at: number): number => read(at, 2).readUInt16LE(0);
  const u32 = (at: number): number => read(at, 4).readUInt32LE(0);
  /** Where a field is; null where it isn't there. */
  const placeOf = ({ at }: Table, field: number): number | null => {
    const fields = at - read(at, 4).readInt32LE(0);
    const slot = 4 + 2 * field;
    const offset = slot + 2 > u16(fields) ? 0 : u16(fields + slot);
    return offset === 0 ? null : at + offset;
  };
  const vector: FlatBuffer["vector"] = (table, field, size) => {
    const place = placeOf(table, field);
    if (place === null) return null;
    const at = place + u32(place);
    const count = u32(at);
    if (at + 4 + count * size > source.size) throw malformed(`a list of ${count} goes on past the end`, at);
    return { at: at + 4, count };
  };
  const each = <Item>(
    found: ReturnType<typeof vector>,
    max: number,
    item: (at: number) => Item,
  ): readonly Item[] => {
    if (found === null) return [];
    if (found.count > max) throw malformed(`a list has ${found.count}, of ${max} at most`, found.at);
    return Array.from({ length: found.count }, (_, n) => item(found.at + 4 * n));
  };
  const root = u32(0);
  if (root < 8) throw malformed("its root is where its letters are", 0);
  return {
    root: { at: root },
    u8: (table, field, fallback = 0) => number(fallback, (at) => read(at, 1)[0] ?? 0)(placeOf(table, field)),
    u32: (table, field, fallback = 0) => number(fallback, u32)(placeOf(table, field)),
    i32: (table, field, fallback = 0) =>
      number(fallback, (at) => read(at, 4).readInt32LE(0))(placeOf(table, field)),
    u64: (table, field) =>
      number<number | null>(0, (at) => {
        const value = read(at, 8).readBigUInt64LE(0);
        return value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
      })(placeOf(table, field)),
    text: (table, field) => {
      const found = vector(table, field, 1);
      return found === null ? "" : read(found.at, Math.min(found.count, TEXT_BYTES_MAX)).toString("utf8");
    },
    vector,
    tables: (table, field, max) => each(vector(table, field, 4), max, (at) => ({ at: at + u32(at) })),
    integers: (table, field, max) => each(vector(table, field, 4), max, (at) => read(at, 4).readInt32LE(0)),
  };
}
