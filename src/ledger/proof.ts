import { Fault } from "#base";
import { nodeHash, perfectRoot, HASH_BYTES, splitPoint } from "./hash.ts";
import { TILE_WIDTH, tileWidth } from "./tile-path.ts";
import { readHashes, type TileReader } from "./tree.ts";

/** Binary levels in one tile: 2^8 = 256. */
const TILE_HEIGHT = 8;

interface Source {
  readonly size: number;
  readonly read: TileReader;
}

/** Leaves `start` (inclusive) to `end` (exclusive). */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The audit path of entry `index` in the log of `size` entries (RFC 9162 2.1.3.1), the leaf's sibling first.
 * Throws `proof_out_of_range`, or the reader's faults.
 */
export function inclusionProof(index: number, size: number, read: TileReader): Buffer[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw outOfRange(`entry ${index} is not in a log of ${size} entries`);
  }
  const source = { size, read: cached(read) };
  const proof: Buffer[] = [];
  let { start, end }: Range = { start: 0, end: size };
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    const isLeft = index < middle;
    proof.push(rangeHash(isLeft ? { start: middle, end } : { start, end: middle }, source));
    if (isLeft) end = middle;
    else start = middle;
  }
  return proof.toReversed();
}

/**
 * The proof that the log of `size1` entries is a prefix of that of `size2` (RFC 9162 2.1.4.1). Empty when the sizes
 * are equal, or `size1` is 0 (there is nothing to prove). Throws `proof_out_of_range`, or the reader's faults.
 */
export function consistencyProof(size1: number, size2: number, read: TileReader): Buffer[] {
  if (!isCount(size1) || !isCount(size2) || size1 > size2) {
    throw outOfRange(`a log of ${size1} entries cannot be a prefix of one of ${size2}`);
  }
  if (size1 === 0 || size1 === size2) return [];
  const source = { size: size2, read: cached(read) };
  const proof: Buffer[] = [];
  let { start, end }: Range = { start: 0, end: size2 };
  while (size1 !== end) {
    const middle = start + splitPoint(end - start);
    const isLeft = size1 <= middle;
    proof.push(rangeHash(isLeft ? { start: middle, end } : { start, end: middle }, source));
    if (isLeft) end = middle;
    else start = middle;
  }
  // The verifier knows this subtree's hash already when it is the whole old tree.
  if (start > 0) proof.push(rangeHash({ start, end }, source));
  return proof.toReversed();
}

/** MTH over a range that RFC 6962's splitting yields: aligned blocks come from tiles, the rest is put together. */
function rangeHash({ start, end }: Range, source: Source): Buffer {
  const count = end - start;
  const half = count === 1 ? 1 : splitPoint(count);
  if (count === 1 || half * 2 === count) return blockHash(start, count, source);
  const middle = start + half;
  return nodeHash(blockHash(start, half, source), rangeHash({ start: middle, end }, source));
}

/** The hash over `count` = 2^k leaves from `start`, a multiple of `count`: part of one tile. */
function blockHash(start: number, count: number, source: Source): Buffer {
  const height = Math.round(Math.log2(count));
  const level = Math.floor(height / TILE_HEIGHT);
  const hashes = 2 ** (height % TILE_HEIGHT);
  const first = start / TILE_WIDTH ** level;
  const n = Math.floor(first / TILE_WIDTH);
  const tile = readHashes({ level, n, width: tileWidth(level, n, source.size) }, source.read);
  const offset = first % TILE_WIDTH;
  return perfectRoot(tile.subarray(offset * HASH_BYTES, (offset + hashes) * HASH_BYTES));
}

/** One proof touches a tile several times, never more than a few dozen tiles in all. */
function cached(read: TileReader): TileReader {
  const seen = new Map<string, Buffer | null>();
  return (path) => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const bytes = read(path);
    seen.set(path, bytes);
    return bytes;
  };
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function outOfRange(message: string): Fault {
  return new Fault("proof_out_of_range", message, "Ask for an entry and a size that the checkpoint covers.");
}
