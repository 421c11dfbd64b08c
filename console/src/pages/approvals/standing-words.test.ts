import { expect, test } from "vitest";
import { groupText, placeText } from "./standing-words.ts";

test.each([
  ["console", "in the console"],
  ["cli", "at a terminal"],
  ["channel:slack", "on slack"],
  ["scheduler", "by scheduler"],
])("%s: %s", (via, text) => {
  expect(placeText(via)).toBe(text);
});

test("a channel's name is made plain", () => {
  expect(placeText("channel:s\u202Elack")).not.toContain("\u202E");
});

test.each([
  ["finance", "finance"],
  ["finance, 2, not-owner", "finance (2 people, not the agent’s owner)"],
  ["oncall, not-requester", "oncall (not whoever asked)"],
  ["a, something-new", "a (something-new)"],
])("%s is said as %s", (line, text) => {
  expect(groupText(line)).toBe(text);
});
