import { expect, test } from "vitest";
import { linesIn, reviewText } from "./words.ts";

test.each([
  [[], "–"],
  [["new"], "1 new"],
  [["new", "changed", "new"], "1 changed, 2 new"],
] as const)("what waits for review: %j", (statuses, words) => {
  expect(reviewText(statuses.map((status) => ({ status })))).toBe(words);
});

test("lines are taken without what is around them", () => {
  expect(linesIn(" /a \n\n/b\r\n")).toEqual(["/a", "/b"]);
});
