import { Buffer } from "node:buffer";
import type { ByteSource } from "../bytes.ts";
import { peek } from "./archive.ts";
import { pickleShape } from "./pickle-shape.ts";
import { protobufShape } from "./protobuf-shape.ts";
import { SIGNATURES } from "./signatures.table.ts";
import { headerIn } from "./tar-header.ts";
import { hasEnd } from "./zip-directory.ts";
import { END_REACH } from "./zip-records.ts";

const HEAD_BYTES = 4096;
const HEAD: readonly (readonly [number, number, string])[] = SIGNATURES.map(({ at, letters, kind }) => {
  return [at, letters.length, kind];
});
const LETTERS = SIGNATURES.map(({ letters }) => Buffer.from(letters, "latin1"));

/** What the bytes of a file say it is, whatever it is called. */
export interface Recognition {
  /**
   * Every kind that it is: `zip`, `gguf`, `pickle`, `torch-legacy` (a pickle, too) ...; several of one file are told by
   * `polyglot`. Empty where nothing is known about it.
   */
  readonly kinds: readonly string[];
  /** Two kinds at once, of which one reader takes the one and another the other. */
  readonly polyglot: boolean;
}

/** safetensors: the length of a header of JSON that fits, and its first bracket (huggingface/safetensors, Format). */
function isSafetensors(head: Buffer, size: number): boolean {
  if (head.length < 10) return false;
  const length = head.readBigUInt64LE(0);
  return length >= 2n && length <= BigInt(size - 8) && head[8] === 0x7b;
}

/** A compressed stream of zlib's: method, window and the check of both (RFC 1950, 2.2), without a dictionary. */
function isZlib(head: Buffer): boolean {
  if (head.length < 8 || ((head[0] ?? 0) & 0x8f) !== 8) return false;
  // The first block is stored, fixed or dynamic; a stored one says its length twice (RFC 1951, 3.2.4).
  const block = ((head[2] ?? 0) >> 1) & 3;
  const stored = block === 0 && (head.readUInt16LE(3) ^ head.readUInt16LE(5)) === 0xff_ff;
  return (
    head.readUInt16BE(0) % 31 === 0 && ((head[1] ?? 0) & 0x20) === 0 && (stored || block === 1 || block === 2)
  );
}

/** A program of Windows: its header is where the old one says (PE format, "MS-DOS Stub"); or APE, as llamafiles begin. */
function isPe(head: Buffer, source: ByteSource): boolean {
  if (head.length < 64 || head[0] !== 0x4d || head[1] !== 0x5a) return false;
  if (head.toString("latin1", 0, 8) === "MZqFpD='") return true;
  return peek(source, head.readUInt32LE(60), 4).toString("latin1") === "PE\u0000\u0000";
}

function isText(head: Buffer, source: ByteSource): boolean {
  if (head.length === 0) return false;
  // Behind the last whole character: the head may cut one.
  const text = new TextDecoder("utf-8").decode(head, { stream: head.length < source.size });
  return !/\uFFFD|\p{Cc}/u.test(text.replaceAll(/\s/gu, ""));
}

const isJson = (head: Buffer): boolean =>
  /^\uFEFF?\s*[[{]\s*(?:["\]}[{\d-]|true|false|null)/u.test(head.toString());

/** What a block of bzip2 begins with, and what its end does: the digits of pi, and of its root. */
const BZIP2 = ["314159265359", "177245385090"];

/** A bzip2 file has a block, or its end, behind its letters. */
function signed(kind: string, head: Buffer): boolean {
  if (kind === "bzip2") return BZIP2.includes(head.toString("hex", 4, 10));
  // Of lzma there are no letters: its sizes of dictionaries are powers of two, its first byte of data is 0.
  if (kind === "lzma") return head.length > 13 && head[13] === 0 && [0, 0xff].includes(head[12] ?? 1);
  return true;
}

function signatures(head: Buffer): string[] {
  const kinds: string[] = [];
  for (const [n, [at, length, kind]] of HEAD.entries()) {
    const letters = LETTERS[n];
    if (letters !== undefined && head.subarray(at, at + length).equals(letters) && signed(kind, head)) {
      kinds.push(kind);
    }
  }
  return kinds;
}

/** The start of a frame that zstd's readers skip (RFC 8878, 3.1.2); a frame may follow it. */
function isSkippable(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32LE(0) >>> 4 === 0x18_4d_2a_5;
}

function structures(source: ByteSource, head: Buffer): string[] {
  const tail = Math.min(source.size, END_REACH);
  const tests: readonly (readonly [string, () => boolean])[] = [
    ["pe", () => isPe(head, source)],
    ["tar", () => headerIn(head.subarray(0, 512)) !== null],
    ["safetensors", () => isSafetensors(head, source.size)],
    ["zlib", () => isZlib(head)],
    ["zstd", () => isSkippable(head)],
    // The end of a zip in a tar is that of its last member: what follows a tar, readTar gives as a file of its own.
    ["zip", () => headerIn(head.subarray(0, 512)) === null && hasEnd(peek(source, source.size - tail, tail))],
  ];
  return tests.filter(([, is]) => is()).map(([kind]) => kind);
}

/** What nothing but letters, or the layout of a message, speaks for, asked only where nothing else does. */
function guesses(source: ByteSource, head: Buffer): string[] {
  if (isJson(head)) return ["json", "text"];
  if (isText(head, source)) return ["text"];
  const message = protobufShape(source);
  return message === null ? [] : [message];
}

/** What a file is by its content: its first 4 KiB, and the 64 KiB at its end that the readers of a zip search. */
export function recognise(source: ByteSource): Recognition {
  const head = peek(source, 0, HEAD_BYTES);
  const found = new Set([...signatures(head), ...structures(source, head)]);
  const pickle = pickleShape(source);
  if (pickle === "strong" || (pickle === "weak" && found.size === 0)) found.add("pickle");
  // A legacy file of torch begins with a pickle: that is one kind.
  const distinct = [...found].filter((kind) => kind !== "pickle" || !found.has("torch-legacy"));
  const weak = found.size === 0 || (found.size === 1 && pickle === "weak") ? guesses(source, head) : [];
  return { kinds: [...found, ...weak], polyglot: distinct.length > 1 };
}
