import { type ByteSource, malformed } from "#models";
import { beyond } from "./lost.ts";

const WINDOW_BYTES = 65_536;
/** A line that is longer names nothing that any framework has; loaders have no bound of their own. */
export const LINE_BYTES_MAX = 1_048_576;
const NEWLINE = 0x0a;
const LITTLE = true;

/** The bytes of a pickle, forwards. What ends too early throws `model_malformed`. */
export interface Tape {
  readonly source: ByteSource;
  readonly at: () => number;
  readonly left: () => number;
  readonly jump: (to: number) => void;
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  readonly i32: () => number;
  readonly u64: () => bigint;
  /** The next bytes; a view that stays as it is only until the next read. */
  readonly take: (length: number) => Uint8Array;
  readonly skip: (length: number) => void;
  /** Up to the newline, without it. At the end of the file loaders take what is left, less its last byte. */
  readonly line: () => Uint8Array;
}

export function tapeOn(source: ByteSource, from = 0): Tape {
  let at = from;
  let start = from;
  let bytes: Uint8Array = new Uint8Array();
  let view = new DataView(bytes.buffer, 0, 0);
  /** Makes `length` bytes from `at` lie in the window. */
  const reach = (length: number): void => {
    if (length > source.size - at) throw malformed("the pickle goes on past the end", at);
    if (at >= start && at + length <= start + bytes.length) return;
    bytes = source.read(at, Math.max(length, WINDOW_BYTES));
    if (bytes.length < length) throw malformed("the pickle goes on past the end", at);
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    start = at;
  };
  const number = <T>(length: number, read: (offset: number) => T) => {
    return (): T => {
      reach(length);
      at += length;
      return read(at - length - start);
    };
  };
  const take = (length: number): Uint8Array => {
    reach(length);
    at += length;
    return bytes.subarray(at - length - start, at - start);
  };
  const line = (): Uint8Array => {
    let length = Math.min(256, source.size - at);
    for (;;) {
      reach(length);
      const end = bytes.indexOf(NEWLINE, at - start);
      if (end >= 0) return withoutLast(take(end + start - at + 1));
      if (length === source.size - at) return withoutLast(take(length));
      if (length >= LINE_BYTES_MAX) throw beyond("a line is longer than what is read", at);
      length = Math.min(LINE_BYTES_MAX, source.size - at, Math.max(bytes.length, length) * 4);
    }
  };
  return {
    source,
    at: () => at,
    left: () => source.size - at,
    jump: (to) => {
      at = to;
    },
    u8: number(1, (offset) => view.getUint8(offset)),
    u16: number(2, (offset) => view.getUint16(offset, LITTLE)),
    u32: number(4, (offset) => view.getUint32(offset, LITTLE)),
    i32: number(4, (offset) => view.getInt32(offset, LITTLE)),
    u64: number(8, (offset) => view.getBigUint64(offset, LITTLE)),
    take,
    skip: (length) => {
      if (length > source.size - at) throw malformed("the pickle goes on past the end", at);
      at += length;
    },
    line,
  };
}

function withoutLast(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.max(0, bytes.length - 1));
}
