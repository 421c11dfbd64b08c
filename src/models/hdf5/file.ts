import type { Buffer } from "node:buffer";
import { type ByteSource, malformed } from "../bytes.ts";
import { exactly, peek } from "../containers/archive.ts";

// Layouts: "HDF5 File Format Specification Version 3.0" of The HDF Group; its sections stand in brackets.

const SIGNATURE = "\u0089HDF\r\n\u001A\n";
/** A superblock may stand at 0, 512, 1024, 2048 ...: so far is searched, which is farther than any writer goes. */
const SUPERBLOCK_AT_MAX = 1_048_576;
const BLOCK_BYTES_MAX = 16 * 1_048_576;
/** All blocks that are read of one file: its structures, not its arrays. */
const BLOCKS_MAX = 2_000_000;
const BLOCKS_BYTES_MAX = 512 * 1_048_576;

export interface Hdf5File {
  readonly source: ByteSource;
  /** Where the superblock is; before it is a user block, of which HDF5 knows nothing. */
  readonly superblock: number;
  /** What all addresses count from. */
  readonly base: number;
  readonly version: number;
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** Of the object header of the root group. */
  readonly root: number;
  readonly spent: { blocks: number; bytes: number };
}

/** `length` bytes of a structure at an address; malformed where the file ends before. */
export function blockAt(file: Hdf5File, address: number, length: number, what: string): Buffer {
  file.spent.blocks += 1;
  file.spent.bytes += length;
  if (file.spent.blocks > BLOCKS_MAX || file.spent.bytes > BLOCKS_BYTES_MAX)
    throw malformed("it has more structures than are read", address);
  const found = length > BLOCK_BYTES_MAX ? null : exactly(file.source, file.base + address, length);
  if (found === null) throw malformed(`${what} goes on past the end`, file.base + address);
  return found;
}

/** A number of `size` bytes, lowest first; null for the address that is none (all bits set), or beyond 2^53. */
export function numberIn(bytes: Buffer, at: number, size: number): number | null {
  if (at + size > bytes.length) throw malformed("a number goes on past its structure", at);
  if (size <= 4) {
    const value = bytes.readUIntLE(at, size);
    return value === 2 ** (8 * size) - 1 ? null : value;
  }
  const value = bytes.readBigUInt64LE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

export const addressIn = (file: Hdf5File, bytes: Buffer, at: number): number | null =>
  numberIn(bytes, at, file.offsetSize);

/** A length; malformed where it is none. */
export function lengthIn(file: Hdf5File, bytes: Buffer, at: number): number {
  const length = numberIn(bytes, at, file.lengthSize);
  if (length === null) throw malformed("a length is none", at);
  return length;
}

/** Finds the superblock [II.A] and reads it. Throws `model_malformed`. */
export function openHdf5(source: ByteSource): Hdf5File {
  for (let at = 0; at <= SUPERBLOCK_AT_MAX && at < source.size; at = at === 0 ? 512 : at * 2) {
    if (peek(source, at, 8).toString("latin1") === SIGNATURE) return superblock(source, at);
  }
  throw malformed("it is no HDF5 file: it has no superblock", 0);
}

function superblock(source: ByteSource, at: number): Hdf5File {
  const head = exactly(source, at, 48);
  if (head === null) throw malformed("the superblock goes on past the end", at);
  const version = head[8] ?? 255;
  if (version > 3) throw malformed(`the superblock has the version ${version}, of 3 at most`, at + 8);
  const isOld = version < 2;
  const [offsetSize, lengthSize] = isOld ? [head[13] ?? 0, head[14] ?? 0] : [head[9] ?? 0, head[10] ?? 0];
  if (![4, 8].includes(offsetSize) || ![4, 8].includes(lengthSize))
    throw malformed(`addresses of ${offsetSize} and lengths of ${lengthSize} bytes are not read`, at);
  const spent = { blocks: 0, bytes: 0 };
  const file = { source, superblock: at, base: at, version, offsetSize, lengthSize, root: 0, spent };
  return { ...file, ...placesIn(file, isOld) };
}

/** The base, to which all addresses are relative, and the root's object header. */
function placesIn(file: Hdf5File, isOld: boolean): { readonly base: number; readonly root: number } {
  const first = isOld ? 24 + (file.version === 1 ? 4 : 0) : 12;
  const size = file.offsetSize;
  const bytes = blockAt(file, 0, first + 6 * size, "the superblock");
  const base = numberIn(bytes, first, size);
  // Old: base, free space, end, driver, then the root's entry: its name's offset, its header. New: base, extension, end, root.
  const root = numberIn(bytes, first + (isOld ? 5 : 3) * size, size);
  if (root === null || base === null) throw malformed("the superblock names no root", file.base);
  // Writers leave the base 0 behind a user block, too, and the library then takes the superblock's own place.
  return { base: base === 0 ? file.base : base, root };
}
