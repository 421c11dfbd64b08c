import { expect, test } from "vitest";
import { openStore } from "#store";
import { openMandates } from "./mandates.ts";

test("the words of a session are found without a walk through the ledger, the sessions or all mandates", () => {
  const store = openStore(":memory:");
  const { connection } = store;
  const prepare = connection.prepare.bind(connection);
  const asked: string[] = [];
  connection.prepare = (sql) => {
    asked.push(sql);
    return prepare(sql);
  };
  openMandates(store, () => null);
  connection.prepare = prepare;
  const plan = prepare(`EXPLAIN QUERY PLAN ${asked[0]}`)
    .all("ses_1")
    .map(({ detail }) => String(detail));
  expect(plan.filter((step) => /^SCAN (?!line\b|\(subquery)/.test(step))).toEqual([]);
  expect(plan.some((step) => step.includes("AUTOMATIC"))).toBe(false);
  expect(plan).toContain("SEARCH e USING INDEX entries_by_subject (subject=?)");
});
