import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { createBLAKE3 } from "hash-wasm";
import { Fault } from "#base";
import { type HashType, isIgnored, type ModelEntry } from "#provenance";

/** How the files of a model are hashed and which are not looked at. */
export interface Hashing {
  readonly hashType: HashType;
  /** In bytes; null to hash each file as a whole. */
  readonly shardSize: number | null;
  /** Whether links that stay in the model are followed. */
  readonly follows: boolean;
  /** Paths that are listed and not hashed. */
  readonly ignored: ReadonlySet<string>;
}

export interface SizedEntry extends ModelEntry {
  /** In bytes; 0 for what is no file. */
  readonly size: number;
}

const ENTRIES_MAX = 500_000;
const DEPTH_MAX = 64;
const CHUNK_BYTES = 4 * 1_048_576;
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Every entry of the model at `path` (a folder or one file), with its digests; an ignored folder is one entry. */
export async function entriesOf(path: string, hashing: Hashing): Promise<readonly SizedEntry[]> {
  const real = await attempted(path, () => realpath(path));
  const status = await attempted(path, () => stat(real));
  if (!status.isDirectory()) return [await fileEntry(real, basename(path), hashing)];
  const entries: SizedEntry[] = [];
  for await (const entry of walk({ root: real, folder: real, depth: 0 }, hashing)) {
    if (entries.length >= ENTRIES_MAX)
      throw new Fault(
        "input_invalid",
        `${path} has more than ${ENTRIES_MAX} files`,
        "Name the folder of one model.",
      );
    entries.push(entry);
  }
  return entries;
}

interface Walk {
  readonly root: string;
  readonly folder: string;
  readonly depth: number;
}

async function* walk(at: Walk, hashing: Hashing): AsyncGenerator<SizedEntry> {
  const list = await readdir(at.folder, { withFileTypes: true }).catch(() => null);
  if (list === null || at.depth > DEPTH_MAX) {
    yield bare(pathIn(at.root, at.folder), "unreadable");
    return;
  }
  for (const one of list) yield* entriesAt(at, one, hashing);
}

async function* entriesAt(at: Walk, one: Dirent, hashing: Hashing): AsyncGenerator<SizedEntry> {
  const full = join(at.folder, one.name);
  const path = pathIn(at.root, full);
  if (isIgnored(path, hashing.ignored)) yield bare(path, "file");
  else if (one.isSymbolicLink()) yield await linkEntry(at.root, full, hashing);
  else if (one.isDirectory()) yield* walk({ ...at, folder: full, depth: at.depth + 1 }, hashing);
  else if (one.isFile()) yield await fileEntry(full, path, hashing);
  else yield bare(path, "special");
}

/** A link to a file of the same model counts as that file where links are followed; to a folder, or out of the model, never. */
async function linkEntry(root: string, full: string, hashing: Hashing): Promise<SizedEntry> {
  const path = pathIn(root, full);
  if (!hashing.follows) return bare(path, "link");
  const target = await realpath(full).catch(() => null);
  if (target === null || !target.startsWith(`${root}${sep}`)) return bare(path, "link");
  return (await lstat(target)).isFile() ? fileEntry(target, path, hashing) : bare(path, "link");
}

async function fileEntry(full: string, path: string, hashing: Hashing): Promise<SizedEntry> {
  const handle = await open(full, FLAGS).catch(() => null);
  if (handle === null) return bare(path, "unreadable");
  try {
    const status = await handle.stat();
    if (!status.isFile()) return bare(path, "special");
    return {
      path,
      is: "file",
      size: status.size,
      digests: await digestsOf(handle, status.size, path, hashing),
    };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    return bare(path, "unreadable");
  } finally {
    await handle.close();
  }
}

function bare(path: string, is: ModelEntry["is"]): SizedEntry {
  return { path, is, size: 0, digests: new Map() };
}

async function digestsOf(
  handle: FileHandle,
  size: number,
  path: string,
  { hashType, shardSize }: Hashing,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  if (shardSize === null) return digests.set(path, await digestOf(handle, 0, size, hashType));
  for (let from = 0; from < size; from += shardSize) {
    const to = Math.min(size, from + shardSize);
    digests.set(`${path}:${from}:${to}`, await digestOf(handle, from, to, hashType));
  }
  return digests;
}

async function digestOf(handle: FileHandle, from: number, to: number, hashType: HashType): Promise<string> {
  const hash = await hasher(hashType);
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(1, to - from)));
  let at = from;
  while (at < to) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, to - at), at);
    if (bytesRead === 0) throw new Error("the file became shorter while it was read");
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.hex();
}

interface Hasher {
  readonly update: (bytes: Uint8Array) => void;
  readonly hex: () => string;
}

async function hasher(hashType: HashType): Promise<Hasher> {
  if (hashType === "blake3") {
    const blake = await createBLAKE3();
    blake.init();
    return { update: (bytes) => blake.update(bytes), hex: () => blake.digest("hex") };
  }
  const hash = createHash(hashType === "sha256" ? "sha256" : "blake2b512");
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest("hex") };
}

function pathIn(root: string, full: string): string {
  return relative(root, full).split(sep).join("/");
}

async function attempted<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    throw new Fault(
      "file_missing",
      `${path} cannot be read`,
      "Check that it is there and that you may read it.",
      cause,
    );
  }
}
