import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOfBytes } from "#base";
import { systemAmbient } from "#host";
import { type JournalHandle, openJournal } from "#journal";
import { type Keys, openKeys } from "#keys";
import { openStore, type Store } from "#store";
import { settle } from "./first-start.ts";

const ambient = systemAmbient();
let directory = "";
let keys: Keys;
let store: Store;
let journal: JournalHandle;

beforeEach(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "doorward-first-")));
  keys = openKeys(join(directory, "keys"), ambient, "first.example");
  store = openStore(join(directory, "doorward.db"));
  journal = await openJournal({ store, keys, directory: join(directory, "log"), ambient });
});
afterEach(async () => {
  await journal.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

const kinds = async (): Promise<string[]> =>
  (await store.query.selectFrom("entries").select("kind").orderBy("idx").execute()).map(({ kind }) => kind);

test("entry 0 names the log and its keys, and is the only one of its kind, however often Doorward starts", async () => {
  const first = await settle({ store, journal, ambient, keys });
  const again = await settle({ store, journal, ambient, keys });
  expect([first.isNew, again.isNew, again.user]).toEqual([true, false, first.user]);
  expect(await kinds()).toEqual(["ledger.started", "user.added", "policy.activated"]);
  const [entry] = journal.entries("first.example");
  expect(entry?.index).toBe(0);
  expect(JSON.parse(entry?.record ?? "")).toMatchObject({
    index: 0,
    log: "first.example",
    body: {
      origin: "first.example",
      logVkey: keys.log.vkey,
      receiptKey: digestOfBytes(keys.receipt.publicKeyDer),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    },
  });
});

test("a first start that the journal refuses leaves nothing behind, and the next one makes all of it", async () => {
  const refusing = { append: async () => Promise.reject(new Error("the disk is full")) };
  await expect(settle({ store, journal: refusing, ambient, keys })).rejects.toThrow("the disk is full");
  expect(await store.query.selectFrom("users").select("id").execute()).toEqual([]);
  expect((await settle({ store, journal, ambient, keys })).isNew).toBe(true);
  expect(await kinds()).toHaveLength(3);
});
