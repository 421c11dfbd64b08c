import type { Buffer } from "node:buffer";
import { nameOf } from "./names.ts";

// Headers of tar: POSIX.1-2017 (pax, "ustar Interchange Format"), GNU tar's manual ("Basic Tar Format"), and the old v7 form.

export const BLOCK_BYTES = 512;

export interface TarHeader {
  readonly name: string;
  /** In bytes; null where the field is no number of bytes. */
  readonly size: number | null;
  /** The letter of its kind; "0" also where the old form leaves it empty. */
  readonly kind: string;
  readonly link: string;
}

const until = (field: Buffer): Buffer => {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
};

/** Octal digits, or (GNU, star) a number of base 256 with the first bit set. Null where it is neither, or below 0. */
export function numberIn(field: Buffer): number | null {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = until(field).toString("latin1").trim();
  if (digits === "") return 0;
  return /^[0-7]+$/u.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** By the sum of its bytes, its own field taken as spaces; old writers summed signed bytes. */
export function sumFits(block: Buffer): boolean {
  const said = numberIn(block.subarray(148, 156));
  let [sum, signed] = [0, 0];
  for (const [at, value] of block.entries()) {
    const byte = at >= 148 && at < 156 ? 0x20 : value;
    sum += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return said !== null && said > 0 && (said === sum || said === signed);
}

/** Null where the block is no header. */
export function headerIn(block: Buffer): TarHeader | null {
  if (block.length < BLOCK_BYTES || !sumFits(block)) return null;
  const posix = block.toString("latin1", 257, 263) === "ustar\u0000";
  const prefix = posix ? nameOf(until(block.subarray(345, 500))) : "";
  const name = nameOf(until(block.subarray(0, 100)));
  const kind = block[156] ?? 0;
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: numberIn(block.subarray(124, 136)),
    kind: kind === 0 ? "0" : String.fromCodePoint(kind),
    link: nameOf(until(block.subarray(157, 257))),
  };
}

/** The records of a pax header: "length key=value\n". What is no record ends them; `whole` says whether all was read. */
export function paxIn(bytes: Buffer): {
  readonly records: ReadonlyMap<string, string>;
  readonly whole: boolean;
} {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : Number(bytes.toString("latin1", at, space));
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (!(length > space - at) || at + length > bytes.length || equals < 0) return { records, whole: false };
    records.set(record.toString("utf8", 0, equals), nameOf(record.subarray(equals + 1)));
    at += length;
  }
  return { records, whole: true };
}
