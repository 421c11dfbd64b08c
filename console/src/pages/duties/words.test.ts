import { expect, test } from "vitest";
import { askedText, limitOf } from "./words.ts";

test("who is asked, and with whose duty", () => {
  expect(askedText({ asked: ["ada", "frida"], standsIn: [{ user: "ada", for: "petra" }] })).toBe(
    "ada (for petra), frida",
  );
  expect(askedText({ asked: [], standsIn: [{ user: "ada", for: "petra" }] })).toBe("");
});

test.each([
  ["", 0],
  [" 5 ", 5],
  ["0", 0],
])("%j is a limit of %i", (text, limit) => {
  expect(limitOf(text)).toBe(limit);
});

test.each(["five", "-1", "1.5", "123456"])("%j is none", (text) => {
  expect(() => limitOf(text)).toThrow("no number of cards");
});
