import { expect, test } from "vitest";
import { costText, tokensText, tookText } from "./action.ts";
import { stepOf } from "./story.ts";

test.each([
  [0, "$0.00"],
  [90, "$0.00009"],
  [1, "$0.000001"],
  [120_000, "$0.12"],
  [1_500_000, "$1.50"],
])("%i millionths are %s", (micro, text) => {
  expect(costText(micro)).toBe(text);
});

test("tokens and times in words", () => {
  expect(tokensText(null)).toBeNull();
  expect(tokensText({ inputTokens: 1_812, outputTokens: null })).toBe("1,812 in");
  expect(tokensText({ inputTokens: 4, outputTokens: 0 })).toBe("4 in, 0 out");
  expect([tookText(999), tookText(2_440)]).toEqual(["999 ms", "2.4 s"]);
});

test.each([
  ["verdict", "hold", null, "Held"],
  ["verdict", "deny", null, "Refused"],
  ["intent", "allow", null, "Allowed, and about to be sent"],
  ["approval.decided", null, "denied", "Denied"],
  ["approval.decided", null, "requested", "Approved by one; others still must"],
  ["outcome", null, "unknown", "The answer was lost; it is never sent again"],
  ["outcome", null, "odd", "Ended"],
  ["kind.of.later", null, null, "kind.of.later"],
])("%s %s %s is told as %s", (kind, verdict, status, word) => {
  expect(stepOf({ kind, verdict, status }).word).toBe(word);
});
