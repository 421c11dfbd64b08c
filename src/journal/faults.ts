import { Fault } from "#base";

/** SQLite primary result codes (the low byte of `errcode`): https://sqlite.org/rescode.html */
const SQLITE_FULL = 13;
/** The database is locked by another connection; our transaction never began. */
const LOCKED = new Set([5, 6]);
/** The statement or its values are wrong: error, too big, constraint, mismatch, range. Nothing else is touched. */
const STATEMENT_CODES = new Set([1, 18, 19, 20, 25]);

/** What an error from the database means for what was being written. */
export type Meaning = "statement" | "full" | "locked" | "doubt";

export function meaningOf(error: unknown): Meaning {
  const code = sqliteCode(error);
  if (code === null) return "doubt";
  if (code === SQLITE_FULL) return "full";
  if (LOCKED.has(code)) return "locked";
  return STATEMENT_CODES.has(code) ? "statement" : "doubt";
}

function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

export function journalFull(what: string, cause?: unknown): Fault {
  return new Fault(
    "journal_full",
    `the action log has no room: ${what}; nothing was kept`,
    "Free disk space or wait for the load to fall, then try again. Outcomes and revocations have space of their own.",
    cause,
  );
}

export function journalBusy(cause: unknown): Fault {
  return new Fault(
    "journal_busy",
    "another program holds the state database; nothing was kept",
    "Close the program that has doorward.db open for writing, then try again.",
    cause,
  );
}

/** The one fault after which the process must stop: it cannot know what the disk holds. */
export function journalFailed(what: string, cause?: unknown): Fault {
  return new Fault(
    "journal_failed",
    `the action log cannot know what was kept: ${what}`,
    "Doorward stops and recovers at the next start. If it happens again, check the disk (dmesg, SMART).",
    cause,
  );
}

export function journalClosed(): Fault {
  return new Fault("journal_closed", "the action log is closed", "Start Doorward again.");
}

export function writeRefused(cause: unknown): Fault {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Fault(
    "state_write_refused",
    `the state database refused the change: ${why}; nothing of it was kept`,
    "Something with the same name or id may exist already; look at what is there and try again.",
    cause,
  );
}

export function batchInvalid(what: string): Fault {
  return new Fault(
    "batch_invalid",
    `the entry cannot be written: ${what}`,
    "Shorten what is sent; if Doorward itself made it, report this with the log line.",
  );
}

export function stateOlderThanLog(state: number, log: number): Fault {
  return new Fault(
    "state_older_than_log",
    `the state database knows ${state} published entries, the log on disk ${log}: an old database was put beside a newer log`,
    "Restore database and log directory from the same moment, or start a new installation; entries are never numbered twice.",
  );
}

export function logOlderThanState(cause: unknown): Fault {
  return new Fault(
    "log_older_than_state",
    "the log directory lacks what the state database says was published",
    "Restore the log directory that belongs to this database; doorward-verify log lists what is missing.",
    cause,
  );
}

export function ledgerForked(what: string): Fault {
  return new Fault(
    "ledger_forked",
    `the log and the state database tell different histories: ${what}`,
    "Keep both as evidence. Restore database and log directory from the same moment, or start a new installation.",
  );
}

export function sequencerGone(what: string): Fault {
  return new Fault(
    "sequencer_gone",
    `the sequencer process does not stay up: ${what}`,
    "Look at its last words on standard error, check memory and disk, then start Doorward again.",
  );
}

/** Errors of the file system that mean no more than "no room": what was not pledged is written anew later. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
