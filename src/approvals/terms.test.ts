import { describe, expect, test } from "vitest";
import { settledHold } from "./index.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const steps = [
  { afterMs: 15 * MINUTE, group: "leads" },
  { afterMs: 30 * MINUTE, group: "admins" },
];

describe("what rules and settings come to", () => {
  const hold = {
    kind: "hold" as const,
    policySet: "sha256:05" as const,
    grounds: [],
    groups: ["admins", "finance"],
    reason: "",
    remedy: "",
    expiresAfterMs: HOUR,
  };
  const terms = { group: "finance", expiresAfterMs: null, escalation: null, glass: null };
  const defaults = { expiresAfterMs: 2 * HOUR, escalation: "5m leads", breakGlass: true };

  test("the settings fill what a rule leaves open", () => {
    expect(settledHold({ ...hold, terms: [terms] }, defaults)).toMatchObject({
      expiresAfterMs: 2 * HOUR,
      escalation: [{ of: "finance", steps: [{ afterMs: 5 * MINUTE, group: "leads" }] }],
    });
    const never = { ...terms, escalation: [], expiresAfterMs: HOUR };
    const settled = settledHold({ ...hold, terms: [never] }, defaults);
    expect([settled.expiresAfterMs, settled.escalation]).toEqual([HOUR, undefined]);
  });

  test("of several rules behind one line the most careful counts", () => {
    const [one, two] = [
      { ...terms, escalation: steps, glass: "oncall" },
      { ...terms, escalation: [{ afterMs: 20 * MINUTE, group: "leads" }], glass: "leads" },
    ];
    const both = settledHold({ ...hold, terms: [one, two] }, defaults);
    expect(both.escalation).toEqual([{ of: "finance", steps: [{ afterMs: 20 * MINUTE, group: "leads" }] }]);
    expect(both.glass).toEqual(["leads", "oncall"]);
    expect(settledHold({ ...hold, terms: [one, terms] }, defaults).glass).toBeUndefined();
    expect(settledHold({ ...hold, terms: [one] }, { ...defaults, breakGlass: false }).glass).toBeUndefined();
  });

  test("no step comes after the end", () => {
    const short = { ...terms, expiresAfterMs: 20 * MINUTE, escalation: steps };
    expect(settledHold({ ...hold, terms: [short] }, defaults).escalation).toEqual([
      { of: "finance", steps: steps.slice(0, 1) },
    ]);
  });
});
