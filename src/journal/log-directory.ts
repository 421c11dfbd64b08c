import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { entriesPath, TILE_WIDTH, type TileFile, tilePath, type TileReader } from "#ledger";

/** The files of a C2SP tlog-tiles log, as a static web server can publish them. */
export interface LogDirectory {
  readonly read: TileReader;
  /** Durable, names included, when it returns: temporary file, fsync, rename, then fsync of every directory touched. */
  readonly write: (files: readonly TileFile[]) => void;
  /** The signed checkpoint as published, or null. */
  readonly checkpoint: () => string | null;
  readonly publish: (note: string) => void;
  /** Deletes partial tiles whose full ones exist under a published checkpoint; the format allows it. */
  readonly prune: (before: number, size: number) => void;
  /**
   * Deletes what a crash left beyond the first `size` entries: leaves that are signed anew differ, and a leftover
   * partial tile would then contradict its successors, which every verifier of the directory would report.
   */
  readonly discard: (size: number) => void;
}

const CHECKPOINT = "checkpoint";
const TEMPORARY = ".tmp";
/** Levels of a log of 2^53 entries. */
const LEVELS_MAX = 7;

export function openLogDirectory(directory: string): LogDirectory {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const read: TileReader = (path) => readOrNull(join(directory, path));
  return {
    read,
    write: (files) => writeAll(directory, files),
    checkpoint: () => read(CHECKPOINT)?.toString("utf8") ?? null,
    publish: (note) => writeAll(directory, [{ path: CHECKPOINT, bytes: Buffer.from(note, "utf8") }]),
    prune: (before, size) => prune(directory, before, size),
    discard: (size) => discard(directory, size),
  };
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * In the order given, so that a file is on the disk before any that refers to it. A name is visible only with its
 * whole content; files of an unpublished tail may be replaced, those under a published checkpoint never change.
 */
function writeAll(directory: string, files: readonly TileFile[]): void {
  const touched = new Set<string>();
  for (const { path, bytes } of files) {
    const target = join(directory, path);
    makeDirectory(dirname(target), directory, touched);
    replace(target, bytes);
    touched.add(dirname(target));
  }
  for (const folder of touched) sync(folder);
}

function replace(target: string, bytes: Uint8Array): void {
  const temporary = `${target}${TEMPORARY}`;
  const file = openSync(temporary, "w", 0o644);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, target);
}

/** Makes missing folders one by one, and remembers each parent: a new folder's name must be durable too. */
function makeDirectory(folder: string, root: string, touched: Set<string>): void {
  if (touched.has(folder) || exists(folder)) return;
  if (folder !== root) makeDirectory(dirname(folder), root, touched);
  mkdirSync(folder, { mode: 0o755 });
  touched.add(dirname(folder));
}

/** Windows cannot open a directory to sync it. */
function sync(folder: string): void {
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Looks only at tiles that became full between the two sizes, and at what a crash left beside the first of them. */
function prune(directory: string, before: number, size: number): void {
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    const span = TILE_WIDTH ** (level + 1);
    const full = Math.floor(size / span);
    if (full === 0) return;
    for (let n = Math.max(0, Math.floor(before / span) - 1); n < full; n += 1) {
      if (level === 0) removePartials(join(directory, entriesPath(n, TILE_WIDTH)));
      removePartials(join(directory, tilePath(level, n, TILE_WIDTH)));
    }
  }
}

function discard(directory: string, size: number): void {
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    const count = Math.floor(size / TILE_WIDTH ** level);
    if (level === 0) discardBeyond(count, (n) => join(directory, entriesPath(n, TILE_WIDTH)));
    discardBeyond(count, (n) => join(directory, tilePath(level, n, TILE_WIDTH)));
  }
}

/** Last first: a crash amid leaves no gap, which the search for the end would stop at. */
function discardBeyond(count: number, full: (n: number) => string): void {
  const edge = Math.floor(count / TILE_WIDTH);
  let end = edge;
  while (exists(full(end)) || exists(`${full(end)}.p`)) end += 1;
  for (let n = end - 1; n >= edge; n -= 1) {
    rmSync(full(n), { force: true });
    if (n > edge || count % TILE_WIDTH === 0) removePartials(full(n));
    else removeWider(`${full(n)}.p`, count % TILE_WIDTH);
    if (exists(dirname(full(n)))) sync(dirname(full(n)));
  }
}

function removeWider(folder: string, width: number): void {
  if (!exists(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!(Number(name) <= width)) rmSync(join(folder, name));
  }
  sync(folder);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function removePartials(full: string): void {
  const folder = `${full}.p`;
  if (exists(folder)) rmSync(folder, { recursive: true, force: true });
}
