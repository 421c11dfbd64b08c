import { Buffer } from "node:buffer";

// Tars for the tests: by POSIX.1-2017 ("ustar Interchange Format", "pax Header Block") and GNU tar's manual.

export interface TarEntry {
  readonly name: string;
  readonly data?: Uint8Array;
  readonly kind?: string;
  readonly link?: string;
  /** What the header says instead of the data's length. */
  readonly size?: number;
  /** The size as a number of base 256. */
  readonly wide?: boolean;
  /** v7: no magic. */
  readonly old?: boolean;
  /** Records of a pax header before it. */
  readonly pax?: Readonly<Record<string, string>>;
}

const padding = (length: number): Buffer => Buffer.alloc((512 - (length % 512)) % 512);

function sizeField(size: number, wide: boolean): Buffer {
  if (!wide) return Buffer.from(`${size.toString(8).padStart(11, "0")}\0`);
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(size), 4);
  field[0] = 0x80;
  return field;
}

function header(entry: TarEntry, length: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.name, 0, 100);
  block.write("0000644\x000000000\x000000000\0", 100);
  sizeField(entry.size ?? length, entry.wide ?? false).copy(block, 124);
  block.write("00000000000\0        ", 136);
  block.write(entry.kind ?? "0", 156);
  block.write(entry.link ?? "", 157, 100);
  if (!entry.old) block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

/** One entry with its data, and the pax header before it. */
export function tarEntry(entry: TarEntry): Buffer {
  const data = Buffer.from(entry.data ?? []);
  const records = Object.entries(entry.pax ?? {}).map(([key, value]) => record(key, value));
  const text = Buffer.from(records.join(""));
  const before =
    records.length === 0 ? [] : [header({ name: "pax", kind: "x" }, text.length), text, padding(text.length)];
  return Buffer.concat([...before, header(entry, data.length), data, padding(data.length)]);
}

export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
}
