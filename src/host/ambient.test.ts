import fc from "fast-check";
import { expect, test } from "vitest";
import { systemAmbient, ulid } from "./ambient.ts";

test("the ULID specification's example time encodes as it says", () => {
  // github.com/ulid/spec and its reference implementation's test: 1469918176385 ms is 01ARYZ6S41.
  expect(ulid(1_469_918_176_385, new Uint8Array(10)).toUpperCase().slice(0, 10)).toBe("01ARYZ6S41");
});

test("the largest id fits", () => {
  expect(ulid(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe("7zzzzzzzzzzzzzzzzzzzzzzzzz");
});

test("ids sort by time, whatever the dice", () => {
  const time = fc.integer({ min: 0, max: 2 ** 48 - 2 });
  const dice = fc.uint8Array({ minLength: 10, maxLength: 10 });
  const sorts = fc.property(time, dice, dice, (now, one, other) => ulid(now, one) < ulid(now + 1, other));
  expect(() => fc.assert(sorts)).not.toThrow();
});

test("ids and random bytes of the real one", () => {
  const ambient = systemAmbient();
  const ids = Array.from({ length: 1000 }, () => ambient.id("act"));
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => /^act_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(id))).toBe(true);
  expect(ambient.random(32)).toHaveLength(32);
  expect(ambient.monotonic()).toBeLessThanOrEqual(ambient.monotonic());
});
