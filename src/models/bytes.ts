import { Fault } from "#base";

/**
 * The bytes of one file, or of one member of an archive, read where they are asked for. Synchronous: hostile files are read in
 * a process of their own, that does nothing else (T25).
 */
export interface ByteSource {
  /** In bytes, as it was when the source was opened. */
  readonly size: number;
  /**
   * The bytes from `at`: `length` of them, or fewer where the source ends before. What is answered stays as it is. Throws
   * `model_unreadable` where the system gives an error or less than it promised: the file shrank, or its disk is gone.
   */
  readonly read: (at: number, length: number) => Uint8Array;
}

/** One read asks for no more than this, whatever a file claims of itself. */
export const READ_BYTES_MAX = 16 * 1_048_576;

/** What is in memory already. */
export function bytesIn(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (at, length) => bytes.subarray(at, Math.min(at + length, bytes.length)),
  };
}

/** A part of another source; what would lie outside of that is not there. */
export function partOf(source: ByteSource, from: number, size: number): ByteSource {
  const start = Math.min(Math.max(from, 0), source.size);
  const whole = Math.max(0, Math.min(size, source.size - start));
  return {
    size: whole,
    read: (at, length) => {
      if (at >= whole) return new Uint8Array();
      return source.read(start + at, Math.min(length, whole - at));
    },
  };
}

/** Why a file is not what it claims to be, and the byte at which that shows. */
export interface Malformed {
  readonly what: string;
  readonly at: number;
}

/** What a reader throws inside of its module, and answers at its face as an outcome: the file isn't what it claims to be. */
export function malformed(what: string, at: number): Fault {
  return new Fault(
    "model_malformed",
    `${what} (at byte ${at})`,
    "Do not load this file: get it again from where it was published, and compare its digest.",
    { what, at } satisfies Malformed,
  );
}
