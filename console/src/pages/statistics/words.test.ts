import { expect, test } from "vitest";
import { drillsText, shareOf, shareText, spanText, warningWords } from "./words.ts";

test.each([
  [null, "–"],
  [400, "0.4 s"],
  [4_000, "4 s"],
  [42_400, "42 s"],
  [12 * 60_000, "12 min"],
  [3 * 3_600_000, "3 h"],
  [72 * 3_600_000, "3 days"],
])("%s ms is %s", (ms, expected) => {
  expect(spanText(ms)).toBe(expected);
});

test.each([
  [null, "–"],
  [0, "0 %"],
  [0.001, "1 %"],
  [0.5, "50 %"],
  [0.999, "99 %"],
  [1, "100 %"],
])("the share %s is %s", (share, expected) => {
  expect(shareText(share)).toBe(expected);
});

test("a share of nothing is none", () => {
  expect([shareOf(0, 0), shareOf(1, 4)]).toEqual([null, 0.25]);
});

test("warnings and drills in words", () => {
  expect(warningWords({ warnings: ["fast", "always-yes"] })).toEqual(["too fast", "always yes"]);
  expect(drillsText({ asked: 0, denied: 0, approved: 0, unanswered: 0 })).toBe("none");
  expect(drillsText({ asked: 4, denied: 3, approved: 0, unanswered: 1 })).toBe("3 of 4 denied, 1 unanswered");
});
