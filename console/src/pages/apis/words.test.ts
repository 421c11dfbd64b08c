import { expect, test } from "vitest";
import { reviewText } from "./words.ts";

test.each([
  [[], "–"],
  [["new"], "1 new"],
  [["new", "changed", "new"], "1 changed, 2 new"],
] as const)("what waits for review: %j", (statuses, words) => {
  expect(reviewText(statuses.map((status) => ({ status })))).toBe(words);
});
