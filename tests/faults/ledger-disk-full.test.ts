import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Batch } from "#ledger";
import { draft } from "../conformance/journal.ts";
import { diskError, fullError, interposed, newRoot, openOn, shut } from "../conformance/journal-bench.ts";

const intent = (subject: string): Batch => ({ entries: [draft(subject, { kind: "intent" })] });
const outcome = (subject: string): Batch => ({ entries: [draft(subject)] });

const big = (kind: "intent" | "outcome", n: number, characters: number): Batch => ({
  entries: [draft(`act_${kind}_${n}`, { kind, body: { text: "x".repeat(characters) } })],
});

/** The code of the Fault a promise rejects with, or what it resolved to. */
async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof Fault ? error.code : error));
}

async function openFull(failures: () => Error | null): ReturnType<typeof openOn> {
  return openOn(newRoot(), {
    wrap: (connection) =>
      interposed(connection, (sql) => ({
        before: () => {
          const error = sql.startsWith("INSERT INTO entries") ? failures() : null;
          if (error !== null) throw error;
        },
      })),
  });
}

describe("a disk that reports itself full (injected)", () => {
  test("intents are refused with journal_full, outcomes use the ballast, and the process lives", async () => {
    let left = 0;
    const opened = await openFull(() => (left-- > 0 ? fullError() : null));
    const { journal } = opened;
    left = 1;
    const answers = await Promise.all(
      [intent("a"), outcome("b"), intent("c"), outcome("d")].map(async (batch) =>
        codeOf(journal.append(batch)),
      ),
    );
    expect(answers).toEqual([
      "journal_full",
      { kind: "kept", indexes: [0] },
      "journal_full",
      { kind: "kept", indexes: [1] },
    ]);
    // Alone it gets the ballast; where that does not help either, it is refused too.
    left = 2;
    expect(await codeOf(journal.append(outcome("e")))).toBe("journal_full");
    expect(journal.size()).toBe(2);
    expect(await journal.append(outcome("f"))).toEqual({ kind: "kept", indexes: [2] });
    await shut(opened);
  });

  test("an intent that finds less than the reserve free is refused before anything is written", async () => {
    const { bavail, bsize } = statfsSync("/tmp");
    const opened = await openOn(newRoot(), { limits: { diskReserveBytes: bavail * bsize * 2 } });
    expect(await codeOf(opened.journal.append(intent("a")))).toBe("journal_full");
    expect(await opened.journal.append(outcome("b"))).toEqual({ kind: "kept", indexes: [0] });
    await shut(opened);
  });

  test("a disk error is doubt, not fullness: the journal stops", async () => {
    let isBroken = false;
    const opened = await openFull(() => (isBroken ? diskError() : null));
    isBroken = true;
    expect(await codeOf(opened.journal.append(outcome("a")))).toBe("journal_failed");
    expect(await opened.journal.fatal).toMatchObject({ code: "journal_failed" });
    await shut(opened);
  });
});

describe("queues at their maximum", () => {
  test("intents stop first, outcomes have the reserve, and room comes back", async () => {
    const opened = await openOn(newRoot(), { limits: { queueBatchesMax: 10, queueReserveBatches: 4 } });
    const { journal } = opened;
    const burst = Array.from({ length: 9 }, (_, i) => intent(`i${i}`)).concat(
      Array.from({ length: 9 }, (_, i) => outcome(`o${i}`)),
    );
    const answers = await Promise.all(burst.map(async (batch) => codeOf(journal.append(batch))));
    const refused = answers.map((answer) => answer === "journal_full");
    expect(refused.filter(Boolean)).toHaveLength(8);
    expect(refused.slice(0, 9)).toEqual([...Array(6).fill(false), ...Array(3).fill(true)]);
    expect(journal.size()).toBe(10);
    expect(await codeOf(journal.append(intent("later")))).toMatchObject({ kind: "kept" });
    await shut(opened);
  });

  test("bytes are bounded too", async () => {
    const opened = await openOn(newRoot(), { limits: { queueBytesMax: 40_000, queueReserveBytes: 20_000 } });
    const batches = [
      big("intent", 1, 15_000),
      big("intent", 2, 15_000),
      big("outcome", 1, 15_000),
      big("outcome", 2, 15_000),
    ];
    const answers = await Promise.all(batches.map(async (batch) => codeOf(opened.journal.append(batch))));
    expect(answers.map((answer) => answer === "journal_full")).toEqual([false, true, false, true]);
    await shut(opened);
  });

  test("a backlog that the sequencer cannot work off refuses intents, not outcomes", async () => {
    const opened = await openOn(newRoot(), { limits: { backlogEntriesMax: 5 } });
    const { journal } = opened;
    const pid = journal.sequencerPid() ?? 0;
    process.kill(pid, "SIGSTOP");
    for (let i = 0; i < 6; i += 1) await journal.append(outcome(`o${i}`));
    expect(await codeOf(journal.append(intent("one too many")))).toBe("journal_full");
    expect(await codeOf(journal.append(outcome("still")))).toMatchObject({ kind: "kept" });
    process.kill(pid, "SIGCONT");
    await journal.receipt("still", { waitMs: 20_000 });
    expect(await codeOf(journal.append(intent("again")))).toMatchObject({ kind: "kept" });
    await shut(opened);
  });
});

async function fillAndRecover(mount: string): Promise<string> {
  const root = join(mount, "data");
  mkdirSync(root);
  const opened = await openOn(root, { limits: { diskReserveBytes: 1_048_576, ballastBytes: 1_048_576 } });
  const { journal } = opened;
  const kept: string[] = [];
  const write = async (kind: "intent" | "outcome", n: number): Promise<unknown> => {
    const answer = await codeOf(journal.append(big(kind, n, 20_000)));
    if (typeof answer !== "string") kept.push(`act_${kind}_${n}`);
    return answer;
  };
  let refusedIntent = 0;
  for (let n = 0; n < 500 && refusedIntent < 1; n += 1)
    if ((await write("intent", n)) === "journal_full") refusedIntent += 1;
  expect(refusedIntent).toBe(1);
  expect(await write("outcome", 0)).toMatchObject({ kind: "kept" });
  const filler = join(mount, "filler");
  fill(filler);
  let keptOnFullDisk = 0;
  let answer: unknown = null;
  for (let n = 1; n < 500 && answer !== "journal_full"; n += 1) {
    answer = await write("outcome", n);
    if (answer !== "journal_full") keptOnFullDisk += 1;
  }
  // The file system was full, yet the ballast made room for outcomes.
  expect(answer).toBe("journal_full");
  expect(keptOnFullDisk).toBeGreaterThan(5);
  rmSync(filler);
  expect(await write("outcome", 1_000)).toMatchObject({ kind: "kept" });
  expect(journal.size()).toBe(kept.length);
  await journal.receipt("act_outcome_1000", { waitMs: 30_000 });
  await journal.close();
  opened.store.close();
  const again = await openOn(root);
  expect(again.journal.list({ limit: 1_000 }).map(({ subject }) => subject)).toEqual(kept);
  await shut(again);
  return "recovered";
}

function fill(path: string): void {
  const file = openSync(path, "w");
  const chunk = Buffer.alloc(4_096, 1);
  try {
    for (;;) writeSync(file, chunk);
  } catch {
    // Full now, which is the point.
  } finally {
    closeSync(file);
  }
}

const mountRefusal = ((): string | null => {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "skipped: a small tmpfs needs root on Linux";
  const at = newRoot();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "doorward-test", at], { stdio: "ignore" });
    execFileSync("umount", [at]);
    return null;
  } catch {
    return "skipped: this machine does not let us mount a tmpfs";
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
})();

describe.skipIf(mountRefusal !== null)(`a disk that is full (${mountRefusal ?? "tmpfs of 8 MiB"})`, () => {
  test("refuses intents first and outcomes last, loses nothing acknowledged, and goes on when there is room", async () => {
    const mount = newRoot();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "doorward-test", mount]);
    try {
      expect(await fillAndRecover(mount)).toBe("recovered");
    } finally {
      // Lazily: a failed test may leave files open, and its own error must be the one shown.
      execFileSync("umount", ["--lazy", mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  });
});
