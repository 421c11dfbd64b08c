import { expect, test } from "vitest";
import { createShelf } from "./provider-flows.ts";

function shelf(thingsMax: number) {
  const clock = { at: 0 };
  const made = createShelf<string>({ monotonic: () => clock.at }, { thingsMax, lifeMs: 100 });
  return { ...made, clock };
}

test("a thing is seen as often as one likes and taken once", () => {
  const { put, see, take } = shelf(2);
  put("a", "thing");
  expect([see("a"), see("a"), take("a"), take("a"), see("a")]).toEqual([
    "thing",
    "thing",
    "thing",
    null,
    null,
  ]);
});

test("full, the oldest gives way; the same key is replaced", () => {
  const { put, see } = shelf(2);
  for (const key of ["a", "b", "b", "c"]) put(key, key.toUpperCase());
  expect(["a", "b", "c"].map(see)).toEqual([null, "B", "C"]);
});

test("what has expired stays expired", () => {
  const { put, see, take, clock } = shelf(2);
  put("a", "thing");
  clock.at = 100;
  expect(see("a")).toBeNull();
  clock.at = 0;
  expect([see("a"), take("a")]).toEqual([null, null]);
});
