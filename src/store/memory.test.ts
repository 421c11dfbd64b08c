import { expect, test } from "vitest";
import { openStore } from "./open.ts";

function remembering() {
  const { connection, query, memory } = openStore(":memory:");
  const byKey = connection.prepare("SELECT value FROM meta WHERE key = ?");
  let reads = 0;
  const read = memory.remembered(3, (key) => {
    reads += 1;
    const row = byKey.get(key);
    return row === undefined ? null : { value: String(row["value"]) };
  });
  connection.exec("INSERT INTO meta (key, value) VALUES ('a', '1'), ('b', '2'), ('c', '3'), ('d', '4')");
  return { connection, query, memory, read, reads: () => reads };
}

test("what is read again without a write between is not read again", () => {
  const { read, reads } = remembering();
  expect([read("a"), read("a"), read("b"), reads()]).toEqual([
    { value: "1" },
    { value: "1" },
    { value: "2" },
    2,
  ]);
});

test.each([
  ["a statement", "UPDATE meta SET value = '9' WHERE key = 'a'"],
  [
    "a write elsewhere",
    "INSERT INTO meta (key, value) VALUES ('z', 'z'); UPDATE meta SET value = '9' WHERE key = 'a'",
  ],
  ["a replacement", "INSERT OR REPLACE INTO meta (key, value) VALUES ('a', '9')"],
  [
    "an upsert",
    "INSERT INTO meta (key, value) VALUES ('a', '9') ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  ],
  ["a transaction", "BEGIN; UPDATE meta SET value = '9' WHERE key = 'a'; COMMIT"],
  ["a savepoint", "SAVEPOINT s; UPDATE meta SET value = '9' WHERE key = 'a'; RELEASE s"],
])("%s is seen at once", (_, sql) => {
  const { connection, read } = remembering();
  expect(read("a")).toEqual({ value: "1" });
  connection.exec(sql);
  expect(read("a")).toEqual({ value: "9" });
});

test("a deletion of everything, which SQLite does in one step, is seen", () => {
  const { connection, read } = remembering();
  expect(read("a")).not.toBeNull();
  connection.exec("DELETE FROM meta");
  expect(read("a")).toBeNull();
});

test("what is rolled back is not remembered either", () => {
  const { connection, read } = remembering();
  connection.exec("BEGIN; UPDATE meta SET value = '9' WHERE key = 'a'");
  expect(read("a")).toEqual({ value: "9" });
  connection.exec("ROLLBACK");
  expect(read("a")).toEqual({ value: "1" });
});

test("a write through Kysely is seen", async () => {
  const { query, read } = remembering();
  expect(read("a")).toEqual({ value: "1" });
  await query.updateTable("meta").set({ value: "9" }).where("key", "=", "a").execute();
  expect(read("a")).toEqual({ value: "9" });
});

test("a statement that was prepared before and answers with rows is seen, read as it may", () => {
  const { connection, read } = remembering();
  const sql = "UPDATE meta SET value = ? WHERE key = 'a' RETURNING value";
  const update = connection.prepare(sql);
  expect(read("a")).toEqual({ value: "1" });
  update.get("2");
  expect(read("a")).toEqual({ value: "2" });
  update.all("3");
  expect(read("a")).toEqual({ value: "3" });
  update.run("4");
  expect(read("a")).toEqual({ value: "4" });
  connection.prepare(`-- a remark\n${sql}`).get("5");
  expect(read("a")).toEqual({ value: "5" });
  connection.exec("SELECT 1; UPDATE meta SET value = '6' WHERE key = 'a'");
  expect(read("a")).toEqual({ value: "6" });
  expect(() => update.iterate("7")).toThrow("step by step");
  expect(read("a")).toEqual({ value: "6" });
});

test("rows that were vouched for make nobody read again, and only those", () => {
  const { connection, memory, read, reads } = remembering();
  read("a");
  connection.exec("INSERT INTO open_intents (action_id, agent_id, at) VALUES ('act_1', 'agt_1', 1)");
  memory.vouch(1);
  read("a");
  expect(reads()).toBe(1);
  connection.exec("DELETE FROM open_intents; UPDATE meta SET value = '9' WHERE key = 'a'");
  memory.vouch(1);
  expect(read("a")).toEqual({ value: "9" });
});

test("nothing is remembered of what was not there, nor more than the maximum", () => {
  const { read, reads } = remembering();
  expect([read("z"), read("z"), reads()]).toEqual([null, null, 2]);
  for (const key of ["a", "b", "c", "d", "a"]) read(key);
  expect(reads()).toBe(7);
});
