import fc from "fast-check";
import { expect, test } from "vitest";
import { createRing, inert } from "./ring.ts";

test("keeps the last bytes only", () => {
  const ring = createRing(5);
  for (const text of ["abc", "defg", "h"]) ring.push(Buffer.from(text));
  expect(ring.text()).toBe("defgh");
});

test.each([
  ["\u001b[2Jclear", "\\u{1b}[2Jclear"],
  ["a\r\nb\tc", "a\\u{d}\nb\tc"],
  ["\u009b31m", "\\u{9b}31m"],
  ["user\u202Egpj.exe", "user\\u{202e}gpj.exe"],
  ["plain äöü 漢字 🎉", "plain äöü 漢字 🎉"],
])("%j shows as %j", (text, shown) => {
  expect(inert(text)).toBe(shown);
});

test("nothing that moves a cursor or turns text around survives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for.
      expect(inert(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});
