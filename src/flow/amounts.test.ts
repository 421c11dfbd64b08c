import { expect, test } from "vitest";
import { amountOrigin } from "./amounts.ts";
import { numbersIn } from "./atoms.ts";

const KNOWN = { user: [100], claimed: [7000], trusted: [2000], named: [1100], untrusted: [5000] };

test.each([
  [100, "user"],
  [1100, "named"],
  [1200, "derived"],
  [1000, "derived"],
  [4, "bounded"],
  [2000, "trusted"],
  [7000, "claimed"],
  [5000, "untrusted"],
  [1_000_000, "model"],
  [-5, "model"],
  [Number.NaN, "model"],
  [Number.POSITIVE_INFINITY, "model"],
])("%s is %s", (value, origin) => {
  expect(amountOrigin(value, KNOWN)).toBe(origin);
});

test.each([
  ["Pay 12.00 of $1,200.50 (EUR 30)", [12, 1200.5, 30]],
  ["on 2024-05-16 at 10:00, room A12, 10% off, v1.2.3, DE89370400440532013000", []],
  ["rent is 2200.", [2200]],
])("the amounts in %s", (text, amounts) => {
  expect(numbersIn(text)).toEqual(amounts);
});
