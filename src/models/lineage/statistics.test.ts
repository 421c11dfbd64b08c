import * as fc from "fast-check";
import { expect, test } from "vitest";
import { numbersFrom, picks } from "./picks.ts";
import { correlation, rankChance, ranksOf, signChance } from "./statistics.ts";

test("ranks count from one and share where values are equal", () => {
  expect(ranksOf([30, 10, 20, 10])).toEqual([4, 1.5, 3, 1.5]);
});

test.each([
  ["the same", [1, 2, 3, 4], [2, 4, 6, 8], 1],
  ["the reverse", [1, 2, 3, 4], [4, 3, 2, 1], -1],
])("correlation of %s", (_, left, right, expected) => {
  expect(correlation(left, right)).toBeCloseTo(expected, 12);
});

test("what does not vary, or is no number, correlates with nothing", () => {
  expect([
    correlation([1, 1, 1], [1, 2, 3]),
    correlation([1, 2], [1, 2]),
    correlation([1, NaN, 3], [1, 2, 3]),
    correlation([1, Infinity, 3], [1, 2, 3]),
  ]).toEqual([null, null, null, null]);
});

/** Exact tails of Student's t, from R's documentation of `pt` (2.5 % of 10 degrees at 2.228139, 0.1 % of 22 at 3.504992). */
test.each([
  [12, 2.228139, 0.025],
  [24, 3.504992, 0.001],
])("the bound for %i places is above the tail, and near it", (count, t, tail) => {
  const correlated = t / Math.sqrt(count - 2 + t ** 2);
  const bound = rankChance(correlated, count);
  expect(bound).toBeGreaterThanOrEqual(tail);
  expect(bound).toBeLessThan(tail * 1.3);
});

test("signs that agree by chance pass the bound no more often than it says", () => {
  const next = numbersFrom("a test's own numbers");
  const rounds = 20_000;
  const chances = Array.from({ length: rounds }, () =>
    signChance(Array.from({ length: 64 }, () => Math.round(next() * 30) * (next() < 0.5 ? -1 : 1))),
  );
  for (const bound of [0.1, 0.01, 0.001]) {
    const share = chances.filter((chance) => chance <= bound).length / rounds;
    expect(share).toBeLessThanOrEqual(bound);
  }
});

test("rank correlations of random orders pass the bound no more often than it says", () => {
  const next = numbersFrom("other numbers of a test");
  const rounds = 20_000;
  const chances = Array.from({ length: rounds }, () => {
    const [left, right] = [0, 1].map(() => ranksOf(Array.from({ length: 24 }, () => next())));
    return rankChance(correlation(left ?? [], right ?? []) ?? 0, 24);
  });
  for (const bound of [0.1, 0.01, 0.001]) {
    const share = chances.filter((chance) => chance <= bound).length / rounds;
    expect(share).toBeLessThanOrEqual(bound * 1.5);
  }
});

test("of fewer places than are wanted all are taken", () => {
  expect([picks("anything", 3, 8), picks("anything", 0, 8)]).toEqual([[0, 1, 2], []]);
});

test("places are distinct, within the size, and those of a shorter list come first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 81, max: 5_000 }), fc.integer({ min: 1, max: 80 }), (size, count) => {
      const drawn = picks("anything", size, count);
      expect(new Set(drawn).size).toBe(count);
      expect(drawn.every((place) => Number.isInteger(place) && place >= 0 && place < size)).toBe(true);
      expect(picks("anything", size, count - 1)).toEqual(drawn.slice(0, count - 1));
    }),
  );
});
