import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type TokenizerPrint, tokenizerLikeness, tokenizerPrint } from "./tokenizer.ts";

const MERGES = `sha256:${"a".repeat(64)}` as const;

function printOf(tokens: readonly string[], merges: TokenizerPrint["merges"] = null): TokenizerPrint {
  const taking = tokenizerPrint();
  for (const token of tokens) taking.take(Buffer.from(token));
  const print = taking.end(merges);
  if (print === null) throw new Error("no tokens");
  return print;
}

const words = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, n) => `word ${from + n}`);
const BASE = words(0, 3_000);

test("no tokens are no tokenizer", () => {
  expect(tokenizerPrint().end(null)).toBeNull();
});

test.each([
  ["the same tokens", BASE, { how: "equal", score: 1, sameFirst: 3_000 }],
  ["some more at the end", [...BASE, ...words(9_000, 9_040)], { how: "prefix", score: 1, sameFirst: 2_048 }],
])("%s are told as such", (_, tokens, expected) => {
  expect(tokenizerLikeness(printOf(tokens), printOf(BASE))).toEqual(expected);
});

test.each([
  ["half of them others", [...words(5_000, 6_500), ...BASE.slice(1_500)], 1 / 3],
  ["none in common", words(5_000, 8_000), 0],
  ["all of them in another order", BASE.toReversed(), 1],
])("with %s the overlap is estimated", (_, tokens, share) => {
  const likeness = tokenizerLikeness(printOf(tokens), printOf(BASE));
  expect(likeness).toMatchObject({ how: "overlap", sameFirst: 0 });
  expect(Math.abs(likeness.score - share)).toBeLessThan(0.15);
});

test("equal merges count where tokens were moved", () => {
  const moved = ["<new>", ...BASE];
  expect(tokenizerLikeness(printOf(moved, MERGES), printOf(BASE, MERGES)).how).toBe("merges");
  expect(tokenizerLikeness(printOf(moved), printOf(BASE)).how).toBe("overlap");
});

test("likeness is the same both ways, from 0 to 1, and 1 with itself", () => {
  const list = fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 700 });
  fc.assert(
    fc.property(list, list, (left, right) => {
      const [one, other] = [printOf(left), printOf(right)];
      const likeness = tokenizerLikeness(one, other);
      expect(likeness).toEqual({ ...tokenizerLikeness(other, one), sameFirst: likeness.sameFirst });
      expect(likeness.score).toBeGreaterThanOrEqual(0);
      expect(likeness.score).toBeLessThanOrEqual(1);
      expect(tokenizerLikeness(one, one)).toMatchObject({ how: "equal", score: 1 });
    }),
    { numRuns: 50 },
  );
});
