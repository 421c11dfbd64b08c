import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";

/** The disk under SQLite's write-ahead log. */
export interface LogDisk {
  /**
   * Calls back once all that was written to the log before this call is on the disk, or with the error for which that
   * cannot be known. The waiting is done by a thread of libuv's pool, and the event loop goes on meanwhile.
   */
  readonly sync: (done: (error: Error | null) => void) => void;
  readonly close: () => void;
}

/**
 * Opens `<database>-wal`, which SQLite keeps for as long as it has a connection, through a descriptor of our own: a sync
 * concerns the file, whoever wrote it. It stays open, so that no error of the disk between two syncs goes unheard (Linux
 * tells each descriptor once). SQLite holds no lock on this file that closing ours could drop (its are on `-shm`).
 * What a process that was killed left in the page cache alone is on the disk when this returns. Throws the system's error.
 */
export function openLogDisk(database: string): LogDisk {
  const file = openSync(`${database}-wal`, "r+");
  fdatasyncSync(file);
  return { sync: (done) => fdatasync(file, done), close: () => closeSync(file) };
}
