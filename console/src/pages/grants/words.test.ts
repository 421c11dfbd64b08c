import { expect, test } from "vitest";
import { leftText, reachText } from "./words.ts";

test.each([
  ["session", [], "the tool, in this session"],
  ["destination", [], "the tool, to the same place"],
  ["pattern", ["path", "text"], "any path, text, all else the same"],
] as const)("%s", (scope, varies, expected) => {
  expect(reachText({ scope, varies: [...varies] })).toBe(expected);
});

test("another's words are made plain", () => {
  expect(reachText({ scope: "pattern", varies: ["pa\u202Eth"] })).not.toContain("\u202E");
});

test("how often more", () => {
  expect(leftText({ used: 2, left: 3 })).toBe("3 of 5 left");
});
