import fc from "fast-check";
import { expect, test } from "vitest";
import { oneLine, segments } from "./inert.ts";

const told = (text: string): string =>
  segments(text)
    .map(({ kind, text: part }) => (kind === "escape" ? `[${part}]` : part))
    .join("");

test.each<[string, string, string]>([
  ["plain text in any script", "Grüße, 世界, שלום, مرحبا 👋", "Grüße, 世界, שלום, مرحبا 👋"],
  ["newline and tab stay", "a\n\tb", "a\n\tb"],
  ["right-to-left override", "exe\u202egnp.txt", "exe[U+202E]gnp.txt"],
  ["isolates", "\u2066a\u2069", "[U+2066]a[U+2069]"],
  ["zero width", "pay\u200bpal\u200d\ufeff", "pay[U+200B]pal[U+200D][U+FEFF]"],
  ["ANSI escape", "\u001b[31mred\u001b[0m", "[U+001B][31mred[U+001B][0m"],
  ["carriage return and backspace", "rm -rf /\r\bls", "rm -rf /[U+000D][U+0008]ls"],
  ["C1 control", "\u009b31m", "[U+009B]31m"],
  ["no-break and other spaces", "a\u00a0b\u2003c\u3000d", "a[U+00A0]b[U+2003]c[U+3000]d"],
  ["blank that is no space", "\u2800\u3164\u115f", "[U+2800][U+3164][U+115F]"],
  ["line and paragraph separators", "a\u2028b\u2029", "a[U+2028]b[U+2029]"],
  ["tag characters", "a\u{e0041}b", "a[U+E0041]b"],
  ["a lone surrogate", "a\ud800b", "a[U+D800]b"],
  ["private use", "\ue000", "[U+E000]"],
  ["an accent made of two", "e\u0301", "e\u0301"],
  ["piled marks", "a\u0301\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301[U+0301][U+0301]"],
  ["null", "a\0b", "a[U+0000]b"],
])("%s", (_name, text, expected) => {
  expect(told(text)).toBe(expected);
});

test("a look-alike says its code and what it is not, among what is unseen too", () => {
  expect(segments("p\u0430y\u200bp\u0430l\n")).toEqual([
    { kind: "text", text: "p" },
    { kind: "look-alike", text: "\u0430", name: "U+0430, not a" },
    { kind: "text", text: "y" },
    { kind: "escape", text: "U+200B" },
    { kind: "text", text: "p" },
    { kind: "look-alike", text: "\u0430", name: "U+0430, not a" },
    { kind: "text", text: "l\n" },
  ]);
  expect(oneLine("\u0440ay\n").map(({ kind }) => kind)).toEqual(["look-alike", "text", "escape"]);
});

test("one line has no newline and no tab", () => {
  expect(oneLine("a\nb\tc").map(({ text }) => text)).toEqual(["a", "U+000A", "b", "U+0009", "c"]);
});

test("nothing is lost and nothing unseen is left, whatever the text", () => {
  const wild = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(wild, (text) => {
      const back = segments(text).map(({ kind, text: part }) =>
        kind === "escape" ? String.fromCodePoint(Number.parseInt(part.slice(2), 16)) : part,
      );
      expect(back.join("")).toBe(text);
      expect(segments(text).filter(({ kind, text: part }) => kind === "look-alike" && part === "")).toEqual(
        [],
      );
      const plain = segments(text).filter(({ kind }) => kind === "text");
      expect(
        plain.every(
          ({ text: part }) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(part.replaceAll(/[\n\t]/g, "")),
        ),
      ).toBe(true);
    }),
  );
});
