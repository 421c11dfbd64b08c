import type { DatabaseSync } from "node:sqlite";
import { meaningOf } from "./faults.ts";
import { WAL_CHECK_COMMITS, WAL_FRAMES_MAX } from "./limits.ts";

/** Copies SQLite's write-ahead log into the database, and says when that failed. */
export interface WriteAhead {
  /** Before or after a commit. Throws the database's error when a copy fails for another reason than a full disk. */
  readonly committed: () => void;
  /** Regardless of commits: others write single statements through the same connection. */
  readonly check: () => void;
  /** Everything copied and the log emptied; for opening, and after a key was destroyed. */
  readonly empty: () => void;
}

/**
 * SQLite's own auto-checkpoint ignores errors, a failed fsync of the database included: the kernel may then have
 * dropped pages that the next, successful fsync no longer covers, while the write-ahead log is overwritten. So we
 * switch it off and copy ourselves, where an error is seen and stops the process; the log is copied again at start.
 */
export function superviseWriteAhead(database: DatabaseSync): WriteAhead {
  database.exec("PRAGMA wal_autocheckpoint = 0");
  const count = database.prepare("PRAGMA wal_checkpoint(NOOP)");
  const copy = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  const truncate = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  let commits = 0;
  const check = (): void => {
    commits = 0;
    if (Number(count.get()?.["log"] ?? 0) < WAL_FRAMES_MAX) return;
    orLater(() => copy.get());
  };
  return {
    committed: () => {
      commits += 1;
      if (commits >= WAL_CHECK_COMMITS) check();
    },
    check,
    empty: () => orLater(() => truncate.get()),
  };
}

/** A full disk or a busy reader only puts it off: the write-ahead log holds everything. */
function orLater(copy: () => unknown): void {
  try {
    copy();
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning !== "full" && meaning !== "locked") throw error;
  }
}
