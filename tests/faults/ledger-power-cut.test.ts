import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { JournalOptions } from "#journal";
import { draft } from "../conformance/journal.ts";
import { newRoot, openOn, shut } from "../conformance/journal-bench.ts";

// A power cut takes what is in the page cache only: of SQLite's write-ahead log stays what was there when the last
// finished sync began, while the sequencer's own files, which it syncs itself, stay as they are. The worst that a disk
// can do within its word.

interface Platter {
  /** The write-ahead log's bytes at the beginning of the last sync that ended. */
  log: Buffer;
}

/** Remembers what is on the disk, and lets each sync take `ms` longer, so that much is committed and not there. */
function slow(root: string, platter: Platter, ms: number): NonNullable<JournalOptions["disk"]> {
  return (real) => ({
    ...real,
    sync: (done) => {
      const log = readFileSync(join(root, "doorward.db-wal"));
      real.sync((error) => {
        setTimeout(() => {
          platter.log = log;
          done(error);
        }, ms);
      });
    },
  });
}

test("what was acknowledged survives a power cut, and the log on the disk is never ahead of the database", async () => {
  const root = newRoot();
  const platter: Platter = { log: Buffer.alloc(0) };
  await shutOnly(await openOn(root));
  copyFileSync(join(root, "doorward.db"), join(root, "at-first.db"));
  const opened = await openOn(root, { disk: slow(root, platter, 15) });
  const { journal } = opened;
  const kept = new Map<number, string>();
  const load = { isOver: false };
  const caller = async (name: number): Promise<void> => {
    for (let i = 0; !load.isOver; i += 1) {
      const subject = `act_${name}_${i}`;
      const end = await journal.append({ entries: [draft(subject)] });
      if (end.kind === "kept") kept.set(end.indexes[0] ?? -1, subject);
    }
  };
  const callers = Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)));
  for (let cut = 0; cut < 3; cut += 1) {
    await wait(400);
    const pid = journal.sequencerPid() ?? 0;
    process.kill(pid, "SIGSTOP");
    const image = imageOf(root, platter);
    const acknowledged = [...kept];
    process.kill(pid, "SIGCONT");
    expect(acknowledged.length).toBeGreaterThan(20);
    const again = await openOn(image);
    const subjects = new Map(
      again.journal.list({ limit: 1_000 }).map((entry) => [entry.index, entry.subject]),
    );
    for (const [index, subject] of acknowledged) expect(subjects.get(index)).toBe(subject);
    await again.journal.append({ entries: [draft("act_after")] });
    await again.journal.receipt("act_after", { waitMs: 20_000 });
    await shut(again);
  }
  load.isOver = true;
  await callers;
  await shut(opened);
});

/** The data directory as it would be found; nothing was copied into the database meanwhile. */
function imageOf(root: string, { log }: Platter): string {
  const image = newRoot();
  mkdirSync(join(image, "keys"), { mode: 0o700 });
  cpSync(join(root, "keys"), join(image, "keys"), { recursive: true });
  chmodSync(join(image, "keys"), 0o700);
  cpSync(join(root, "log"), join(image, "log"), { recursive: true });
  copyFileSync(join(root, "at-first.db"), join(image, "doorward.db"));
  writeFileSync(join(image, "doorward.db-wal"), log);
  return image;
}

async function shutOnly({ journal, store }: Awaited<ReturnType<typeof openOn>>): Promise<void> {
  await journal.close();
  store.close();
}

test("nobody is shown an entry before it is on the disk", async () => {
  const root = newRoot();
  const ends: (() => void)[] = [];
  const opened = await openOn(root, {
    disk: (real) => ({ ...real, sync: (done) => real.sync((error) => ends.push(() => done(error))) }),
  });
  const { journal } = opened;
  const appended = journal.append({ entries: [draft("act_1")] });
  while (ends.length === 0) await wait(5);
  expect(opened.store.connection.prepare("SELECT COUNT(*) AS n FROM entries").get()).toEqual({ n: 1 });
  expect([journal.size(), journal.list({ limit: 10 }), journal.entries("act_1")]).toEqual([0, [], []]);
  ends.shift()?.();
  await appended;
  expect([journal.size(), journal.list({ limit: 10 }).length, journal.entries("act_1").length]).toEqual([
    1, 1, 1,
  ]);
  const timer = setInterval(() => ends.shift()?.(), 1);
  await journal.close();
  clearInterval(timer);
  opened.store.close();
  rmSync(root, { recursive: true, force: true });
});
