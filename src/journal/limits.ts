/** How much the journal may hold, keep waiting or write at once. `openJournal` takes other numbers for small machines. */
export interface JournalLimits {
  /** Batches waiting for a commit; the last `queueReserveBatches` are for everything but intents and verdicts (T21). */
  readonly queueBatchesMax: number;
  readonly queueReserveBatches: number;
  /** Bytes of bodies and payloads waiting, and the part of them reserved likewise. */
  readonly queueBytesMax: number;
  readonly queueReserveBytes: number;
  /** Acknowledged entries that the sequencer has not integrated; beyond it intents and verdicts are refused. */
  readonly backlogEntriesMax: number;
  /** Free bytes on the disk below which intents and verdicts are refused. */
  readonly diskReserveBytes: number;
  /** Size of the file that is given up when the disk is full, so that outcomes still fit. */
  readonly ballastBytes: number;
}

const MIB = 1_048_576;

export const JOURNAL_LIMITS: JournalLimits = {
  queueBatchesMax: 8_192,
  queueReserveBatches: 1_024,
  queueBytesMax: 128 * MIB,
  queueReserveBytes: 32 * MIB,
  backlogEntriesMax: 500_000,
  diskReserveBytes: 64 * MIB,
  ballastBytes: 8 * MIB,
};

/** Batches in one transaction: about what fits between two fsyncs without holding the event loop for long. */
export const COMMIT_BATCHES_MAX = 512;
/** Turns of the event loop that a group waits at most for those who come meanwhile. */
export const GATHER_TURNS_MAX = 8;
/** A turn of a model may ask for 128 tools: each an intent, or a verdict and a request for approval, all at once. */
export const BATCH_ENTRIES_MAX = 256;
export const BATCH_WRITES_MAX = 1_024;
/** Part of how payloads are numbered in the state database: never another number. */
export const PAYLOADS_PER_ENTRY_MAX = 256;
export const PAYLOAD_BYTES_MAX = 32 * MIB;
export const NAME_CHARACTERS_MAX = 512;
export const PERSON_KEYS_MAX = 1_024;
export const STATEMENTS_MAX = 256;
export const LIST_ENTRIES_MAX = 1_000;
export const RECEIPT_WAITERS_MAX = 1_024;
export const RECEIPT_ENTRIES_MAX = 256;

/** Frames in the write-ahead log that make us copy them into the database. */
export const WAL_FRAMES_MAX = 3_500;
export const WAL_CHECK_COMMITS = 32;
export const WAL_CHECK_MS = 5_000;
export const DISK_CHECK_MS = 200;

/** Entries that the sequencer signs and writes in one go. */
export const ROUND_ENTRIES_MAX = 4_096;
/** Least time between two rounds that are not full; the longest an entry waits for its checkpoint is about twice this. */
export const ROUND_INTERVAL_MS = 250;
/** After a pause the first entry waits this long for company. */
export const ROUND_LINGER_MS = 20;
/** Between two attempts when the disk is full. */
export const FULL_RETRY_MS = 1_000;
/** A new sequencer waits this long for the last one, whose parent died, to let go of the log directory. */
export const LOCK_WAIT_MS = 20_000;
/** The parent tells the sequencer of new entries at most this often. */
export const NOTIFY_MS = 20;
export const START_WAIT_MS = 60_000;
export const CLOSE_WAIT_MS = 10_000;
export const RESTARTS_MAX = 8;
export const RESTART_DELAY_MS = 100;
export const RESTART_DELAY_MAX_MS = 10_000;
/** Entries at the end of the log that a starting sequencer compares with the state database. */
export const TAIL_ENTRIES_MAX = 256;
