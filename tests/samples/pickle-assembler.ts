import { Buffer } from "node:buffer";

/** Pickles written opcode by opcode, for tests: the bytes are ours, and nothing ever loads them. */
export type Part = string | readonly number[] | Uint8Array;

/** One after another; a string is its Latin-1 bytes. */
export function bytesOf(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Uint8Array.from(part))),
    ),
  );
}

export function number(size: 1 | 2 | 4 | 8, value: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return Uint8Array.from(bytes.subarray(0, size));
}

export const proto = (protocol: number): Uint8Array => bytesOf("\x80", [protocol]);
export const global = (module: string, name: string): Uint8Array => bytesOf(`c${module}\n${name}\n`);
/** BINUNICODE of any length. */
export function text(value: string): Uint8Array {
  const utf8 = Buffer.from(value, "utf8");
  return bytesOf("X", number(4, utf8.length), utf8);
}
/** BINBYTES. */
export const raw = (value: Uint8Array): Uint8Array => bytesOf("B", number(4, value.length), value);
export const stackGlobal = (module: string, name: string): Uint8Array =>
  bytesOf(text(module), text(name), "\x93");
/** A tuple of what the parts push. */
export const tuple = (...parts: readonly Part[]): Uint8Array => bytesOf("(", ...parts, "t");
export const reduce = (callee: Part, ...args: readonly Part[]): Uint8Array =>
  bytesOf(callee, tuple(...args), "R");
export const newobj = (callee: Part, ...args: readonly Part[]): Uint8Array =>
  bytesOf(callee, tuple(...args), "\x81");
export const stop = (...parts: readonly Part[]): Uint8Array => bytesOf(...parts, ".");
