import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const OTHERS = 0o077;
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file of lines that is only believed whole: its first line is its kind and the SHA-256 of what follows. */
export interface CacheFile {
  /** Nothing where it is not there, not its owner's alone, too long, cut, or changed by anybody but `write`. */
  readonly read: () => readonly string[];
  /** Whole or not at all. False where it could not be: then nothing is kept, and nothing breaks. */
  readonly write: (lines: readonly string[]) => boolean;
}

/** `folder` is made where it is missing (0700); in one that others may write to, or another's, nothing is kept or believed. */
export function openCacheFile(folder: string, name: string, bytesMax: number): CacheFile {
  const path = join(folder, name);
  return {
    read: () => {
      try {
        return isOwn(folder) ? checked(path, name, bytesMax) : [];
      } catch {
        return [];
      }
    },
    write: (lines) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isOwn(folder)) return false;
        replace(path, name, `${lines.join("\n")}\n`);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** A folder of this user's, into which nobody else may write. Windows keeps no modes: there it lies in the user's profile. */
function isOwn(folder: string): boolean {
  const status = lstatSync(folder);
  if (!status.isDirectory()) return false;
  return process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o022) === 0);
}

function checked(path: string, name: string, bytesMax: number): readonly string[] {
  const file = openSync(path, FLAGS);
  try {
    const status = fstatSync(file);
    const isForeign =
      process.getuid !== undefined && (status.uid !== process.getuid() || (status.mode & OTHERS) !== 0);
    if (!status.isFile() || isForeign || status.size > bytesMax) return [];
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, Math.max(0, end)) === headOf(name, body) ? body.split("\n").slice(0, -1) : [];
  } finally {
    closeSync(file);
  }
}

function headOf(name: string, body: string): string {
  return `doorward ${name} 1 sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function replace(path: string, name: string, body: string): void {
  const beside = `${path}.${randomUUID()}`;
  const file = openSync(beside, "wx", 0o600);
  try {
    fchmodSync(file, 0o600);
    writeFileSync(file, `${headOf(name, body)}\n${body}`);
    fsyncSync(file);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
