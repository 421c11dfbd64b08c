import { Buffer } from "node:buffer";

// HDF5 files for tests, after the "HDF5 File Format Specification Version 3.0" of The HDF Group; its sections in brackets. Checksums
// are left zero: no reader here looks at them.

export interface Part {
  readonly type: number;
  readonly data: Buffer;
  readonly flags?: number;
}

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const u32 = (value: number): Buffer =>
  Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const NOWHERE = u64(0xff_ff_ff_ff_ff_ff_ff_ffn);
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);

/** Text of a fixed length: class 3, version 1 [IV.A.2.d]. */
const textType = (size: number): Buffer => Buffer.concat([Buffer.from([0x13, 0, 0, 0]), u32(size)]);
/** Text of any length, in a heap: class 9, type 1, of bytes. */
const textsType = Buffer.concat([Buffer.from([0x19, 1, 0, 0]), u32(16), textType(1)]);
const floatType = Buffer.concat([Buffer.from([0x11, 0x20, 31, 0]), u32(4), Buffer.alloc(12)]);
const scalar = Buffer.from([2, 0, 0, 0]);
const shapeOf = (...sizes: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from([2, sizes.length, 0, 1]), ...sizes.map((size) => u64(size))]);

/** Version 3 [IV.A.2.m]. */
export function attribute(name: string, text: string): Part {
  const [label, data] = [Buffer.from(`${name}\0`), Buffer.from(text)];
  const sizes = [label.length, 8, scalar.length].map((size) => u16(size));
  const head = Buffer.concat([Buffer.from([3, 0]), ...sizes, Buffer.from([0])]);
  return { type: 0x0c, data: Buffer.concat([head, label, textType(data.length), scalar, data]) };
}

/** Version 1, padded, its text in a heap at `heap`. */
export function heapAttribute(name: string, length: number, heap: number): Part {
  const label = Buffer.from(`${name}\0`);
  const space = Buffer.concat([Buffer.from([1, 0, 0, 0]), u32(0)]);
  const sizes = [label.length, textsType.length, space.length].map((size) => u16(size));
  const reference = Buffer.concat([u32(length), u64(heap), u32(1)]);
  const head = Buffer.concat([Buffer.from([1, 0]), ...sizes]);
  return {
    type: 0x0c,
    data: Buffer.concat([head, padded(label), padded(textsType), padded(space), reference]),
  };
}

/** A global heap with one text [III.E]. */
export function heapOf(text: string): Buffer {
  const data = padded(Buffer.from(text));
  const object = Buffer.concat([u16(1), u16(1), u32(0), u64(Buffer.byteLength(text)), data]);
  return Buffer.concat([
    Buffer.from("GCOL"),
    Buffer.from([1, 0, 0, 0]),
    u64(16 + object.length + 16),
    object,
    Buffer.alloc(16),
  ]);
}

const link = (kind: number | null, name: string, rest: Buffer): Part => ({
  type: 0x06,
  data: Buffer.concat([
    Buffer.from(kind === null ? [1, 0] : [1, 8, kind]),
    Buffer.from([name.length]),
    Buffer.from(name),
    rest,
  ]),
});
export const hardLink = (name: string, address: number): Part => link(null, name, u64(address));
export const softLink = (name: string, target: string): Part =>
  link(1, name, Buffer.concat([u16(target.length), Buffer.from(target)]));
export const externalLink = (name: string, file: string, target: string): Part => {
  const value = Buffer.from(`\0${file}\0${target}\0`);
  return link(64, name, Buffer.concat([u16(value.length), value]));
};
/** Links in a fractal heap [IV.A.2.c]. */
export const denseLinks = (address: number): Part => ({
  type: 0x02,
  data: Buffer.concat([Buffer.from([0, 0]), u64(address), NOWHERE]),
});

/** An array of floats, its data in the file, or in others by a local heap with their names at `heap` [IV.A.2.h, IV.A.2.i]. */
export function arrayOf(sizes: readonly number[], heap: number | null, layout = 1): readonly Part[] {
  const where =
    layout === 3
      ? Buffer.concat([Buffer.from([4, 3]), u64(0), u32(0)])
      : Buffer.concat([Buffer.from([3, layout]), u64(0), u64(0)]);
  const parts = [
    { type: 0x01, data: shapeOf(...sizes) },
    { type: 0x03, data: floatType },
    { type: 0x08, data: where },
  ];
  if (heap === null) return parts;
  const files = Buffer.concat([Buffer.from([1, 0, 0, 0]), u16(1), u16(1), u64(heap), u64(8), u64(0), u64(4)]);
  return [...parts, { type: 0x07, data: files }];
}

/** Deflate of its own, or a filter of somebody else's [IV.A.2.l]. */
export const filter = (id: number): Part => ({
  type: 0x0b,
  data: Buffer.concat([Buffer.from([2, 1]), u16(id), ...(id < 256 ? [] : [u16(0)]), u16(0), u16(0)]),
});

/** A local heap [III.D] whose data is right behind it; the first name stands at 8. */
export function namesAt(address: number, ...names: readonly string[]): Buffer {
  const data = padded(Buffer.from(`${"\0".repeat(8)}${names.map((name) => `${name}\0`).join("")}`));
  return Buffer.concat([Buffer.from("HEAP"), u32(0), u64(data.length), NOWHERE, u64(address + 32), data]);
}

/** A new object header [IV.A.1.b]. */
export function objectOf(...parts: readonly Part[]): Buffer {
  const messages = parts.map(({ type, data, flags = 0 }) =>
    Buffer.concat([Buffer.from([type]), u16(data.length), Buffer.from([flags]), data]),
  );
  const body = Buffer.concat(messages);
  return Buffer.concat([Buffer.from("OHDR"), Buffer.from([2, 2]), u32(body.length), body, u32(0)]);
}

/** An old one [IV.A.1.a]. */
export function oldObjectOf(...parts: readonly Part[]): Buffer {
  const messages = parts.map(({ type, data, flags = 0 }) => {
    const bytes = padded(data);
    return Buffer.concat([u16(type), u16(bytes.length), Buffer.from([flags, 0, 0, 0]), bytes]);
  });
  const body = Buffer.concat(messages);
  return Buffer.concat([Buffer.from([1, 0]), u16(parts.length), u32(1), u32(body.length), u32(0), body]);
}

/** An old group's table [III.A.1, III.B, III.C]: the tree, its one table, the heap with the names. */
export function tableAt(
  address: number,
  entries: readonly { name: string; address: number; soft?: string }[],
): Buffer {
  const [treeBytes, tableBytes] = [24 + 24, 8 + 40 * entries.length];
  const names = entries.flatMap(({ name, soft }) => (soft === undefined ? [name] : [name, soft]));
  let at = 8;
  const places = new Map(names.map((name) => [name, (at += name.length + 1) - name.length - 1]));
  const symbols = entries.map(({ name, address: to, soft }) =>
    Buffer.concat([
      u64(places.get(name) ?? 0),
      soft === undefined ? u64(to) : NOWHERE,
      u32(soft === undefined ? 0 : 2),
      u32(0),
      u32(places.get(soft ?? "") ?? 0),
      Buffer.alloc(12),
    ]),
  );
  const tree = Buffer.concat([
    Buffer.from("TREE"),
    Buffer.from([0, 0]),
    u16(1),
    NOWHERE,
    NOWHERE,
    u64(0),
    u64(address + treeBytes),
    u64(0),
  ]);
  const table = Buffer.concat([Buffer.from("SNOD"), Buffer.from([1, 0]), u16(entries.length), ...symbols]);
  return Buffer.concat([tree, table, namesAt(address + treeBytes + tableBytes, ...names)]);
}
/** Where `tableAt` has its heap. */
export const symbols = (address: number, entries: number): Part => ({
  type: 0x11,
  data: Buffer.concat([u64(address), u64(address + 48 + 8 + 40 * entries)]),
});

const SIGNATURE = Buffer.from("\u0089HDF\r\n\u001A\n", "latin1");
/** What `hdf5Of` has before the first of its blocks. */
export const FIRST = 64;

/** A file of version 2 [II.A]: the root is the block at `root`, the first one is at `FIRST`. */
export function hdf5Of(root: number, ...blocks: readonly Buffer[]): Buffer {
  const head = Buffer.concat([
    SIGNATURE,
    Buffer.from([2, 8, 8, 0]),
    u64(0),
    NOWHERE,
    u64(0),
    u64(root),
    u32(0),
  ]);
  return Buffer.concat([head, Buffer.alloc(FIRST - head.length), ...blocks]);
}

/** A file of version 0, in which h5py writes: the first block is at 96. */
export function oldHdf5Of(root: number, ...blocks: readonly Buffer[]): Buffer {
  const sizes = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 8, 8, 0]), u16(4), u16(16), u32(0)]);
  const entry = Buffer.concat([u64(0), u64(root), Buffer.alloc(24)]);
  return Buffer.concat([SIGNATURE, sizes, u64(0), NOWHERE, u64(0), NOWHERE, entry, ...blocks]);
}
