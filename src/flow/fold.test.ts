import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, plain, squeeze } from "./fold.ts";

const ASCII = fc.string({ unit: "grapheme-ascii" });

test("squeezing plain text is the short way to the same", () => {
  fc.assert(
    fc.property(ASCII, (text) => {
      expect(squeeze(text)).toBe(fold(text).replaceAll(/[^\p{L}\p{N}]+/gu, ""));
    }),
  );
});

test.each([
  ["MALLORY@evil.example", "mallory@evil.example"],
  ["mall\u200Bory", "mallory"],
  ["m\u0430ll\u043Ery", "mallory"],
  ["ｍａｌｌｏｒｙ", "mallory"],
  ["𝓶allory", "mallory"],
  ["mállory", "mallory"],
  ["a\u00A0\n b", "a b"],
])("%s is read as %s by a careless reader", (text, read) => {
  expect(fold(text)).toBe(read);
});

test("what grounds is compared letter by letter", () => {
  expect(plain("Mallory")).toBe(plain("MALLORY"));
  expect(plain("m\u0430llory")).not.toBe(plain("mallory"));
  expect(plain("e\u0301")).toBe(plain("\u00E9"));
});
