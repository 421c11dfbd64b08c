import { type ByteSource, malformed, READ_BYTES_MAX } from "./bytes.ts";

/** The least that is fetched at once: headers are thousands of small values. */
const WINDOW_BYTES = 65_536;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Reads a source forwards. Whatever runs past its end, or past a bound that the caller names, throws `model_malformed`. */
export interface Cursor {
  readonly at: () => number;
  readonly left: () => number;
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  readonly i32: () => number;
  /** Any of the 2^64 values; `count` is for those that count something which has to fit. */
  readonly u64: () => bigint;
  readonly i64: () => bigint;
  readonly f32: () => number;
  readonly f64: () => number;
  /** An unsigned 64-bit number of things, at most `max`. */
  readonly count: (what: string, max: number) => number;
  /** The next bytes, a copy; at most `READ_BYTES_MAX`. */
  readonly take: (length: number, what: string) => Uint8Array;
  readonly skip: (length: number, what: string) => void;
}

export function cursorOn(source: ByteSource, from = 0, littleEndian = true): Cursor {
  let at = from;
  let view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));
  let start = 0;
  const need = (length: number, what: string): void => {
    if (!Number.isSafeInteger(length) || length < 0 || length > source.size - at) {
      throw malformed(`${what} goes on past the end`, at);
    }
  };
  /** The offset in `view` of the next bytes, which are in it whole. */
  const next = (length: number, what: string): number => {
    need(length, what);
    if (at < start || at + length > start + view.byteLength) {
      const bytes = source.read(at, Math.max(length, Math.min(WINDOW_BYTES, source.size - at)));
      if (bytes.length < length) throw malformed(`${what} goes on past the end`, at);
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      start = at;
    }
    at += length;
    return at - length - start;
  };
  const number = <T>(length: number, read: (view: DataView, offset: number) => T) => {
    return (): T => {
      const offset = next(length, "a number");
      return read(view, offset);
    };
  };
  const u64 = number(8, (bytes, offset) => bytes.getBigUint64(offset, littleEndian));
  return {
    at: () => at,
    left: () => source.size - at,
    u8: number(1, (bytes, offset) => bytes.getUint8(offset)),
    u16: number(2, (bytes, offset) => bytes.getUint16(offset, littleEndian)),
    u32: number(4, (bytes, offset) => bytes.getUint32(offset, littleEndian)),
    i32: number(4, (bytes, offset) => bytes.getInt32(offset, littleEndian)),
    u64,
    i64: number(8, (bytes, offset) => bytes.getBigInt64(offset, littleEndian)),
    f32: number(4, (bytes, offset) => bytes.getFloat32(offset, littleEndian)),
    f64: number(8, (bytes, offset) => bytes.getFloat64(offset, littleEndian)),
    count: (what, max) => {
      const value = u64();
      if (value > SAFE || Number(value) > max) {
        throw malformed(`${what} is ${value}, of ${max} at most`, at - 8);
      }
      return Number(value);
    },
    take: (length, what) => {
      if (length > READ_BYTES_MAX)
        throw malformed(`${what} has ${length} bytes, of ${READ_BYTES_MAX} at most`, at);
      const offset = next(length, what);
      return new Uint8Array(view.buffer, view.byteOffset + offset, length).slice();
    },
    skip: (length, what) => {
      need(length, what);
      at += length;
    },
  };
}
