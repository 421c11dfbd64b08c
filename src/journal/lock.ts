import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "#base";
import { meaningOf } from "./faults.ts";
import { LOCK_WAIT_MS } from "./limits.ts";

/**
 * Holds the log directory for one sequencer. Node has no file locks, SQLite has: an open exclusive transaction on a
 * database of nothing is an operating-system lock, which ends with the process however it ends.
 */
export function lockLogDirectory(directory: string, waitMs = LOCK_WAIT_MS): { readonly release: () => void } {
  const database = new DatabaseSync(join(directory, ".sequencer-lock"), { timeout: waitMs });
  try {
    // In memory, so that the lock needs no room on a full disk: the transaction writes nothing and never ends.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (meaningOf(cause) !== "locked") throw cause;
    throw new Fault(
      "sequencer_locked",
      `another sequencer has held ${directory} for ${waitMs / 1000} seconds`,
      "End the other Doorward on this data directory (or its hanging sequencer process), then start again.",
      cause,
    );
  }
  return { release: () => database.close() };
}
