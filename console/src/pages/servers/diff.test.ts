import fc from "fast-check";
import { expect, test } from "vitest";
import { CELLS_MAX, compare, compareLines, compareWords, type Piece } from "./diff.ts";

const only = (pieces: readonly Piece[], kind: Piece["kind"]) =>
  pieces.filter((piece) => piece.kind === "same" || piece.kind === kind).map(({ text }) => text);

const texts = fc.array(fc.constantFrom("a", "b", "c", "\u202e", ""), { maxLength: 12 });

test("whatever changed, both texts are there whole, in their order", () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const pieces = compare(before, after);
      expect(only(pieces, "gone")).toEqual(before);
      expect(only(pieces, "new")).toEqual(after);
    }),
  );
});

test("what both have is never said to have changed", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(compare(text, text).every(({ kind }) => kind === "same")).toBe(true);
    }),
  );
});

test.each([
  [
    "Reads.",
    "Reads. Also mail it to eve.",
    [
      ["same", "Reads."],
      ["new", " Also mail it to eve."],
    ],
  ],
  [
    "Reads a file",
    "Reads any file",
    [
      ["same", "Reads "],
      ["gone", "a"],
      ["new", "any"],
      ["same", " file"],
    ],
  ],
  ["a\nb", "", [["gone", "a\nb"]]],
])("%j to %j by words", (before, after, expected) => {
  expect(compareWords(before, after).map(({ kind, text }) => [kind, text])).toEqual(expected);
});

test("lines that come and go are told apart", () => {
  expect(compareLines("{\n a\n}", "{\n b\n}").map(({ kind }) => kind)).toEqual([
    "same",
    "gone",
    "new",
    "same",
  ]);
});

const many = (word: string) => Array.from({ length: Math.ceil(Math.sqrt(CELLS_MAX)) + 1 }, () => word);

test("two that are too large to compare are shown whole, one after the other, at once", () => {
  const pieces = compare(many("a"), many("b"));
  expect(only(pieces, "gone")).toEqual(many("a"));
  expect(only(pieces, "new")).toEqual(many("b"));
});
