import { Fault } from "#base";
import {
  makeReceipt,
  parseCheckpoint,
  parseNote,
  readEntries,
  type Receipt,
  TILE_WIDTH,
  type TileReader,
  tileWidth,
} from "#ledger";
import { RECEIPT_ENTRIES_MAX, RECEIPT_WAITERS_MAX } from "./limits.ts";
import type { LogDirectory } from "./log-directory.ts";
import type { KeptEntry } from "./reads.ts";

/** Lets callers wait until the published checkpoint covers an entry. */
export interface Publication {
  readonly published: (size: number) => void;
  /** Resolves at once where it is covered. Throws Fault `receipt_unpublished` after `waitMs`, `receipt_waiters_full`. */
  readonly wait: (size: number, waitMs: number) => Promise<void>;
  readonly size: () => number;
  readonly stop: (fault: Fault) => void;
}

interface Waiter {
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (fault: Fault) => void;
  readonly timer: NodeJS.Timeout;
}

export function watchPublication(): Publication {
  const waiters = new Set<Waiter>();
  let size = 0;
  const settle = (waiter: Waiter, fault?: Fault): void => {
    waiters.delete(waiter);
    clearTimeout(waiter.timer);
    if (fault === undefined) waiter.resolve();
    else waiter.reject(fault);
  };
  return {
    size: () => size,
    published: (now) => {
      size = Math.max(size, now);
      for (const waiter of waiters) if (waiter.size <= size) settle(waiter);
    },
    wait: async (wanted, waitMs) => {
      if (wanted <= size) return;
      if (waiters.size >= RECEIPT_WAITERS_MAX) throw waitersFull();
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => settle(waiter, unpublished(wanted)), waitMs);
        const waiter: Waiter = { size: wanted, resolve, reject, timer };
        waiters.add(waiter);
      });
    },
    stop: (fault) => {
      for (const waiter of waiters) settle(waiter, fault);
    },
  };
}

/** The receipt over `entries`, all of one subject, from the log's files. Their checkpoint must be published. */
export function receiptOf(subject: string, entries: readonly KeptEntry[], log: LogDirectory): Receipt {
  if (entries.length === 0) {
    throw new Fault(
      "receipt_unknown",
      `no entry is about ${JSON.stringify(subject)}`,
      "Check the id: an action, approval, agent, server or user id as the ledger lists it.",
    );
  }
  if (entries.length > RECEIPT_ENTRIES_MAX) throw tooMany(entries.length);
  const checkpoint = log.checkpoint();
  if (checkpoint === null) throw unpublished(1);
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const read = readOnce(log.read);
  const withLeaves = entries.map(({ index, record }) => ({ index, record, leaf: leafAt(index, size, read) }));
  return makeReceipt({ subject, entries: withLeaves, checkpoint, read });
}

function leafAt(index: number, size: number, read: TileReader): Buffer {
  if (index >= size) throw unpublished(index + 1);
  const n = Math.floor(index / TILE_WIDTH);
  const width = tileWidth(0, n, size);
  const leaf = readEntries(n, width, read)[index - n * TILE_WIDTH];
  if (leaf === undefined) throw unpublished(index + 1);
  return leaf;
}

/** Entries of one subject lie near each other: their proofs share most tiles. */
function readOnce(read: TileReader): TileReader {
  const cache = new Map<string, Buffer | null>();
  return (path) => {
    const known = cache.get(path);
    if (known !== undefined) return known;
    const bytes = read(path);
    cache.set(path, bytes);
    return bytes;
  };
}

function unpublished(size: number): Fault {
  return new Fault(
    "receipt_unpublished",
    `the log has not published its first ${size} entries yet`,
    "Ask again in a second; if it stays so, look at `doorward ledger status`.",
  );
}

function waitersFull(): Fault {
  return new Fault(
    "receipt_waiters_full",
    `${RECEIPT_WAITERS_MAX} callers already wait for receipts`,
    "Ask again in a second.",
  );
}

function tooMany(count: number): Fault {
  return new Fault(
    "receipt_too_large",
    `${count} entries are about this subject, a receipt holds at most ${RECEIPT_ENTRIES_MAX}`,
    "Ask for receipts of the single actions or approvals instead.",
  );
}
