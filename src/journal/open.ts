import type { Ambient, Fault } from "#base";
import type { Keys } from "#keys";
import type { Appended, Journal, Receipt } from "#ledger";
import type { Store } from "#store";
import { JournalLife } from "./life.ts";
import type { JournalLimits } from "./limits.ts";
import type { LogDisk } from "./log-disk.ts";
import type { Opening } from "./payloads.ts";
import type { KeptEntry, ListQuery } from "./reads.ts";

export interface JournalOptions {
  /** On a file: the sequencer reads it through a connection of its own. */
  readonly store: Store;
  readonly keys: Keys;
  /** Where `checkpoint` and `tile/` go; made when missing. */
  readonly directory: string;
  readonly ambient: Ambient;
  readonly limits?: Partial<JournalLimits>;
  /** For tests: what stands before the disk. */
  readonly disk?: (real: LogDisk) => LogDisk;
}

export interface JournalStatus {
  readonly acknowledged: number;
  readonly integrated: number;
  readonly published: number;
  /** When the last checkpoint of this run was published, in milliseconds since the Unix epoch; null before it. */
  readonly checkpointAt: number | null;
}

export interface JournalHandle extends Journal {
  /**
   * Calls `listener` after every commit, on the writer's own path: it may note that there is something new, and must
   * not throw or read. Answers how to stop it.
   */
  readonly onCommitted: (listener: () => void) => () => void;
  /** Of one subject, oldest first. */
  readonly entries: (subject: string) => readonly KeptEntry[];
  readonly list: (query: ListQuery) => readonly KeptEntry[];
  /** The bytes behind a commitment; null when there are none or they were destroyed. Throws Fault `unsealable`. */
  readonly payload: (index: number, name: string) => Uint8Array | null;
  /** The same with the salt: what an auditor needs to check the commitment. */
  readonly opening: (index: number, name: string) => Opening | null;
  /**
   * Seals what belongs to no entry under a person's key, so that it goes with it. Opening answers null once that is
   * destroyed, and throws Fault `unsealable` for other bytes, or another purpose.
   */
  readonly seal: (person: string, purpose: string, bytes: Uint8Array) => Uint8Array;
  readonly unseal: (person: string, purpose: string, sealed: Uint8Array) => Uint8Array | null;
  /** Destroys a person's key, and so every payload under it, and writes that down as `user.changed`. */
  readonly destroyPerson: (person: string) => Promise<Appended>;
  /** Waits until the entries are published. Throws Fault `receipt_unknown`, `receipt_unpublished`, `receipt_too_large`. */
  readonly receipt: (subject: string, options: { readonly waitMs: number }) => Promise<Receipt>;
  readonly status: () => JournalStatus;
  /** Settles when it cannot be known what was kept, or the log is not what the database says: stop the process. */
  readonly fatal: Promise<Fault>;
  /** Commits what waits, publishes it and ends the sequencer. */
  readonly close: () => Promise<void>;
  /** The sequencer's process id, for the status page and for tests that kill it. */
  readonly sequencerPid: () => number | undefined;
}

/**
 * Opens the journal and recovers: the write-ahead log is copied and emptied, and the sequencer has compared its log
 * with the database. Throws Fault `state_older_than_log`, `log_older_than_state`, `ledger_forked`, `keys_…`,
 * `journal_failed`, `sequencer_locked` or `sequencer_gone`.
 */
export async function openJournal(options: JournalOptions): Promise<JournalHandle> {
  const life = new JournalLife(options);
  await life.start();
  return life;
}
