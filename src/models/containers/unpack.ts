import { Buffer } from "node:buffer";
import { constants, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";

/** What came out of a compressed stream. `why` is null where it was read to its end; else `bytes` is a start of it. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  /** Bytes of the input up to the stream's end. */
  readonly consumed: number;
  readonly why: string | null;
}

export type Packing = "deflate" | "zlib" | "zstd";

/** Deflate makes of one byte no more than 1032 (zlib's technical notes); zstd, of one block of 3 bytes, 128 KiB. */
const RATIO: Record<Packing, number> = { deflate: 1032, zlib: 1032, zstd: 43_691 };
const CHUNK_BYTES = 262_144;
/** A broken stream is followed to where it breaks by so many attempts at most, of so many bytes. */
const ATTEMPTS_MAX = 24;
const ATTEMPT_BYTES_MAX = 8 * 1_048_576;

interface Ended {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** The types of Node know nothing of `info`, which its documentation names (zlib, class Options). */
function isEnded(value: unknown): value is Ended {
  return typeof value === "object" && value !== null && "buffer" in value && "engine" in value;
}

function attempt(packed: Uint8Array, how: Packing, most: number, whole: boolean): Unpacked | Error {
  const bounds = { maxOutputLength: most, chunkSize: CHUNK_BYTES, info: true };
  try {
    const finishFlush = how === "zstd" ? constants.ZSTD_e_flush : constants.Z_SYNC_FLUSH;
    const options = whole ? bounds : { ...bounds, finishFlush };
    const out: unknown = { deflate: inflateRawSync, zlib: inflateSync, zstd: zstdDecompressSync }[how](
      packed,
      options,
    );
    if (!isEnded(out)) return new Error("nothing came out");
    return { bytes: out.buffer, consumed: out.engine.bytesWritten, why: null };
  } catch (error) {
    return error instanceof Error ? error : new Error("broken");
  }
}

/** The longest start that can be read of a stream that breaks: whoever reads it as a stream gets that much before it fails. */
function start(packed: Uint8Array, how: Packing, most: number): Uint8Array {
  let [good, bad] = [0, Math.min(packed.length, ATTEMPT_BYTES_MAX) + 1];
  let bytes: Uint8Array = new Uint8Array();
  for (let n = 0; n < ATTEMPTS_MAX && bad - good > 1; n += 1) {
    const length = n === 0 ? bad - 1 : Math.floor((good + bad) / 2);
    const got = attempt(packed.subarray(0, length), how, most, false);
    if (got instanceof Error) bad = length;
    else [good, bytes] = [length, got.bytes];
  }
  return bytes;
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : "");

/**
 * Inflates `packed` into `most` bytes of memory at most. A stream that would need more, or that breaks, gives what can be had of
 * its start, with `why`. Bytes after the stream's end are left, see `consumed`.
 */
export function unpack(packed: Uint8Array, how: Packing, most: number): Unpacked {
  if (most < 1) return { bytes: new Uint8Array(), consumed: 0, why: "no more may be unpacked of this file" };
  const got = attempt(packed, how, most, true);
  if (!(got instanceof Error)) return got;
  if (codeOf(got) === "ERR_BUFFER_TOO_LARGE") {
    const few = packed.subarray(0, Math.max(64, Math.floor(most / RATIO[how])));
    return { bytes: start(few, how, most), consumed: 0, why: `it unpacks to more than ${most} bytes` };
  }
  return {
    bytes: start(packed, how, most),
    consumed: 0,
    why: `its compressed data is broken (${got.message})`,
  };
}

/** No bytes at all. */
export const NOTHING: Uint8Array = Buffer.alloc(0);
