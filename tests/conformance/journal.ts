import { describe, expect, test } from "vitest";
import type { Batch, EntryDraft, Journal, StateWrite } from "#ledger";

/** A journal under test with the means to look behind it and to break it. */
export interface JournalBench {
  readonly journal: Journal;
  /** Records by index, as durable storage has them. */
  readonly records: () => Promise<readonly string[]>;
  /** The row that compare-and-set tests write: its value, or null. */
  readonly cell: (key: string) => Promise<string | null>;
  /** Writes `next` where `last` stands (null: where nothing stands). */
  readonly swap: (key: string, last: string | null, next: string) => StateWrite;
  /** The next commit fails: without effect, or although it was persisted. */
  readonly failCommit: (how: "lost" | "persisted") => void;
  /** As a process that dies and starts again on the same storage. */
  readonly crash: () => Promise<JournalBench>;
  readonly close: () => Promise<void>;
}

const HOSTILE = [
  "act_'; DROP TABLE entries; --",
  'act_"quoted"',
  "act_\\backslash",
  "act_%_like_%",
  "act_\u{1F4A5}\u202Etxt",
  "act_new\nline\ttab",
  "__proto__",
  "constructor",
  "0",
  " ",
  "ä".repeat(512),
];

export const draft = (subject: string, more: Partial<EntryDraft> = {}): EntryDraft => ({
  kind: "outcome",
  subject,
  at: 1_767_225_600_000,
  body: { note: subject },
  ...more,
});
const one = (subject: string, writes: StateWrite[] = []): Batch => ({ entries: [draft(subject)], writes });

/** What every journal must do (the contract is on `Journal` in #ledger). Call it once per engine. */
export function journalBehaves(name: string, open: () => Promise<JournalBench>): void {
  const opened = async (use: (bench: JournalBench) => Promise<JournalBench | void>): Promise<void> => {
    const bench = await open();
    const last = await use(bench);
    await (last ?? bench).close();
  };

  describe(`journal: ${name}`, () => {
    test("a new journal is empty, and its first entry has index 0", async () =>
      opened(async ({ journal, records }) => {
        expect(journal.size()).toBe(0);
        expect(await journal.append(one("act_1"))).toEqual({ kind: "kept", indexes: [0] });
        expect(journal.size()).toBe(1);
        expect(JSON.parse((await records())[0] ?? "")).toMatchObject({
          id: "act_1",
          index: 0,
          kind: "outcome",
          v: 1,
        });
      }));

    test("the entries of a batch lie side by side, in their order", async () =>
      opened(async ({ journal, records }) => {
        await journal.append(one("before"));
        const batch: Batch = { entries: [draft("a"), draft("b"), draft("c")] };
        expect(await journal.append(batch)).toEqual({ kind: "kept", indexes: [1, 2, 3] });
        const ids = (await records()).map((record) => (JSON.parse(record) as { id: string }).id);
        expect(ids).toEqual(["before", "a", "b", "c"]);
      }));

    test.each(HOSTILE)("the identifier %j is kept as it is", async (subject) =>
      opened(async ({ journal, records }) => {
        await journal.append(one(subject));
        expect(JSON.parse((await records())[0] ?? "")).toMatchObject({
          id: subject,
          body: { note: subject },
        });
      }),
    );

    test.each(["", "a\0b", "\uD800", "x".repeat(513)])("the identifier %j is refused", async (subject) =>
      opened(async ({ journal }) => {
        await expect(journal.append(one(subject))).rejects.toMatchObject({ code: "batch_invalid" });
        expect(journal.size()).toBe(0);
        expect(await journal.append(one("next"))).toEqual({ kind: "kept", indexes: [0] });
      }),
    );

    test.each([
      ["a body that has no canonical form", { body: { n: Number.NaN } }, "json_not_canonical"],
      ["a body that is too large", { body: { text: "x".repeat(70_000) } }, "record_too_large"],
      ["a time that is no date", { at: Number.NaN }, "batch_invalid"],
      [
        "a short salt",
        { payloads: [{ name: "n", person: "p", salt: Buffer.alloc(31), bytes: Buffer.alloc(1) }] },
        "batch_invalid",
      ],
    ])("%s is refused, and its neighbours are kept", async (_what, more, code) =>
      opened(async ({ journal }) => {
        const neighbour = journal.append(one("before"));
        await expect(journal.append({ entries: [draft("bad", more)] })).rejects.toMatchObject({ code });
        expect(await neighbour).toEqual({ kind: "kept", indexes: [0] });
        expect(await journal.append(one("after"))).toEqual({ kind: "kept", indexes: [1] });
      }),
    );

    test("500 concurrent writers leave no gap and no double, and each gets its own index", async () =>
      opened(async ({ journal, records }) => {
        const subjects = Array.from({ length: 500 }, (_, i) => `act_${i}`);
        const kept = await Promise.all(subjects.map(async (subject) => journal.append(one(subject))));
        const found = await records();
        expect(found).toHaveLength(500);
        for (const [i, result] of kept.entries()) {
          const index = result.kind === "kept" ? (result.indexes[0] ?? -1) : -1;
          expect(JSON.parse(found[index] ?? "{}")).toMatchObject({ id: `act_${i}`, index });
        }
      }));

    test("times may repeat or go back, indexes never do", async () =>
      opened(async ({ journal, records }) => {
        for (const at of [2_000, 1_000, 1_000, 0]) await journal.append({ entries: [draft("a", { at })] });
        const found = (await records()).map((record) => JSON.parse(record) as { at: string; index: number });
        expect(found.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
        expect(found.map(({ at }) => Date.parse(at))).toEqual([2_000, 1_000, 1_000, 0]);
      }));

    test("a batch writes its state and its entries together", async () =>
      opened(async (bench) => {
        await bench.journal.append(one("a", [bench.swap("k", null, "1"), bench.swap("k", "1", "2")]));
        expect(await bench.cell("k")).toBe("2");
      }));

    test("a stale compare-and-set undoes its own batch only, whoever shares the transaction", async () =>
      opened(async (bench) => {
        await bench.journal.append(one("first", [bench.swap("k", null, "1")]));
        const results = await Promise.all([
          bench.journal.append(one("left")),
          bench.journal.append(one("stale", [bench.swap("other", null, "x"), bench.swap("k", "9", "10")])),
          bench.journal.append(one("winner", [bench.swap("k", "1", "2")])),
          bench.journal.append(one("loser", [bench.swap("k", "1", "3")])),
          bench.journal.append(one("right")),
        ]);
        expect(results.map(({ kind }) => kind)).toEqual(["kept", "stale", "kept", "stale", "kept"]);
        expect(await bench.cell("k")).toBe("2");
        expect(await bench.cell("other")).toBeNull();
        const ids = (await bench.records()).map((record) => (JSON.parse(record) as { id: string }).id);
        expect(ids).toEqual(["first", "left", "winner", "right"]);
      }));

    test("of 100 that race for one consumption exactly one wins", async () =>
      opened(async (bench) => {
        await bench.journal.append(one("approval", [bench.swap("k", null, "open")]));
        const race = Array.from({ length: 100 }, async (_, i) =>
          bench.journal.append(one(`act_${i}`, [bench.swap("k", "open", `by ${i}`)])),
        );
        const kept = (await Promise.all(race)).filter(({ kind }) => kind === "kept");
        expect(kept).toHaveLength(1);
        expect(await bench.records()).toHaveLength(2);
      }));

    test.each([
      ["wrong SQL", { sql: "UPDATE nowhere SET x = ?", parameters: [1] }],
      [
        "a value that no database takes",
        { sql: "UPDATE meta SET value = ?", parameters: [{ an: "object" }] },
      ],
    ])("%s fails only its own caller", async (_what, write) =>
      opened(async (bench) => {
        const [left, bad, right] = await Promise.allSettled([
          bench.journal.append(one("left")),
          bench.journal.append(one("bad", [bench.swap("k", null, "1"), write])),
          bench.journal.append(one("right")),
        ]);
        expect(left).toMatchObject({ value: { indexes: [0] } });
        expect(bad).toMatchObject({ reason: { code: "state_write_refused" } });
        expect(right).toMatchObject({ value: { indexes: [1] } });
        expect(await bench.cell("k")).toBeNull();
      }),
    );

    test("what was acknowledged is there after a crash, and numbering goes on", async () =>
      opened(async (bench) => {
        await Promise.all(["a", "b", "c"].map(async (subject) => bench.journal.append(one(subject))));
        const again = await bench.crash();
        expect(again.journal.size()).toBe(3);
        expect(await again.journal.append(one("d"))).toEqual({ kind: "kept", indexes: [3] });
        return again;
      }));

    test.each(["lost", "persisted"] as const)(
      "a commit that failed (%s) is doubt: nobody is acknowledged",
      async (how) =>
        opened(async (bench) => {
          await bench.journal.append(one("before", [bench.swap("k", null, "1")]));
          bench.failCommit(how);
          const results = await Promise.allSettled([
            bench.journal.append(one("x", [bench.swap("k", "1", "2")])),
            bench.journal.append(one("y")),
            bench.journal.append(one("stale", [bench.swap("k", "7", "8")])),
          ]);
          for (const result of results) expect(result).toMatchObject({ reason: { code: "journal_failed" } });
          await expect(bench.journal.append(one("after"))).rejects.toMatchObject({ code: "journal_failed" });
          const again = await bench.crash();
          // All of the transaction or nothing of it; and whichever it was, the next entry follows without a gap.
          const size = how === "lost" ? 1 : 3;
          expect(again.journal.size()).toBe(size);
          expect(await again.cell("k")).toBe(how === "lost" ? "1" : "2");
          expect(await again.journal.append(one("next"))).toEqual({ kind: "kept", indexes: [size] });
          return again;
        }),
    );
  });
}
