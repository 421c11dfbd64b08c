import { expect, test } from "vitest";
import { activitySearch, commandOf } from "./search.ts";

test.each([
  [{}, {}],
  [
    { agent: "mailbot", verdict: "deny", door: "llm" },
    { agent: "mailbot", verdict: "deny", door: "llm" },
  ],
  [{ verdict: "perhaps", door: 7, other: "x", agent: "" }, {}],
  [{ agent: 42, server: { a: 1 } }, { agent: "42" }],
  [{ agent: "a".repeat(200) }, { agent: "a".repeat(100) }],
])("of %j it keeps %j", (given, kept) => {
  expect(activitySearch(given)).toEqual(kept);
});

test("the same view as a command has our own words alone", () => {
  expect(commandOf({})).toBe("doorward activity list");
  expect(commandOf({ agent: "$(rm -rf /)", server: "x; y", door: "llm", verdict: "deny" })).toBe(
    "doorward activity list --agent NAME --server NAME --door llm --verdict deny",
  );
});
