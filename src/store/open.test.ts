import { expect, test } from "vitest";
import { openStore } from "./open.ts";

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
