import { constants, brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { Fault } from "#base";

/** Codings one on top of the other; more hide something. */
const CODINGS_MAX = 2;
/** Output for each byte of input, above what is given freely: text comes to 20 or 50, bombs to thousands. */
const RATIO_MAX = 200;
const FREE_BYTES = 1_024 * 1_024;

type Decode = (bytes: Uint8Array, outputMax: number) => Promise<Uint8Array>;

const CODINGS: ReadonlyMap<string, Decode> = new Map([
  ["gzip", by((bytes, options, done) => gunzip(bytes, options, done))],
  ["x-gzip", by((bytes, options, done) => gunzip(bytes, options, done))],
  // Named deflate and meant as zlib (RFC 9110, 8.4.1.2); some servers send it bare.
  ["deflate", by((bytes, options, done) => (isZlib(bytes) ? inflate : inflateRaw)(bytes, options, done))],
  [
    "br",
    by((bytes, { maxOutputLength, info }, done) => brotliDecompress(bytes, { maxOutputLength, info }, done)),
  ],
  [
    "zstd",
    by((bytes, { maxOutputLength, info }, done) => {
      const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX };
      zstdDecompress(bytes, { maxOutputLength, info, params }, done);
    }),
  ],
]);

/** RFC 9659: what a decoder for the web must take, and need not exceed: 8 MiB. */
const WINDOW_LOG_MAX = 23;

/**
 * A body without its content coding (`gzip`, `deflate`, `br`, `zstd`, or two of them), for whoever must read it. Null: a
 * coding that is not known. Throws `encoding_bomb` where it grows beyond `bytesMax` or out of proportion, and
 * `encoding_broken` where it is cut, damaged, or has bytes behind its end that another reader could take for more.
 */
export async function decodeBody(
  bytes: Uint8Array,
  encoding: string,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const codings = encoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > CODINGS_MAX || codings.some((coding) => !CODINGS.has(coding))) return null;
  let plain = bytes;
  for (const coding of codings.toReversed()) {
    const outputMax = Math.min(bytesMax, FREE_BYTES + bytes.length * RATIO_MAX);
    plain = (await CODINGS.get(coding)?.(plain, outputMax)) ?? plain;
  }
  return plain;
}

interface Options {
  readonly maxOutputLength: number;
  readonly info: true;
}

type Done = (error: Error | null, result: unknown) => void;

function by(run: (bytes: Uint8Array, options: Options, done: Done) => void): Decode {
  return (bytes, maxOutputLength) =>
    new Promise((resolve, reject) => {
      if (bytes.length === 0) return resolve(bytes);
      run(bytes, { maxOutputLength, info: true }, (error, result) => {
        if (error !== null) reject(faultOf(error, maxOutputLength));
        else if (!isWhole(result, bytes)) reject(broken(new Error("bytes follow its end")));
        else resolve(result.buffer);
      });
    });
}

interface Decoded {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function isWhole(result: unknown, { length }: Uint8Array): result is Decoded {
  const engine: unknown =
    typeof result === "object" && result !== null ? Reflect.get(result, "engine") : null;
  return typeof engine === "object" && engine !== null && Reflect.get(engine, "bytesWritten") === length;
}

/** RFC 1950, 2.2: method 8, and a check of the first two bytes. */
function isZlib([method = 0, flags = 0]: Uint8Array): boolean {
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

function faultOf(error: Error, outputMax: number): Fault {
  const isBomb = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  if (!isBomb) return broken(error);
  return new Fault(
    "encoding_bomb",
    `the encoded body would grow beyond ${outputMax} bytes`,
    "Send or ask for it in smaller parts, or without a content encoding.",
    error,
  );
}

function broken(cause: Error): Fault {
  return new Fault(
    "encoding_broken",
    `the body is not what its Content-Encoding says: ${cause.message}`,
    "Encode it anew, or send it without a content encoding.",
    cause,
  );
}
