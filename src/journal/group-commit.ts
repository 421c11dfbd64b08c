import { Fault } from "#base";
import type { Appended } from "#ledger";
import { journalBusy, journalClosed, journalFailed, journalFull, meaningOf } from "./faults.ts";
import { COMMIT_BATCHES_MAX, type JournalLimits } from "./limits.ts";
import { boundedQueue, type Pending } from "./queue.ts";
import type { Room } from "./room.ts";
import type { Work } from "./work.ts";
import type { WriteAhead } from "./write-ahead.ts";
import type { Writer } from "./writer.ts";

export interface GroupCommit {
  readonly submit: (work: Work) => Promise<Appended>;
  /** Commits what waits, now. */
  readonly drain: () => void;
  /** Drains; then nothing more is taken. */
  readonly close: () => void;
  /** Nothing more is taken or committed; what waits is rejected with `fault`. */
  readonly stop: (fault: Fault) => void;
}

export interface GroupCommitParts {
  readonly writer: Writer;
  readonly writeAhead: WriteAhead;
  readonly room: Room;
  readonly limits: JournalLimits;
  readonly committed: (size: number) => void;
  /** Called once, when it cannot be known what was kept. */
  readonly failed: (fault: Fault) => void;
}

/**
 * Many callers, one transaction: whatever waits when the event loop comes round is committed with one fsync, and
 * only then does anyone get an answer; not even `stale`, which may rest on a neighbour's uncommitted write.
 */
export function groupCommit(parts: GroupCommitParts): GroupCommit {
  const queue = boundedQueue(parts.limits);
  let stopped: Fault | null = null;
  let isScheduled = false;

  const stop = (fault: Fault): void => {
    stopped ??= fault;
    for (const pending of queue.take(queue.length())) pending.reject(stopped);
  };
  const flush = (): void => {
    isScheduled = false;
    if (stopped !== null || queue.length() === 0) return;
    const fault = commitTogether(queue.take(COMMIT_BATCHES_MAX), parts);
    if (fault !== null) {
      stop(fault);
      parts.failed(fault);
    }
    if (queue.length() > 0) schedule();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  };
  const drain = (): void => {
    // A flush that fails empties the queue.
    while (queue.length() > 0) flush();
  };
  return {
    submit: async (work) =>
      new Promise((resolve, reject) => {
        if (stopped !== null) throw stopped;
        if (!work.isReserved && !parts.room.isPlenty(work.bytes))
          throw journalFull("the disk is nearly full");
        queue.push({ work, resolve, reject });
        schedule();
      }),
    stop,
    drain,
    close: () => {
      drain();
      stopped ??= journalClosed();
    },
  };
}

/** Commits and answers all of `group`, or answers each why not. Returns the doubt that must stop the process. */
function commitTogether(group: readonly Pending[], parts: GroupCommitParts): Fault | null {
  try {
    answer(group, transact(group, parts.writer));
  } catch (error) {
    return abandon(group, error, parts);
  }
  parts.committed(parts.writer.size());
  try {
    parts.writeAhead.committed();
    return null;
  } catch (error) {
    return journalFailed("copying the write-ahead log into the database failed", error);
  }
}

function transact(group: readonly Pending[], writer: Writer): (Appended | Fault)[] {
  writer.begin();
  const results = group.map(({ work }) => keepOrRefuse(work, writer));
  writer.commit();
  return results;
}

function keepOrRefuse(work: Work, writer: Writer): Appended | Fault {
  try {
    return writer.keep(work);
  } catch (error) {
    if (error instanceof Fault && error.code === "state_write_refused") return error;
    throw error;
  }
}

function answer(group: readonly Pending[], results: readonly (Appended | Fault)[]): void {
  for (const [at, pending] of group.entries()) {
    const result = results[at];
    if (result instanceof Fault) pending.reject(result);
    else if (result !== undefined) pending.resolve(result);
  }
}

/** The transaction failed. A full disk and a lock are certain: nothing was kept. Everything else is doubt. */
function abandon(group: readonly Pending[], error: unknown, parts: GroupCommitParts): Fault | null {
  const meaning = meaningOf(error);
  if (meaning !== "full" && meaning !== "locked") return doubt(group, error);
  try {
    parts.writer.abandon();
  } catch (cause) {
    return doubt(group, cause);
  }
  if (meaning === "locked") rejectAll(group, journalBusy(error));
  else return makeRoom(group, error, parts);
  return null;
}

/** On a full disk intents give way: the ballast makes room, and what is reserved is tried once more. */
function makeRoom(group: readonly Pending[], error: unknown, parts: GroupCommitParts): Fault | null {
  const full = journalFull("the disk is full", error);
  const reserved = group.filter(({ work }) => work.isReserved);
  rejectAll(
    group.filter(({ work }) => !work.isReserved),
    full,
  );
  if (reserved.length === 0) return null;
  // Without the intents, or in the ballast's place, they may fit.
  if (reserved.length < group.length || parts.room.giveUpBallast()) return commitTogether(reserved, parts);
  rejectAll(reserved, full);
  return null;
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
