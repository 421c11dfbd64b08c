import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "./open.ts";

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doorward-relaxed-"));
  store = openStore(join(folder, "doorward.db"));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});
const note = (key: string): Promise<unknown> =>
  store.relaxed.query.insertInto("meta").values({ key, value: "1" }).execute();
const synchronous = (): unknown => store.connection.prepare("PRAGMA synchronous").get()?.["synchronous"];
const FULL = 2;

test("what is noted is read at once by all, and is on the disk for whoever waits for that", async () => {
  await note("a");
  expect(await store.query.selectFrom("meta").select("key").execute()).toEqual([{ key: "a" }]);
  await Promise.all([store.relaxed.synced(), store.relaxed.synced(), note("b")]);
  await store.relaxed.synced();
  expect(await store.relaxed.query.selectFrom("meta").select("key").execute()).toHaveLength(2);
});

test("everything else is written as before, also after a note that was refused", async () => {
  await note("a");
  expect(synchronous()).toBe(FULL);
  await expect(note("a")).rejects.toThrow(/UNIQUE/);
  expect(synchronous()).toBe(FULL);
});

test("what is remembered of rows is read again after a note", async () => {
  const read = store.memory.remembered(10, (key) => ({
    row: store.connection.prepare("SELECT value FROM meta WHERE key = ?").get(key),
  }));
  expect(read("a")?.row).toBeUndefined();
  await note("a");
  expect(read("a")?.row).toEqual({ value: "1" });
});

test("a disk that cannot be waited for is no disk that has it", async () => {
  store.close();
  await expect(store.relaxed.synced()).rejects.toThrow(/EBADF/);
  store = openStore(join(folder, "doorward.db"));
});
