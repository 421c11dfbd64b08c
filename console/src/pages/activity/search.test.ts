import { expect, test } from "vitest";
import { activitySearch } from "./search.ts";

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
