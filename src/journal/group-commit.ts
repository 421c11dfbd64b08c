import { Fault } from "#base";
import type { Appended } from "#ledger";
import { journalBusy, journalClosed, journalFailed, journalFull, meaningOf } from "./faults.ts";
import { COMMIT_BATCHES_MAX, GATHER_TURNS_MAX, type JournalLimits } from "./limits.ts";
import type { LogDisk } from "./log-disk.ts";
import { boundedQueue, type Pending, type Queue } from "./queue.ts";
import type { Room } from "./room.ts";
import type { Work } from "./work.ts";
import type { WriteAhead } from "./write-ahead.ts";
import type { Writer } from "./writer.ts";

export interface GroupCommit {
  readonly submit: (work: Work) => Promise<Appended>;
  /** Resolves once what waits is on the disk, or was refused. */
  readonly drain: () => Promise<void>;
  /** Drains; then nothing more is taken. */
  readonly close: () => Promise<void>;
  /** Nothing more is taken or committed; what waits is rejected with `fault`. */
  readonly stop: (fault: Fault) => void;
}

export interface GroupCommitParts {
  readonly writer: Writer;
  readonly disk: Pick<LogDisk, "sync">;
  readonly writeAhead: Pick<WriteAhead, "committed">;
  readonly room: Room;
  readonly limits: JournalLimits;
  /** Entries up to `size` are on the disk. */
  readonly kept: (size: number) => void;
  /** Called once, when it cannot be known what was kept. */
  readonly failed: (fault: Fault) => void;
}

/**
 * Many callers, one transaction: whatever waits when a turn of the event loop brought nobody else is committed, and
 * synced to the disk while the event loop goes on; what comes meanwhile is the next group. Nobody gets an answer before the sync of their
 * group has ended; not even `stale`, which may rest on a neighbour's write.
 *
 * INVARIANT: a sync begins after its group's COMMIT and covers the whole log, so an answer says that this group and all
 * before it are on the disk: what was decided by reading another's commit never outlives that commit.
 */
export function groupCommit(parts: GroupCommitParts): GroupCommit {
  return new Group(parts);
}

class Group implements GroupCommit {
  readonly #parts: GroupCommitParts;
  readonly #queue: Queue;
  #stopped: Fault | null = null;
  #isScheduled = false;
  /** How many waited at the last look, and how many looks there were since the last group. */
  #waited = 0;
  #looks = 0;
  /** Committed and not yet on the disk. */
  #syncing: readonly Settling[] | null = null;
  /** Whoever waits until nothing waits. */
  #draining: (() => void)[] = [];

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
    this.#queue = boundedQueue(parts.limits);
  }

  submit = (work: Work): Promise<Appended> =>
    new Promise((resolve, reject) => {
      if (this.#stopped !== null) throw this.#stopped;
      if (!work.isReserved && !this.#parts.room.isPlenty(work.bytes))
        throw journalFull("the disk is nearly full");
      this.#queue.push({ work, resolve, reject });
      this.#schedule();
    });

  drain = (): Promise<void> =>
    new Promise((resolve) => {
      this.#draining.push(resolve);
      if (this.#syncing === null) this.#goOn();
    });

  close = async (): Promise<void> => {
    await this.drain();
    this.#stopped ??= journalClosed();
  };

  stop = (fault: Fault): void => {
    this.#stopped ??= fault;
    for (const { reject } of this.#queue.take(this.#queue.length())) reject(this.#stopped);
    for (const { pending } of this.#syncing ?? []) pending.reject(this.#stopped);
    this.#syncing = null;
    this.#goOn();
  };

  #schedule(): void {
    if (this.#isScheduled || this.#syncing !== null) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#syncing !== null) return;
    if (this.#isGathering()) return this.#schedule();
    const committed = commitTogether(this.#queue.take(COMMIT_BATCHES_MAX), this.#parts);
    if (committed instanceof Fault) return this.#fail(committed);
    if (committed.length === 0) return this.#goOn();
    this.#syncing = committed;
    const size = this.#parts.writer.size();
    this.#parts.disk.sync((error) => this.#synced(committed, size, error));
  };

  /** Whether the last turn of the event loop brought company, so that the next may too. */
  #isGathering(): boolean {
    const waiting = this.#queue.length();
    const isGathering =
      waiting > this.#waited && waiting < COMMIT_BATCHES_MAX && this.#looks < GATHER_TURNS_MAX;
    this.#waited = isGathering ? waiting : 0;
    this.#looks = isGathering ? this.#looks + 1 : 0;
    return isGathering;
  }

  #synced(committed: readonly Settling[], size: number, error: Error | null): void {
    if (this.#stopped !== null) return;
    if (error !== null) return this.#fail(journalFailed("the write-ahead log did not reach the disk", error));
    this.#syncing = null;
    this.#parts.kept(size);
    for (const { pending, result } of committed) {
      if (result instanceof Fault) pending.reject(result);
      else pending.resolve(result);
    }
    this.#goOn();
  }

  #goOn(): void {
    if (this.#queue.length() > 0) return this.#schedule();
    const draining = this.#draining;
    this.#draining = [];
    for (const resume of draining) resume();
  }

  #fail(fault: Fault): void {
    this.stop(fault);
    this.#parts.failed(fault);
  }
}

interface Settling {
  readonly pending: Pending;
  readonly result: Appended | Fault;
}

/** What was committed of `group`; who was refused has their answer. Or the doubt that must stop the process. */
function commitTogether(group: readonly Pending[], parts: GroupCommitParts): Settling[] | Fault {
  if (group.length === 0) return [];
  try {
    parts.writeAhead.committed();
  } catch (error) {
    return doubt(group, journalFailed("copying the write-ahead log into the database failed", error));
  }
  try {
    return transact(group, parts.writer);
  } catch (error) {
    return abandon(group, error, parts);
  }
}

/** Nearly always all of a group is kept; only where it is not, each is written so that it can be undone alone. */
function transact(group: readonly Pending[], writer: Writer): Settling[] {
  return transactWith(writer.keep, group, writer) ?? transactWith(writer.keepGuarded, group, writer) ?? [];
}

type Keep = (work: Work) => Appended | "entangled";

/** Null where nothing was committed, for one of them was entangled with the others. */
function transactWith(keep: Keep, group: readonly Pending[], writer: Writer): Settling[] | null {
  writer.begin();
  const settling: Settling[] = [];
  for (const pending of group) {
    const result = keepOrRefuse(pending.work, keep);
    if (result === "entangled") {
      writer.abandon();
      return null;
    }
    settling.push({ pending, result });
  }
  writer.commit();
  return settling;
}

function keepOrRefuse(work: Work, keep: Keep): Appended | Fault | "entangled" {
  try {
    return keep(work);
  } catch (error) {
    if (error instanceof Fault && error.code === "state_write_refused") return error;
    throw error;
  }
}

/** The transaction failed. A full disk and a lock are certain: nothing was kept. Everything else is doubt. */
function abandon(group: readonly Pending[], error: unknown, parts: GroupCommitParts): Settling[] | Fault {
  const meaning = meaningOf(error);
  if (meaning !== "full" && meaning !== "locked") return doubt(group, error);
  try {
    parts.writer.abandon();
  } catch (cause) {
    return doubt(group, cause);
  }
  if (meaning === "full") return makeRoom(group, error, parts);
  rejectAll(group, journalBusy(error));
  return [];
}

/** On a full disk intents give way: the ballast makes room, and what is reserved is tried once more. */
function makeRoom(group: readonly Pending[], error: unknown, parts: GroupCommitParts): Settling[] | Fault {
  const full = journalFull("the disk is full", error);
  const reserved = group.filter(({ work }) => work.isReserved);
  rejectAll(
    group.filter(({ work }) => !work.isReserved),
    full,
  );
  if (reserved.length === 0) return [];
  // Without the intents, or in the ballast's place, they may fit.
  if (reserved.length < group.length || parts.room.giveUpBallast()) return commitTogether(reserved, parts);
  rejectAll(reserved, full);
  return [];
}

function doubt(group: readonly Pending[], cause: unknown): Fault {
  const fault =
    cause instanceof Fault ? cause : journalFailed("a commit failed on the way to the disk", cause);
  rejectAll(group, fault);
  return fault;
}

function rejectAll(group: readonly Pending[], fault: Fault): void {
  for (const pending of group) pending.reject(fault);
}
