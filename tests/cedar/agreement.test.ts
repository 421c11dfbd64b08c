import fc from "fast-check";
import { expect, test } from "vitest";
import { compiledAnswer, officialAnswer } from "./engines.ts";
import { world } from "./worlds.ts";

/** Worlds compared here; `CEDAR_RUNS=300000` compares more. Last long run: see docs/conformance.md. */
const RUNS = Number(process.env["CEDAR_RUNS"] ?? 2_000);

test("decision, determining policies, erring policies and their messages are the official engine's", {
  timeout: 36_000_000,
}, () => {
  let compared = 0;
  fc.assert(
    fc.property(world, (given) => {
      const official = officialAnswer(given);
      fc.pre(official !== null);
      compared += 1;
      expect(compiledAnswer(given)).toEqual(official);
    }),
    { numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(RUNS * 0.9);
});
