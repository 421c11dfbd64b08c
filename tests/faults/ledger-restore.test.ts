import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "#base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { draft } from "../conformance/journal.ts";
import { newRoot, openOn, shut } from "../conformance/journal-bench.ts";

// T23: start-up refuses state older than the ledger, and any two histories that differ.

let early = "";
let late = "";

async function grow(root: string, count: number): Promise<void> {
  const opened = await openOn(root);
  const drafts = Array.from({ length: count }, async (_, i) =>
    opened.journal.append({ entries: [draft(`act_${i}`)] }),
  );
  await Promise.all(drafts);
  await opened.journal.close();
  opened.store.close();
}

function copy(from: string, to: string, names: readonly string[]): void {
  for (const name of names) {
    rmSync(join(to, name), { recursive: true, force: true });
    cpSync(join(from, name), join(to, name), { recursive: true });
    if (name === "keys") chmodSync(join(to, name), 0o700);
  }
}

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** `early` is a backup of `late` after 30 of its 300 entries. */
beforeEach(async () => {
  [early, late] = [newRoot(), newRoot()];
  await grow(late, 30);
  copy(late, early, ["doorward.db", "keys", "log"]);
  await grow(late, 270);
});
afterEach(() => {
  for (const root of [early, late]) rmSync(root, { recursive: true, force: true });
});

/** The code with which start-up refuses, always with a remedy. */
async function refusal(root: string): Promise<string> {
  const error: unknown = await openOn(root).catch((fault: unknown) => fault);
  if (!(error instanceof Fault)) throw new Error("it opened", { cause: error });
  expect(error.remedy).toMatch(/.{20}/u);
  return error.code;
}

describe("a data directory put together from two moments", () => {
  test("the whole backup opens: it is one moment", async () => {
    const opened = await openOn(early);
    expect(opened.journal.size()).toBe(30);
    await shut(opened);
  });

  test("an old database beside the log is refused", async () => {
    copy(early, late, ["doorward.db"]);
    expect(await refusal(late)).toBe("state_older_than_log");
  });

  test.each([
    ["to the log's size", 270, "ledger_forked"],
    ["past the log's size", 400, "log_older_than_state"],
  ])(
    "an old database that has grown again %s, with other entries, is refused",
    async (_what, count, code) => {
      await grow(early, count);
      copy(early, late, ["doorward.db"]);
      expect(await refusal(late)).toBe(code);
    },
  );

  test("an old log beside the database is refused", async () => {
    copy(early, late, ["log"]);
    expect(await refusal(late)).toBe("log_older_than_state");
  });

  test("a lost log is refused, never silently begun anew", async () => {
    rmSync(join(late, "log"), { recursive: true });
    expect(await refusal(late)).toBe("log_older_than_state");
  });

  test("a lost database beside a log is refused", async () => {
    rmSync(join(late, "doorward.db"));
    expect(await refusal(late)).toBe("state_older_than_log");
  });

  test("another installation's keys are refused", async () => {
    const other = newRoot();
    await grow(other, 1);
    copy(other, late, ["keys"]);
    expect(await refusal(late)).toBe("ledger_forked");
    rmSync(other, { recursive: true });
  });

  test("a missing checkpoint file alone is signed again from the pledge: the same text", async () => {
    const path = join(late, "log", "checkpoint");
    const before = readFileSync(path, "utf8");
    rmSync(path);
    const opened = await openOn(late);
    expect(readFileSync(path, "utf8")).toBe(before);
    await shut(opened);
  });
});

describe("a damaged data directory", () => {
  test("an entry changed in the database is found", async () => {
    const database = new DatabaseSync(join(late, "doorward.db"));
    database.exec(`UPDATE entries SET record = replace(record, 'outcome', 'intents') WHERE idx = 299`);
    database.close();
    expect(await refusal(late)).toBe("ledger_forked");
  });

  test("an entry deleted from the database is found", async () => {
    const database = new DatabaseSync(join(late, "doorward.db"));
    database.exec("DELETE FROM entries WHERE idx = 290");
    database.close();
    expect(await refusal(late)).toBe("ledger_forked");
  });

  test("a flipped bit in any file that the right edge needs is found", async () => {
    const edge = everyFile(join(late, "log")).filter((path) => /checkpoint$|\.p\/44$|tile\/1\//u.test(path));
    expect(edge.length).toBeGreaterThanOrEqual(4);
    for (const path of edge) {
      const bytes = readFileSync(path);
      const flipped = Buffer.from(bytes);
      flipped[Math.floor(flipped.length / 2)] = (flipped[Math.floor(flipped.length / 2)] ?? 0) ^ 1;
      writeFileSync(path, flipped);
      expect([path, await refusal(late)]).toEqual([path, expect.stringMatching(/^(?:ledger|bundle|note)_/u)]);
      writeFileSync(path, bytes);
    }
    await shut(await openOn(late));
  });
});
