import { expect, test } from "vitest";
import { createOnce } from "./once.ts";

const LIMITS = { thingsMax: 10, ownMax: 10, lifeMs: 100 };

test("a thing is used once, by whomever, until it is too old to be taken anyway", () => {
  let now = 0;
  const once = createOnce({ monotonic: () => now }, LIMITS);
  const uses = [once.use("bot", "a"), once.use("bot", "a"), once.use("other", "a"), once.use("bot", "b")];
  expect(uses).toEqual([true, false, false, true]);
  now = 99;
  expect(once.use("bot", "a")).toBe(false);
  now = 100;
  expect(once.use("bot", "a")).toBe(true);
});

test("full, it takes nothing more rather than forget what was used", () => {
  let now = 0;
  const once = createOnce({ monotonic: () => now }, { ...LIMITS, thingsMax: 2 });
  const uses = ["a", "b", "c", "a"].map((name, at) => once.use(`bot${at}`, name));
  expect(uses).toEqual([true, true, false, false]);
  now = 100;
  expect(once.use("bot", "c")).toBe(true);
});

// T21: an exceeded quota stops only its owner.
test("who has filled their share waits, and nobody else does", () => {
  let now = 0;
  const once = createOnce({ monotonic: () => now }, { ...LIMITS, ownMax: 2 });
  const flood = ["a", "b", "c", "d"].map((name) => once.use("flooder", name));
  expect(flood).toEqual([true, true, false, false]);
  expect([once.use("other", "c"), once.use("other", "d")]).toEqual([true, true]);
  now = 50;
  expect(once.use("flooder", "e")).toBe(false);
  now = 100;
  expect([once.use("flooder", "e"), once.use("flooder", "f"), once.use("flooder", "g")]).toEqual([
    true,
    true,
    false,
  ]);
});
