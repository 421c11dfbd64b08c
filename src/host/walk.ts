import { isUtf8 } from "node:buffer";
import { sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type FileSeen,
  HEAD_BYTES,
  isEntered,
  isModelName,
  lookAt,
  MANIFEST_BYTES_MAX,
  type ManifestSeen,
  type WalkPlace,
} from "#discovery";
import { reasonOf } from "./first-bytes.ts";
import {
  type FileStatus,
  type FolderEntry,
  type OpenFolder,
  ownFiles,
  type WalkFiles,
} from "./walk-files.ts";

/** What could not be looked at, and why. */
export interface Trouble {
  readonly path: string;
  readonly why: string;
}

/** Grows while walking; whoever shows progress reads it. */
export interface WalkCount {
  entries: number;
  looked: number;
  skipped: number;
}

export interface Walked {
  readonly files: FileSeen[];
  readonly manifests: ManifestSeen[];
  readonly troubles: Trouble[];
}

export interface WalkOptions {
  readonly count: WalkCount;
  /** Called between turns of the event loop, about every 2,000 entries. */
  readonly progress: () => void;
  readonly entriesMax: number;
  /** This machine's own, where nothing is said. */
  readonly files?: WalkFiles;
}

const DEPTH_MAX = 64;
const FILES_MAX = 200_000;
/** That are known and not yet entered. */
const FOLDERS_MAX = 500_000;
const TROUBLES_MAX = 1000;
const ENTRIES_PER_TURN = 2048;
const IS_WINDOWS = sep === "\\";

interface Folder {
  readonly path: Buffer;
  readonly parts: readonly string[];
}

interface Walk extends Walked {
  readonly place: WalkPlace;
  readonly options: WalkOptions;
  readonly system: WalkFiles;
  /** Where the place really is: links lead the walk nowhere else. */
  readonly real: Buffer;
  readonly device: number;
  readonly stack: Folder[];
}

/**
 * Walks a place by its rules, depth first, on its own file system, never through a link to a folder; what is no regular file is
 * never opened. Synchronous in turns: one call of the system for each entry is several times faster so than as a promise.
 * Memory is bounded by what is found (200,000 files) and what is still to be entered (500,000 folders). Never throws.
 */
export async function walk(place: WalkPlace, options: WalkOptions): Promise<Walked> {
  const found: Walked = { files: [], manifests: [], troubles: [] };
  const system = options.files ?? ownFiles;
  const start = startOf(place, found, system);
  if (start === null) return found;
  const { real, status } = start;
  const folder = { path: real, parts: [] };
  const going: Walk = { ...found, place, options, system, real, device: status.dev, stack: [folder] };
  if (!status.isDirectory()) {
    const name = place.path.slice(place.path.lastIndexOf(sep) + 1);
    if (status.isFile()) look(going, { path: real, parts: [name] }, { status, link: null });
    return found;
  }
  for (let next = going.stack.pop(); next !== undefined; next = going.stack.pop()) {
    await enter(going, next);
    if (isFull(going)) break;
  }
  return found;
}

function startOf(
  place: WalkPlace,
  { troubles }: Walked,
  system: WalkFiles,
): { real: Buffer; status: FileStatus } | null {
  try {
    const real = system.real(place.path);
    return { real, status: system.statusBehind(real) };
  } catch (cause) {
    // A store that is not there is no trouble; a path that somebody gave is.
    const why = reasonOf(cause);
    if (place.store === null || why !== "it is not there") troubles.push({ path: place.path, why });
    return null;
  }
}

function isFull({ options, files, place, troubles }: Walk): boolean {
  const { entries } = options.count;
  if (entries < options.entriesMax && files.length < FILES_MAX) return false;
  const what =
    entries < options.entriesMax ? `${FILES_MAX} files of models` : `${options.entriesMax} entries`;
  troubles.push({ path: place.path, why: `the search ended after ${what}: the rest was not looked at` });
  return true;
}

async function enter(going: Walk, folder: Folder): Promise<void> {
  const { count, progress, entriesMax } = going.options;
  const opened = attempt(going, folder.path, () => going.system.open(folder.path));
  if (opened === null) return;
  try {
    for (let entry = read(going, folder, opened); entry !== null; entry = read(going, folder, opened)) {
      count.entries += 1;
      visit(going, folder, entry);
      if (count.entries >= entriesMax || going.files.length >= FILES_MAX) return;
      if (count.entries % ENTRIES_PER_TURN !== 0) continue;
      progress();
      await nextTurn();
    }
  } finally {
    opened.close();
  }
}

interface Entry {
  readonly name: Buffer;
  readonly kind: FolderEntry["kind"];
}

function read(going: Walk, folder: Folder, opened: OpenFolder): Entry | null {
  return attempt(going, folder.path, () => {
    const entry = opened.next();
    return entry === null ? null : { kind: entry.kind, name: Buffer.from(entry.name, "latin1") };
  });
}

function visit(going: Walk, folder: Folder, { name, kind }: Entry): void {
  const path = Buffer.concat([folder.path, Buffer.from(sep), name]);
  const parts = [...folder.parts, name.toString()];
  if (kind === "folder") descend(going, { path, parts });
  else if (kind === "file") {
    if (!mayBeLooked(going.place.layout, parts)) return;
    const status = attempt(going, path, () => going.system.status(path));
    if (status?.isFile() === true) look(going, { path, parts }, { status, link: null });
  } else if (kind === "link") follow(going, { path, parts });
  else going.options.count.skipped += 1;
}

/** Whether the size of a file could make a difference; where it could not, the system is not asked for it. */
function mayBeLooked(layout: WalkPlace["layout"], parts: readonly string[]): boolean {
  return [0, Number.MAX_SAFE_INTEGER].some((size) => lookAt(layout, parts, size) !== "leave");
}

function descend(going: Walk, folder: Folder): void {
  if (!isEntered(going.place.layout, folder.parts)) return;
  if (folder.parts.length > DEPTH_MAX)
    return trouble(going, folder.path, `it lies ${DEPTH_MAX} folders deep`);
  const status = attempt(going, folder.path, () => going.system.status(folder.path));
  if (status === null || !status.isDirectory()) return;
  if (status.dev !== going.device)
    return trouble(going, folder.path, "it is another file system: name it to have it scanned");
  if (going.stack.length >= FOLDERS_MAX)
    return trouble(going, folder.path, `it was not looked at: ${FOLDERS_MAX} folders wait already`);
  going.stack.push(folder);
}

/** A link to a file within the place is another name of that file; every other is said, where its name is a model's. */
function follow(going: Walk, { path, parts }: Folder): void {
  const isNamed = isModelName(parts.at(-1) ?? "");
  const layout = going.place.layout;
  if (layout === "named" && !isNamed) return;
  const target = attemptQuietly(() => going.system.real(path));
  const status = target === null ? null : attemptQuietly(() => going.system.status(target));
  if (target !== null && status !== null && isWithin(going.real, target)) {
    if (status.isFile()) look(going, { path, parts }, { status, link: target });
    return;
  }
  if (!isNamed) return;
  const unread = target === null ? "the link leads nowhere" : `the link leads out of ${going.place.path}`;
  const shown = target === null ? "nowhere" : shownPath(target);
  going.files.push({
    ...shownFile(going, path),
    size: 0,
    allocated: 0,
    identity: `link:${shownPath(path)}`,
    head: null,
    unread,
    target: shown,
  });
}

function isWithin(root: Buffer, path: Buffer): boolean {
  const before = Buffer.concat([root, Buffer.from(sep)]);
  return path.subarray(0, before.length).equals(before);
}

interface Regular {
  readonly status: FileStatus;
  readonly link: Buffer | null;
}

function look(going: Walk, { path, parts }: Folder, { status, link }: Regular): void {
  const how = lookAt(going.place.layout, parts, status.size);
  if (how === "leave") return;
  going.options.count.looked += 1;
  const length = how === "whole" ? MANIFEST_BYTES_MAX : HEAD_BYTES;
  const bytes = going.system.firstBytes(link ?? path, length, status);
  const { store, path: root } = going.place;
  if (how === "whole") {
    if (bytes.read === null || store === null)
      return trouble(going, path, bytes.why ?? "it could not be read");
    const text = Buffer.from(bytes.read).toString("utf8");
    going.manifests.push({ path: shownFile(going, path).path, root, store, text });
    return;
  }
  going.files.push({
    ...shownFile(going, path),
    size: status.size,
    // Windows does not tell; there nothing is called sparse.
    allocated: IS_WINDOWS ? status.size : status.blocks * 512,
    identity: `${status.dev}:${status.ino}`,
    head: bytes.read,
    unread: bytes.why,
    target: link === null ? null : shownPath(link),
  });
}

/** As the user knows the place, which may itself be a link. */
function shownFile({ place, real }: Walk, path: Buffer): Pick<FileSeen, "path" | "root" | "store"> {
  const below = path.subarray(real.length);
  return { path: place.path + shownPath(below), root: place.path, store: place.store };
}

/** The path as text: as it is where it is UTF-8, each other byte as `\xNN`. */
export function shownPath(path: Buffer): string {
  if (isUtf8(path)) return path.toString("utf8");
  return path
    .toString("latin1")
    .replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

function trouble({ troubles }: Walk, path: Buffer, why: string): void {
  if (troubles.length < TROUBLES_MAX) troubles.push({ path: shownPath(path), why });
}

function attempt<T>(going: Walk, path: Buffer, act: () => T | null): T | null {
  try {
    return act();
  } catch (cause) {
    trouble(going, path, reasonOf(cause));
    return null;
  }
}

function attemptQuietly<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
