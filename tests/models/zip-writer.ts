import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";

// Zip files for the tests, honest ones and such as no honest program writes: by PKWARE's APPNOTE.TXT 6.3.10.

/** What a header says instead of the truth. */
interface Lies {
  readonly name?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packed?: number;
  readonly size?: number;
  /** In the directory: where the local header is. */
  readonly at?: number;
}

export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  /** Sizes and checksum behind the data, as a writer of streams leaves them. */
  readonly descriptor?: boolean;
  /** Sizes and offset in zip64 fields. */
  readonly wide?: boolean;
  readonly local?: Lies;
  readonly listed?: Lies;
  /** Its local header is written, and no directory lists it. */
  readonly unlisted?: boolean;
  /** The mode of a file of Unix. */
  readonly mode?: number;
  /** The Info-ZIP Unicode Path field. */
  readonly otherName?: string;
}

export interface ZipOptions {
  readonly prefix?: Uint8Array;
  /** The offsets count from the start of the file, prefix included. */
  readonly adjusted?: boolean;
  readonly comment?: Uint8Array;
  readonly trailing?: Uint8Array;
  readonly count?: number;
  readonly directorySize?: number;
  readonly wide?: boolean;
}

const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [n, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, n * 2);
  return bytes;
};
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [n, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, n * 4);
  return bytes;
};
const u64 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [n, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), n * 8);
  return bytes;
};

const FULL = 0xff_ff_ff_ff;

interface Truth {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

function extraOf(entry: Entry, numbers: readonly number[]): Buffer {
  const wide = entry.wide ? Buffer.concat([u16(1, numbers.length * 8), u64(...numbers)]) : Buffer.alloc(0);
  if (entry.otherName === undefined) return wide;
  const name = Buffer.from(entry.otherName);
  const head = Buffer.concat([u16(0x7075, name.length + 5), Buffer.of(1), u32(crc32(entry.name))]);
  return Buffer.concat([wide, head, name]);
}

function localHeader(entry: Entry, truth: Truth): Buffer {
  const late = entry.descriptor ? { crc: 0, packed: 0, size: 0 } : {};
  const { name, flags, method, crc, packed, size } = { ...truth, ...late, ...entry.local };
  const extra = extraOf(entry, [size, packed]);
  const sizes = entry.wide ? u32(FULL, FULL) : u32(packed, size);
  const bytes = Buffer.from(name);
  return Buffer.concat([
    Buffer.from("PK\u0003\u0004", "latin1"),
    u16(20, flags, method, 0, 0x21),
    u32(crc),
    sizes,
    u16(bytes.length, extra.length),
    bytes,
    extra,
  ]);
}

function listing(entry: Entry, truth: Truth): Buffer {
  const { name, flags, method, crc, packed, size, at } = { ...truth, ...entry.listed };
  const extra = extraOf(entry, [size, packed, at]);
  const bytes = Buffer.from(name);
  return Buffer.concat([
    Buffer.from("PK\u0001\u0002", "latin1"),
    Buffer.of(20, entry.mode === undefined ? 0 : 3),
    u16(20, flags, method, 0, 0x21),
    u32(crc),
    entry.wide ? u32(FULL, FULL) : u32(packed, size),
    u16(bytes.length, extra.length, 0, 0, 0),
    u32((entry.mode ?? 0) * 65_536),
    u32(entry.wide ? FULL : at),
    bytes,
    extra,
  ]);
}

/** A local header with its data, and the line of the directory for it. */
function parts(entry: Entry, at: number): { here: Buffer; line: Buffer } {
  const data = entry.deflated ? deflateRawSync(entry.data) : Buffer.from(entry.data);
  const truth: Truth = {
    name: entry.name,
    flags: entry.descriptor ? 8 : 0,
    method: entry.deflated ? 8 : 0,
    crc: crc32(entry.data),
    packed: data.length,
    size: entry.data.length,
    at,
  };
  const sizes = entry.wide ? u64(truth.packed, truth.size) : u32(truth.packed, truth.size);
  const behind = Buffer.concat([Buffer.from("PK\u0007\u0008", "latin1"), u32(truth.crc), sizes]);
  const here = [localHeader(entry, truth), data, ...(entry.descriptor ? [behind] : [])];
  return { here: Buffer.concat(here), line: listing(entry, truth) };
}

export function endRecord(
  count: number,
  size: number,
  offset: number,
  comment: Uint8Array = Buffer.of(),
): Buffer {
  return Buffer.concat([
    Buffer.from("PK\u0005\u0006", "latin1"),
    u16(0, 0, count, count),
    u32(size, offset),
    u16(comment.length),
    comment,
  ]);
}

export function wideEnd(count: number, size: number, offset: number, at: number): Buffer {
  return Buffer.concat([
    Buffer.from("PK\u0006\u0006", "latin1"),
    u64(44),
    u16(45, 45),
    u32(0, 0),
    u64(count, count, size, offset),
    Buffer.from("PK\u0006\u0007", "latin1"),
    u32(0),
    u64(at),
    u32(1),
  ]);
}

export function zipOf(entries: readonly Entry[], options: ZipOptions = {}): Buffer {
  const prefix = Buffer.from(options.prefix ?? []);
  const moved = options.adjusted ? prefix.length : 0;
  let at = moved;
  const bodies: Buffer[] = [];
  const lines: Buffer[] = [];
  for (const entry of entries) {
    const { here, line } = parts(entry, at);
    bodies.push(here);
    if (!entry.unlisted) lines.push(line);
    at += here.length;
  }
  const directory = Buffer.concat(lines);
  const [count, size] = [options.count ?? lines.length, options.directorySize ?? directory.length];
  const wide = options.wide ? wideEnd(count, size, at, at + directory.length) : Buffer.alloc(0);
  const end = options.wide
    ? endRecord(0xffff, FULL, FULL, options.comment)
    : endRecord(count, size, at, options.comment);
  return Buffer.concat([prefix, ...bodies, directory, wide, end, options.trailing ?? Buffer.alloc(0)]);
}
