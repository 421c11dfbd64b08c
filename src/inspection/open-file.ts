import { type BigIntStats, closeSync, constants, fstatSync, fsync, lstatSync, openSync } from "node:fs";
import { promisify } from "node:util";
import type { FileState, Settled } from "./port.ts";

const flush = promisify(fsync);

/** A regular file, open for reading, and how it was then. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly state: FileState;
}

export type Opening =
  | { readonly ok: true; readonly file: OpenFile }
  | { readonly ok: false; readonly why: string };

/** Never through a link at the end, and never waiting for whoever should write into a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Opens what is a regular file before and after; whoever gets it closes it. Never throws. */
export function openRegular(path: string): Opening {
  try {
    const before = lstatSync(path, { bigint: true });
    if (!before.isFile()) return { ok: false, why: kindOf(before) };
    const descriptor = openSync(path, FLAGS);
    const status = fstatSync(descriptor, { bigint: true });
    if (status.isFile() && status.dev === before.dev && status.ino === before.ino)
      return { ok: true, file: { path, descriptor, state: stateOf(status) } };
    closeSync(descriptor);
    return { ok: false, why: "another file took its place meanwhile" };
  } catch (cause) {
    return { ok: false, why: reasonOf(cause) };
  }
}

/**
 * What others wrote by mapping the file is brought to the disk first: from then on the next such write is seen in its times, which a
 * write to a page that is dirty already is not. Never throws.
 */
export async function settle({ descriptor, state }: OpenFile, now: () => number): Promise<Settled> {
  const beganAt = now();
  const isFlushed = await flush(descriptor).then(
    () => true,
    () => false,
  );
  return { state, beganAt, isFlushed };
}

/** Whether the file is still the one that was opened, at its path, and nobody wrote to it since. Never throws. */
export function isUnchanged({ path, descriptor, state }: OpenFile): boolean {
  try {
    return (
      isSame(state, stateOf(fstatSync(descriptor, { bigint: true }))) &&
      isSame(state, stateOf(lstatSync(path, { bigint: true })))
    );
  } catch {
    return false;
  }
}

/** How the file at a path is now; null where there is none that could be read here. Never throws. */
export function stateAt(path: string): FileState | null {
  try {
    const status = lstatSync(path, { bigint: true });
    return status.isFile() ? stateOf(status) : null;
  } catch {
    return null;
  }
}

function stateOf(status: BigIntStats): FileState {
  return {
    device: status.dev,
    inode: status.ino,
    size: status.size,
    modifiedNs: status.mtimeNs,
    changedNs: status.ctimeNs,
    bornNs: status.birthtimeNs,
  };
}

export function isSame(one: FileState, other: FileState): boolean {
  return (
    one.device === other.device &&
    one.inode === other.inode &&
    one.size === other.size &&
    one.modifiedNs === other.modifiedNs &&
    one.changedNs === other.changedNs &&
    one.bornNs === other.bornNs
  );
}

function kindOf(status: BigIntStats): string {
  if (status.isSymbolicLink()) return "it is a link";
  return status.isDirectory() ? "it is a folder" : "it is no regular file";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOTDIR: "it is not there",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  ELOOP: "it is a link",
  ENAMETOOLONG: "its name is too long for the system",
  EIO: "its disk gave an error",
  EMFILE: "too many files are open",
};

/** Why the system would not, in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (code === "" ? "it could not be read" : `the system says ${code}`);
}
