import { expect, test } from "vitest";
import { pricesIn, pricesTaken } from "./prices.ts";

test.each([
  ["gpt-5=1.25/10\n* = 2.5/20\n", { "gpt-5": "1.25/10", "*": "2.5/20" }],
  ["  gpt-5   1.25/10 ", { "gpt-5": "1.25/10" }],
  ["", {}],
  ["gpt-5=", { "gpt-5": "" }],
  // What is no price goes to Doorward as one that it refuses, and is never dropped.
  ["gpt-5", { "gpt-5": "?" }],
  ["a b c", { "a b c": "?" }],
])("%j", (lines, prices) => {
  expect(pricesIn(lines)).toEqual(prices);
});

test("a price that is no longer there is taken away", () => {
  expect(pricesTaken({ a: "1/2", b: "3/4" }, "b=3/5")).toEqual({ a: "", b: "3/5" });
});
