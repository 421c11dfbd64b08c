import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeys } from "#keys";
import { checkReceipt, commit, type EntryDraft, parseReceipt, formatReceipt, parseVkey } from "#ledger";
import { openStore, type Store } from "#store";
import { type JournalHandle, openJournal } from "./index.ts";
import { lockLogDirectory } from "./lock.ts";

const ambient = {
  now: () => 42,
  monotonic: () => performance.now(),
  id: (p: string) => p,
  random: (n: number) => randomBytes(n),
};
const root = mkdtempSync(join(tmpdir(), "doorward-open-"));
const keys = openKeys(join(root, "keys"), ambient, "log.example");
const directory = join(root, "log");
let store: Store;
let journal: JournalHandle;
beforeAll(async () => {
  store = openStore(join(root, "doorward.db"));
  journal = await openJournal({
    store,
    keys,
    directory,
    ambient,
    limits: { diskReserveBytes: 0, ballastBytes: 0 },
  });
});
afterAll(async () => {
  await journal.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
});

function withPayload(person: string, text: string): { entry: EntryDraft; salt: Buffer } {
  const salt = randomBytes(32);
  const bytes = Buffer.from(text);
  const body = { arguments: commit(bytes, salt) };
  const payloads = [{ name: "arguments", person, salt, bytes }];
  return { entry: { kind: "intent", subject: `act_${person}`, at: 0, body, payloads }, salt };
}

async function append(...entries: [EntryDraft, ...EntryDraft[]]): Promise<number> {
  const result = await journal.append({ entries });
  return result.kind === "kept" ? (result.indexes[0] ?? -1) : -1;
}

describe("payloads", () => {
  test("come back with the salt that opens the commitment in the record", async () => {
    const { entry, salt } = withPayload("usr_a", "the arguments");
    const index = await append(entry);
    expect(String(journal.payload(index, "arguments"))).toBe("the arguments");
    const opening = journal.opening(index, "arguments");
    expect(opening?.salt).toEqual(salt);
    const record = JSON.parse(journal.entries("act_usr_a").at(-1)?.record ?? "") as {
      body: { arguments: string };
    };
    expect(commit(opening?.bytes ?? Buffer.of(), opening?.salt ?? salt)).toBe(record.body.arguments);
    expect(journal.payload(index, "other")).toBeNull();
    expect(journal.payload(index + 1_000, "arguments")).toBeNull();
  });

  test("lie on the disk in no readable form", async () => {
    await append(withPayload("usr_b", "plaintext-needle").entry);
    for (const name of readdirSync(root).filter((file) => file.startsWith("doorward.db"))) {
      expect(readFileSync(join(root, name)).includes("plaintext-needle")).toBe(false);
    }
  });

  test("moved to another entry or person they do not open", async () => {
    const one = await append(withPayload("usr_c", "one").entry);
    const two = await append(withPayload("usr_c", "two").entry);
    const other = await append(withPayload("usr_d", "other").entry);
    const swap = store.connection.prepare(
      "UPDATE payloads SET sealed = (SELECT sealed FROM payloads WHERE place = ?) WHERE place = ?",
    );
    swap.run(one * 256, two * 256);
    expect(() => journal.payload(two, "arguments")).toThrow(expect.objectContaining({ code: "unsealable" }));
    store.connection.prepare("UPDATE payloads SET person = 'usr_c' WHERE place = ?").run(other * 256);
    expect(() => journal.payload(other, "arguments")).toThrow(
      expect.objectContaining({ code: "unsealable" }),
    );
  });

  test("of a destroyed person are gone, the others' and every entry stay, and it is written down", async () => {
    const gone = await append(withPayload("usr_e", "erase me").entry);
    const stays = await append(withPayload("usr_f", "keep me").entry);
    const sealed = store.connection.prepare("SELECT sealed FROM person_keys WHERE person = 'usr_e'").get()?.[
      "sealed"
    ];
    expect(await journal.destroyPerson("usr_e")).toMatchObject({ kind: "kept" });
    expect(journal.payload(gone, "arguments")).toBeNull();
    expect(String(journal.payload(stays, "arguments"))).toBe("keep me");
    expect(journal.entries("usr_e").at(-1)).toMatchObject({ kind: "user.changed", at: 42 });
    expect(journal.entries("act_usr_e")).toHaveLength(1);
    for (const name of readdirSync(root).filter((file) => file.startsWith("doorward.db"))) {
      expect(readFileSync(join(root, name)).includes(Buffer.from(sealed as Uint8Array))).toBe(false);
    }
    const anew = await append(withPayload("usr_e", "a new life").entry);
    expect(String(journal.payload(anew, "arguments"))).toBe("a new life");
  });
});

describe("receipts", () => {
  test("wait for the checkpoint and verify offline", async () => {
    const subject = "act_receipt";
    await append({ kind: "intent", subject, at: 0, body: { step: 1 } });
    await append({ kind: "outcome", subject: "act_between", at: 0, body: {} });
    await append({ kind: "outcome", subject, at: 1, body: { step: 2 } });
    const receipt = parseReceipt(formatReceipt(await journal.receipt(subject, { waitMs: 20_000 })));
    expect(receipt.entries.map(({ record }) => (JSON.parse(record) as { kind: string }).kind)).toEqual([
      "intent",
      "outcome",
    ]);
    const trust = { logKey: parseVkey(keys.log.vkey), receiptKeys: [keys.receipt.publicKeyDer] };
    expect(checkReceipt(receipt, trust)).toMatchObject({ kind: "verified", witnesses: [] });
  });

  test.each([["of something the ledger does not know", "act_nowhere", "receipt_unknown"]])(
    "%s: a clear fault",
    async (_what, subject, code) => {
      await expect(journal.receipt(subject, { waitMs: 0 })).rejects.toMatchObject({ code });
    },
  );

  test("that do not come in time say so", async () => {
    const subject = "act_hurry";
    await append({ kind: "intent", subject, at: 0, body: {} });
    await expect(journal.receipt(subject, { waitMs: 0 })).rejects.toMatchObject({
      code: "receipt_unpublished",
    });
    expect((await journal.receipt(subject, { waitMs: 20_000 })).entries).toHaveLength(1);
  });
});

describe("reading", () => {
  test("lists in pages, both ways, and by kind", async () => {
    for (let i = 0; i < 5; i += 1) await append({ kind: "tool.seen", subject: `tool_${i}`, at: i, body: {} });
    const first = journal.list({ limit: 2, kind: "tool.seen" });
    const second = journal.list({ limit: 2, kind: "tool.seen", after: first.at(-1)?.index ?? -1 });
    expect([...first, ...second].map(({ subject }) => subject)).toEqual([
      "tool_0",
      "tool_1",
      "tool_2",
      "tool_3",
    ]);
    const newest = journal.list({ limit: 1, newestFirst: true });
    expect(newest[0]?.index).toBe(journal.size() - 1);
    expect(journal.list({ limit: 1, newestFirst: true, after: newest[0]?.index ?? 0 })[0]?.index).toBe(
      journal.size() - 2,
    );
    expect(journal.list({ limit: 10_000 }).length).toBe(journal.size());
    expect(journal.list({ limit: -1 })).toEqual([]);
  });

  test("the status counts what is acknowledged, integrated and published", async () => {
    await journal.receipt(journal.list({ limit: 1, newestFirst: true })[0]?.subject ?? "", {
      waitMs: 20_000,
    });
    const { acknowledged, integrated, published, checkpointAt } = journal.status();
    expect([integrated, published]).toEqual([acknowledged, acknowledged]);
    expect(checkpointAt).toBe(42);
  });
});

describe("limits", () => {
  test("a database in memory is refused: the sequencer could not read it", async () => {
    const memory = openStore(":memory:");
    await expect(openJournal({ store: memory, keys, directory, ambient })).rejects.toMatchObject({
      code: "batch_invalid",
    });
    memory.close();
  });

  test("one log directory, one sequencer", () => {
    expect(() => lockLogDirectory(directory, 50)).toThrow(
      expect.objectContaining({ code: "sequencer_locked" }),
    );
  });
});
