import { beforeEach, expect, test } from "vitest";
import { Fault } from "#base";
import type { Appended } from "#ledger";
import { writeRefused } from "./faults.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { GATHER_TURNS_MAX, JOURNAL_LIMITS } from "./limits.ts";
import type { Work } from "./work.ts";

type Synced = (error: Error | null) => void;

const WORK: Work = { entries: [], writes: [], bytes: 1, isReserved: true };
/** What happened, in order. */
let seen: string[] = [];
let syncs: Synced[] = [];
let size = 0;
let failed: Fault | null = null;
let outcomes: (Appended | Fault)[] = [];
let isCommitBroken = false;
let commit: GroupCommit;

function outcome(): Appended {
  const next = outcomes.shift() ?? { kind: "kept" as const, indexes: [size - 1] };
  if (next instanceof Fault) throw next;
  return next;
}

beforeEach(() => {
  [seen, syncs, size, failed, outcomes, isCommitBroken] = [[], [], 0, null, [], false];
  commit = groupCommit({
    writer: {
      begin: () => void seen.push("begin"),
      keep: ({ isReserved }) => {
        if (!isReserved) return "entangled";
        size += 1;
        return outcome();
      },
      keepGuarded: () => {
        size += 1;
        return outcome();
      },
      commit: () => {
        if (isCommitBroken) throw new Error("disk I/O error");
        seen.push(`commit ${size}`);
      },
      abandon: () => {
        seen.push("abandon");
        size = 0;
      },
      size: () => size,
    },
    disk: {
      sync: (done) => {
        seen.push("sync");
        syncs.push(done);
      },
    },
    writeAhead: { committed: () => {} },
    room: { isPlenty: () => true, giveUpBallast: () => false, close: () => {} },
    limits: JOURNAL_LIMITS,
    kept: (now) => void seen.push(`kept ${now}`),
    failed: (fault) => {
      failed = fault;
    },
  });
});

const loop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Round the event loop until a group that nobody joins any more is committed, and whatever that leads to has happened. */
async function turn(): Promise<void> {
  for (let times = 0; times < 4; times += 1) await loop();
}

/** What became of a submission, once something did. */
function submitted(work: Work = WORK): { end: unknown } {
  const box: { end: unknown } = { end: "waits" };
  commit.submit(work).then(
    (end) => (box.end = end),
    (error: unknown) => (box.end = error),
  );
  return box;
}

test("nobody has an answer before the sync that began after their commit has ended", async () => {
  const first = submitted();
  await turn();
  const second = submitted();
  await turn();
  expect([first.end, second.end, seen]).toEqual(["waits", "waits", ["begin", "commit 1", "sync"]]);
  syncs[0]?.(null);
  await turn();
  // The second was committed only now: what ended was not its sync.
  expect([first.end, second.end]).toEqual([{ kind: "kept", indexes: [0] }, "waits"]);
  expect(seen.slice(3)).toEqual(["kept 1", "begin", "commit 2", "sync"]);
  syncs[1]?.(null);
  await turn();
  expect(second.end).toEqual({ kind: "kept", indexes: [1] });
});

test("whatever came during one sync shares the next", async () => {
  submitted();
  await turn();
  const group = Array.from({ length: 20 }, () => submitted());
  await turn();
  syncs[0]?.(null);
  await turn();
  expect(syncs).toHaveLength(2);
  syncs[1]?.(null);
  await turn();
  expect(group.every(({ end }) => end !== "waits")).toBe(true);
});

test("a group waits while each turn of the event loop brings company, and no longer than its limit", async () => {
  for (let times = 0; times < 3; times += 1) {
    submitted();
    await loop();
  }
  expect(seen).toEqual([]);
  await loop();
  expect(seen).toEqual(["begin", "commit 3", "sync"]);
  syncs[0]?.(null);
  await turn();
  for (let times = 0; times <= GATHER_TURNS_MAX; times += 1) {
    submitted();
    await loop();
  }
  expect(seen.at(-2)).toBe(`commit ${3 + GATHER_TURNS_MAX + 1}`);
});

test("one that is stale or refused waits for its neighbours' sync: its answer may rest on them", async () => {
  outcomes = [{ kind: "stale" }, writeRefused(new Error("no such table"))];
  const [stale, refused] = [submitted(), submitted()];
  await turn();
  expect([stale.end, refused.end]).toEqual(["waits", "waits"]);
  syncs[0]?.(null);
  await turn();
  expect(stale.end).toEqual({ kind: "stale" });
  expect(refused.end).toMatchObject({ code: "state_write_refused" });
});

test("one that cannot be undone alone: all of its group is undone and written anew, and nobody waits longer", async () => {
  const group = [submitted(), submitted({ ...WORK, isReserved: false }), submitted()];
  await turn();
  expect(seen).toEqual(["begin", "abandon", "begin", "commit 3", "sync"]);
  syncs[0]?.(null);
  await turn();
  expect(group.map(({ end }) => end)).toEqual([0, 1, 2].map((index) => ({ kind: "kept", indexes: [index] })));
});

test("a sync that fails is doubt: all who wait are told so, nothing counts as kept, nothing more is taken", async () => {
  const first = submitted();
  await turn();
  const waiting = submitted();
  syncs[0]?.(new Error("EIO"));
  await turn();
  expect(first.end).toMatchObject({ code: "journal_failed" });
  expect(waiting.end).toMatchObject({ code: "journal_failed" });
  expect(failed).toMatchObject({ code: "journal_failed" });
  expect(seen).toEqual(["begin", "commit 1", "sync"]);
  const later = submitted();
  await turn();
  expect(later.end).toMatchObject({ code: "journal_failed" });
  await commit.drain();
});

test("stopped during a sync, whoever waits for it is told of the doubt, and its end changes nothing", async () => {
  const first = submitted();
  await turn();
  commit.stop(new Fault("ledger_forked", "x", "y"));
  syncs[0]?.(null);
  await turn();
  expect(first.end).toMatchObject({ code: "ledger_forked" });
  expect(seen).toEqual(["begin", "commit 1", "sync"]);
});

test("a commit that fails is doubt before any sync", async () => {
  isCommitBroken = true;
  const first = submitted();
  await turn();
  expect(first.end).toMatchObject({ code: "journal_failed" });
  expect([seen, failed]).toEqual([["begin"], expect.objectContaining({ code: "journal_failed" })]);
});

test("draining waits for the sync of what waits, and closing takes nothing more", async () => {
  const first = submitted();
  let isDrained = false;
  const draining = commit.drain().then(() => (isDrained = true));
  await turn();
  expect([isDrained, syncs.length]).toEqual([false, 1]);
  syncs[0]?.(null);
  await draining;
  expect(first.end).toEqual({ kind: "kept", indexes: [0] });
  await commit.close();
  const late = submitted();
  await turn();
  expect(late.end).toMatchObject({ code: "journal_closed" });
});
