import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MIGRATIONS } from "./migrations.table.ts";
import { openStore } from "./open.ts";

/** A state database as the steps before `name` left it. */
function storeBefore(path: string, name: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE migrations (step BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  for (const [step, migration] of MIGRATIONS.entries()) {
    if (migration.name === name) break;
    for (const statement of migration.statements) database.exec(statement);
    database.prepare("INSERT INTO migrations (step, name) VALUES (?, ?)").run(step, migration.name);
  }
  return database;
}

test("a new store has the schema, takes a row and gives it back", async () => {
  const store = openStore(":memory:");
  await store.query.insertInto("meta").values({ key: "a", value: "1" }).execute();
  expect(await store.query.selectFrom("meta").selectAll().execute()).toEqual([{ key: "a", value: "1" }]);
  const result = await store.query
    .updateTable("meta")
    .set({ value: "2" })
    .where("key", "=", "b")
    .executeTakeFirst();
  expect(result.numUpdatedRows).toBe(0n);
  store.close();
});

test("a transaction through Kysely is refused: atomic writes are the journal's", async () => {
  const store = openStore(":memory:");
  await expect(store.query.transaction().execute(async () => {})).rejects.toMatchObject({ code: "bug" });
  store.close();
});

test("payloads of an older store get their places, each in its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "doorward-store-"));
  const path = join(folder, "doorward.db");
  const older = storeBefore(path, "0009-payload-places");
  const insert = older.prepare("INSERT INTO payloads (entry, name, person, sealed) VALUES (?, ?, ?, ?)");
  insert.run(7, "result", "usr_a", Buffer.of(2));
  insert.run(7, "action", "usr_a", Buffer.of(1));
  insert.run(9, "result", "usr_b", Buffer.of(3));
  older.close();
  const { connection, close } = openStore(path);
  expect(
    connection
      .prepare("SELECT place, name, person, hex(sealed) AS sealed FROM payloads ORDER BY place")
      .all(),
  ).toMatchObject([
    { place: 1792, name: "action", person: "usr_a", sealed: "01" },
    { place: 1793, name: "result", person: "usr_a", sealed: "02" },
    { place: 2304, name: "result", person: "usr_b", sealed: "03" },
  ]);
  close();
  rmSync(folder, { recursive: true });
});
