import { expect, test } from "vitest";
import { createOnce } from "./once.ts";

test("a thing is used once, until it is too old to be taken anyway", () => {
  let now = 0;
  const once = createOnce({ monotonic: () => now }, { thingsMax: 10, lifeMs: 100 });
  expect([once.use("a"), once.use("a"), once.use("b")]).toEqual([true, false, true]);
  now = 99;
  expect(once.use("a")).toBe(false);
  now = 100;
  expect(once.use("a")).toBe(true);
});

test("full, it takes nothing more rather than forget what was used", () => {
  let now = 0;
  const once = createOnce({ monotonic: () => now }, { thingsMax: 2, lifeMs: 100 });
  expect([once.use("a"), once.use("b"), once.use("c"), once.use("a")]).toEqual([true, true, false, false]);
  now = 100;
  expect(once.use("c")).toBe(true);
});
