import { mkdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "#base";
import { lockDirectory } from "./lock.ts";

/** Everything Doorward keeps, in one place that only its own user may enter and only one process may use. */
export interface DataDirectory {
  /** Absolute, links resolved. */
  readonly path: string;
  /** A path inside: `file("keys")`. */
  readonly file: (name: string) => string;
  /** Lets another process have it. */
  readonly close: () => void;
}

const OTHERS = 0o077;

/**
 * Makes the directory (0700) where it is missing, checks it, and takes it for this process. Throws Fault
 * `data_directory_unusable`, `data_directory_foreign`, `data_directory_exposed` or `data_directory_in_use`.
 */
export function openDataDirectory(path: string): DataDirectory {
  const real = prepare(resolve(path));
  const release = lockDirectory(real);
  return { path: real, file: (name) => join(real, name), close: release };
}

function prepare(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const real = realpathSync(path);
    check(real);
    return real;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unusable(path, cause);
  }
}

/** Windows keeps neither modes nor user numbers: there the folder's place in the user's profile protects it. */
function check(path: string): void {
  const stats = statSync(path);
  if (process.getuid === undefined) return;
  const [owner, self] = [stats.uid, process.getuid()];
  if (owner !== self) {
    throw new Fault(
      "data_directory_foreign",
      `the data directory ${path} belongs to user ${owner}, and Doorward runs as user ${self}`,
      `Run Doorward as the directory's owner, or choose another directory: --data DIR.`,
    );
  }
  if ((stats.mode & OTHERS) !== 0) throw exposed(path, stats.mode & 0o777);
}

function exposed(path: string, mode: number): Fault {
  return new Fault(
    "data_directory_exposed",
    `other users may enter the data directory ${path} (mode ${mode.toString(8).padStart(4, "0")}); it holds keys`,
    `Make sure that nobody has been in it, then run: chmod 700 '${path}'`,
  );
}

function unusable(path: string, cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault(
    "data_directory_unusable",
    `the data directory ${path} cannot be used: ${reason}`,
    "Choose a directory that Doorward's user may write: --data DIR, or DOORWARD_DATA=DIR.",
    cause,
  );
}
