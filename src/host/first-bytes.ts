import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/** Bytes of a file's beginning, or why there are none. */
export type FirstBytes =
  | { readonly read: Uint8Array; readonly why: null }
  | { readonly read: null; readonly why: string };

/** Never through a link at the end, and never waiting for whoever should write into a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * At most `length` bytes from the beginning of a regular file. `seen`: what its path showed before; where something else was
 * put there meanwhile, that is not read. Never throws.
 */
export function bytesOf(
  path: Buffer | string,
  length: number,
  seen?: Pick<Stats, "dev" | "ino">,
): FirstBytes {
  let file: number;
  try {
    file = openSync(path, FLAGS);
  } catch (cause) {
    return { read: null, why: reasonOf(cause) };
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) return { read: null, why: "it is no regular file" };
    if (seen !== undefined && (seen.dev !== status.dev || seen.ino !== status.ino))
      return { read: null, why: "another file took its place meanwhile" };
    return { read: whole(file, Math.min(length, status.size)), why: null };
  } catch (cause) {
    return { read: null, why: reasonOf(cause) };
  } finally {
    closeSync(file);
  }
}

function whole(file: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const more = readSync(file, bytes, at, length - at, at);
    if (more === 0) break;
    at += more;
  }
  return new Uint8Array(bytes.subarray(0, at));
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it may not be read",
  EPERM: "it may not be read",
  ENOENT: "it is not there",
  ENOTDIR: "it is not there",
  ELOOP: "its links go round in a circle",
  ENAMETOOLONG: "its name is too long for the system",
  EIO: "the disk gave an error",
  ESTALE: "its file system is gone",
  EMFILE: "too many files are open",
};

/** Why the system would not, in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return REASONS[code] ?? (code === "" ? "it could not be read" : `the system says ${code}`);
}

/** A file of `/proc`, which has no size of its own: at most `max` bytes of it as text, or nothing where it cannot be read. */
export function pseudoText(path: string, max: number): string {
  let file: number;
  try {
    file = openSync(path, FLAGS);
  } catch {
    return "";
  }
  try {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < max) {
      const part = Buffer.alloc(Math.min(65_536, max - length));
      const more = readSync(file, part, 0, part.length, null);
      if (more === 0) break;
      parts.push(part.subarray(0, more));
      length += more;
    }
    return Buffer.concat(parts).toString("utf8");
  } catch {
    // Its process ended while it was read.
    return "";
  } finally {
    closeSync(file);
  }
}
