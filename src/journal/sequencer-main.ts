// The sequencer's own process: the only one that holds signing keys (T25). Started by `sequencer-process.ts`.
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "#base";
import { openSigningKeys } from "#keys";
import { isDiskFull, journalFailed, journalFull } from "./faults.ts";
import { FULL_RETRY_MS, ROUND_ENTRIES_MAX, ROUND_INTERVAL_MS, ROUND_LINGER_MS } from "./limits.ts";
import { lockLogDirectory } from "./lock.ts";
import { openLogDirectory } from "./log-directory.ts";
import { type FromSequencer, parseTask, type SequencerTask, type ToSequencer } from "./messages.ts";
import { openRows } from "./rows.ts";
import { type Sequencer, startSequencer } from "./sequencer.ts";

/** What the parent has said so far. */
interface Inbox {
  committed: number;
  finishAt: number | null;
  /** Ends the pause between rounds early. */
  wake: () => void;
  answerPledge: (isPledged: boolean) => void;
}

function openInbox(): Inbox {
  const inbox: Inbox = { committed: 0, finishAt: null, wake: () => {}, answerPledge: () => {} };
  process.on("message", (message: ToSequencer) => {
    if (message.kind === "committed") inbox.committed = message.size;
    else if (message.kind === "finish") inbox.committed = inbox.finishAt = message.size;
    else inbox.answerPledge(message.kind === "pledged");
    inbox.wake();
  });
  return inbox;
}

function tell(message: FromSequencer): void {
  // An error is the parent's death, seen before its `disconnect` arrives.
  if (process.connected) process.send?.(message, undefined, undefined, (error) => error && process.exit(0));
}

/** Sends and waits until it is written: what comes before an exit must arrive. */
async function tellLast(message: FromSequencer): Promise<void> {
  await new Promise<void>((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** Until there is something to integrate or publish, or the parent wants to finish. */
async function news(inbox: Inbox, sequencer: Sequencer): Promise<void> {
  while (inbox.committed <= sequencer.size() && !sequencer.isOwing() && inbox.finishAt === null) {
    await new Promise<void>((resolve) => {
      inbox.wake = resolve;
    });
  }
}

/** Rounds are at least ROUND_INTERVAL_MS apart unless they would be full, and wait a moment for company. */
async function gather(inbox: Inbox, size: number, lastAt: number): Promise<void> {
  const isBusy = (): boolean => inbox.finishAt !== null || inbox.committed - size >= ROUND_ENTRIES_MAX;
  const until = Math.max(performance.now() + ROUND_LINGER_MS, lastAt + ROUND_INTERVAL_MS);
  while (!isBusy() && performance.now() < until) {
    await Promise.race([
      wait(Math.max(1, until - performance.now())),
      new Promise<void>((resolve) => {
        inbox.wake = resolve;
      }),
    ]);
  }
}

async function run(sequencer: Sequencer, inbox: Inbox): Promise<void> {
  let lastAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    await news(inbox, sequencer);
    if (inbox.finishAt !== null && sequencer.size() >= inbox.finishAt && !sequencer.isOwing()) return;
    await gather(inbox, sequencer.size(), lastAt);
    lastAt = performance.now();
    await roundOrLater(sequencer);
  }
}

/** A full disk only delays: nothing was pledged, and the next attempt writes everything anew. */
async function roundOrLater(sequencer: Sequencer): Promise<void> {
  try {
    const size = await sequencer.round((integrated) => tell({ kind: "integrated", size: integrated }));
    tell({ kind: "published", size });
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await wait(FULL_RETRY_MS);
  }
}

async function main(task: SequencerTask): Promise<void> {
  const inbox = openInbox();
  const log = openLogDirectory(task.directory);
  const lock = lockLogDirectory(task.directory);
  const rows = openRows(task.database);
  const pledge = async (last: string | null, next: string): Promise<boolean> =>
    new Promise((resolve) => {
      inbox.answerPledge = resolve;
      tell({ kind: "pledge", last, next });
    });
  const durable = (): number => inbox.committed;
  const sequencer = startSequencer({ rows, log, keys: openSigningKeys(task.keys), pledge, durable });
  tell({ kind: "ready", size: sequencer.size() });
  await run(sequencer, inbox);
  rows.close();
  lock.release();
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (isDiskFull(error)) return journalFull("the disk of the log directory is full", error);
  const what = error instanceof Error ? error.message : String(error);
  return journalFailed(`the sequencer failed: ${what}`, error);
}

// Without its parent it gets no pledge, so there is nothing left to do; Ctrl-C in a terminal reaches both, and the
// parent decides when to finish.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

try {
  await main(parseTask(process.argv[2] ?? "{}"));
  process.disconnect();
} catch (error) {
  const { code, message, remedy } = asFault(error);
  await tellLast({ kind: "fault", code, message, remedy });
  process.exit(1);
}
