import { closeSync, constants, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "#base";

const LOCK = "lock";
const OWNER = "lock.owner";
const SQLITE_BUSY = 5;
const OWNER_CHARS_MAX = 20;

/** Directories this very process holds. Kept here because a lock that is garbage-collected is a lock that is gone. */
const held = new Map<string, DatabaseSync>();

/**
 * One process per directory, by a lock that the kernel drops when its holder dies, however it dies: SQLite's exclusive
 * lock on a file of its own. So no pid is ever compared, and a pid that lives again means nothing. The pid beside it
 * is for the person who reads the Fault `data_directory_in_use`.
 */
export function lockDirectory(directory: string): () => void {
  if (held.has(directory)) throw inUse(directory, String(process.pid));
  held.set(directory, takeLock(directory));
  writeFileSync(join(directory, OWNER), `${process.pid}\n`, { mode: 0o600 });
  return () => {
    const lock = held.get(directory);
    if (lock === undefined) return;
    held.delete(directory);
    rmSync(join(directory, OWNER), { force: true });
    lock.close();
  };
}

// INVARIANT: while the lock is held, this process never opens `lock` otherwise. POSIX drops all of a process's locks
// on a file when it closes any descriptor of that file; hence `held` is asked before the file is touched.
function takeLock(directory: string): DatabaseSync {
  const path = join(directory, LOCK);
  let database: DatabaseSync | null = null;
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (cause) {
    database?.close();
    throw isBusy(cause) ? inUse(directory, ownerOf(directory)) : unusable(path, cause);
  }
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
}

function unusable(path: string, cause: unknown): Fault {
  return new Fault(
    "data_directory_unusable",
    `the lock file ${path} cannot be used: ${String(cause)}`,
    "If no Doorward runs on this directory, delete that file and start again.",
    cause,
  );
}

function ownerOf(directory: string): string | null {
  try {
    const text = readFileSync(join(directory, OWNER), "utf8").trim();
    return /^\d+$/.test(text) && text.length <= OWNER_CHARS_MAX ? text : null;
  } catch {
    // The holder writes its pid a moment after it takes the lock.
    return null;
  }
}

function inUse(directory: string, pid: string | null): Fault {
  return new Fault(
    "data_directory_in_use",
    `another process${pid === null ? "" : ` (pid ${pid})`} runs on the data directory ${directory}`,
    `Use that one, stop it${pid === null ? "" : ` (kill ${pid})`}, or start with another directory: --data DIR.`,
  );
}
