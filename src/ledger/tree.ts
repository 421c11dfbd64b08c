import { assert, Fault } from "#base";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { EMPTY_ROOT, HASH_BYTES, hashAt, leafHash, nodeHash, perfectRoot } from "./hash.ts";
import { entriesPath, TILE_WIDTH, tilePath, tileWidth } from "./tile-path.ts";

/** A file of the log directory by its path (`tile/0/000`), or null where there is none. */
export type TileReader = (path: string) => Buffer | null;

export interface TileFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * The right edge of the tree: all that is needed to go on. At most 8 KiB per level (a log of 2^53 entries has
 * seven) and one partial bundle. Immutable: a caller that failed to write keeps the state it had.
 */
export interface TreeState {
  readonly size: number;
  /** Per level, the hashes of its partial tile, concatenated; empty where the width is 0. */
  readonly edge: readonly Buffer[];
  /** The partial entry bundle as written. */
  readonly bundle: Buffer;
}

export const EMPTY_TREE: TreeState = { size: 0, edge: [], bundle: Buffer.alloc(0) };

export interface Extension {
  readonly state: TreeState;
  /** Hash tiles to write: every tile completed or changed by these leaves. Immutable files: never overwritten. */
  readonly tiles: readonly TileFile[];
  /** Entry bundles to write; write them first, then `tiles`, then sign a checkpoint. */
  readonly bundles: readonly TileFile[];
}

/**
 * Appends `leaves` (each at most 65,535 bytes). Pure: answers the new state and the files that a log of the new
 * size has and one of the old size had not. Throws `entry_too_large`.
 */
export function extend(state: TreeState, leaves: readonly Uint8Array[]): Extension {
  if (leaves.length === 0) return { state, tiles: [], bundles: [] };
  const size = state.size + leaves.length;
  const { files: bundles, rest: bundle } = bundleUp(state, leaves);
  const tiles: TileFile[] = [];
  const edge: Buffer[] = [];
  let added: Buffer = Buffer.concat(leaves.map(leafHash));
  for (let level = 0; added.length > 0 || level < state.edge.length; level += 1) {
    const first = Math.floor(Math.floor(state.size / TILE_WIDTH ** level) / TILE_WIDTH);
    const cut = cutTiles(Buffer.concat([state.edge[level] ?? Buffer.alloc(0), added]));
    for (const [n, bytes] of cut.full.entries()) {
      tiles.push({ path: tilePath(level, first + n, TILE_WIDTH), bytes });
    }
    if (added.length > 0 && cut.rest.length > 0) {
      const width = cut.rest.length / HASH_BYTES;
      tiles.push({ path: tilePath(level, first + cut.full.length, width), bytes: cut.rest });
    }
    edge.push(cut.rest);
    added = Buffer.concat(cut.full.map(perfectRoot));
  }
  return { state: { size, edge, bundle }, tiles, bundles };
}

function cutTiles(hashes: Buffer): { full: Buffer[]; rest: Buffer } {
  const tileBytes = TILE_WIDTH * HASH_BYTES;
  const full: Buffer[] = [];
  let at = 0;
  for (; at + tileBytes <= hashes.length; at += tileBytes) full.push(hashes.subarray(at, at + tileBytes));
  return { full, rest: hashes.subarray(at) };
}

function bundleUp(state: TreeState, leaves: readonly Uint8Array[]): { files: TileFile[]; rest: Buffer } {
  const files: TileFile[] = [];
  let pending = state.bundle;
  let size = state.size;
  for (let taken = 0; taken < leaves.length; ) {
    const count = Math.min(TILE_WIDTH - (size % TILE_WIDTH), leaves.length - taken);
    const bytes = Buffer.concat([pending, encodeBundle(leaves.slice(taken, taken + count))]);
    const n = Math.floor(size / TILE_WIDTH);
    taken += count;
    size += count;
    const width = size % TILE_WIDTH || TILE_WIDTH;
    files.push({ path: entriesPath(n, width), bytes });
    pending = width === TILE_WIDTH ? Buffer.alloc(0) : bytes;
  }
  return { files, rest: pending };
}

/** The RFC 6962 root of the log. */
export function root(state: TreeState): Buffer {
  let right: Buffer | null = null;
  for (const hashes of state.edge) {
    let end = hashes.length / HASH_BYTES;
    for (let block = 1; block <= end; block *= 2) {
      if ((end & block) === 0) continue;
      const left = perfectRoot(hashes.subarray((end - block) * HASH_BYTES, end * HASH_BYTES));
      right = right === null ? left : nodeHash(left, right);
      end -= block;
    }
  }
  return right ?? EMPTY_ROOT;
}

/**
 * The state of a log of `size` entries, read back from its files. The caller compares `root` of it with its signed
 * checkpoint. Throws `ledger_tile_missing`, or `ledger_tile_damaged` when bundle and hashes disagree.
 */
export function restore(size: number, read: TileReader): TreeState {
  assert(Number.isSafeInteger(size) && size >= 0, "a log size is a whole number");
  const edge: Buffer[] = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) {
    const n = Math.floor(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH);
    const width = tileWidth(level, n, size);
    edge.push(width === 0 ? Buffer.alloc(0) : readHashes({ level, n, width }, read));
  }
  const width = size % TILE_WIDTH;
  if (width === 0) return { size, edge, bundle: Buffer.alloc(0) };
  const entries = readEntries(Math.floor(size / TILE_WIDTH), width, read);
  for (const [i, entry] of entries.entries()) {
    if (!leafHash(entry).equals(hashAt(edge[0] ?? EMPTY_ROOT, i))) {
      throw damaged(entriesPath(Math.floor(size / TILE_WIDTH), width));
    }
  }
  return { size, edge, bundle: encodeBundle(entries) };
}

/**
 * The first `width` hashes of a tile. Where the partial file is gone the full one serves: partial tiles may be
 * deleted once the full one exists. Throws `ledger_tile_missing`, `ledger_tile_damaged`.
 */
export function readHashes(tile: { level: number; n: number; width: number }, read: TileReader): Buffer {
  const path = tilePath(tile.level, tile.n, tile.width);
  const bytes = read(path) ?? read(tilePath(tile.level, tile.n, TILE_WIDTH));
  if (bytes === null) throw missing(path);
  if (bytes.length < tile.width * HASH_BYTES || bytes.length % HASH_BYTES !== 0) throw damaged(path);
  return bytes.subarray(0, tile.width * HASH_BYTES);
}

/** The first `width` entries of bundle `n`, as `readHashes` does it. */
export function readEntries(n: number, width: number, read: TileReader): Buffer[] {
  const path = entriesPath(n, width);
  const bytes = read(path) ?? read(entriesPath(n, TILE_WIDTH));
  if (bytes === null) throw missing(path);
  const entries = decodeBundle(bytes);
  if (entries.length < width) throw damaged(path);
  return entries.slice(0, width);
}

function missing(path: string): Fault {
  return new Fault(
    "ledger_tile_missing",
    `the log has no file ${path}`,
    "Restore the log directory from a copy; doorward-verify log lists what is missing.",
  );
}

function damaged(path: string): Fault {
  return new Fault(
    "ledger_tile_damaged",
    `the log file ${path} does not hold what the tree needs`,
    "Restore the log directory from a copy; doorward-verify log lists every damaged file.",
  );
}
