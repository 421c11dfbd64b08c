import { sql } from "kysely";
import { expect, test } from "vitest";
import { openStore } from "./open.ts";

const opened = () => {
  const { connection, query } = openStore(":memory:");
  const add = (key: string, value: string) =>
    query
      .insertInto("meta")
      .values({ key, value })
      .execute()
      .then(
        () => "added",
        () => "refused",
      );
  const read = async (key: string) =>
    (await query.selectFrom("meta").selectAll().where("key", "=", key).execute()).map(({ value }) => value);
  return { connection, query, add, read };
};

test("the same query answers each time with the values that it is given and with what is there by then", async () => {
  const { add, read } = opened();
  expect([await add("a", "1"), await add("b", "2")]).toEqual(["added", "added"]);
  expect([await read("a"), await read("b"), await read("c")]).toEqual([["1"], ["2"], []]);
  await add("c", "3");
  expect(await read("c")).toEqual(["3"]);
});

test("a query that was refused can be run again, and holds nothing open", async () => {
  const { connection, add, read } = opened();
  expect([await add("a", "1"), await add("a", "2"), await add("b", "3")]).toEqual([
    "added",
    "refused",
    "added",
  ]);
  expect(await read("a")).toEqual(["1"]);
  expect(() => connection.exec("BEGIN IMMEDIATE; COMMIT; VACUUM")).not.toThrow();
});

test("queries that are used at the same time do not meet in one statement", async () => {
  const { add, read } = opened();
  await Promise.all(Array.from({ length: 50 }, (_, n) => add(`k${n}`, `v${n}`)));
  const seen = await Promise.all(Array.from({ length: 50 }, (_, n) => read(`k${n}`)));
  expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => [`v${n}`]));
});

test("a table that got a column is read with it", async () => {
  const { connection, query, add } = opened();
  await add("a", "1");
  const before = await query.selectFrom("meta").selectAll().execute();
  connection.exec("ALTER TABLE meta ADD COLUMN later TEXT DEFAULT 'x'");
  expect(before).toEqual([{ key: "a", value: "1" }]);
  expect(await query.selectFrom("meta").selectAll().execute()).toEqual([
    { key: "a", value: "1", later: "x" },
  ]);
});

test("more texts than are kept are all answered", async () => {
  const { query } = opened();
  for (let n = 0; n < 1100; n += 1) {
    const { rows } = await sql<{ readonly n: number }>`SELECT ${sql.raw(String(n))} AS n`.execute(query);
    if (rows[0]?.n !== n) throw new Error(`${n} was answered with ${String(rows[0]?.n)}`);
  }
  expect((await sql<{ readonly n: number }>`SELECT 0 AS n`.execute(query)).rows).toEqual([{ n: 0 }]);
});
