import type { ByteSource } from "#models";

export interface Counting {
  readonly source: ByteSource;
  /** Bytes that were asked for, and whether each read lay inside. */
  readonly asked: () => number;
  readonly isInside: () => boolean;
}

/** Counts what is read of a source, and sees every read outside of it. */
export function countingOn(bytes: Uint8Array): Counting {
  let asked = 0;
  let isInside = true;
  return {
    source: {
      size: bytes.length,
      read: (at, length) => {
        asked += length;
        isInside &&= at >= 0 && length >= 0 && at + length <= bytes.length;
        return bytes.subarray(at, at + length);
      },
    },
    asked: () => asked,
    isInside: () => isInside,
  };
}
