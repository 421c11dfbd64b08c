import { expect, test } from "vitest";
import { digestOfBytes, Fault } from "#base";
import type { ServedModel } from "#vocabulary";
import { changedSince } from "./register.ts";

const WEIGHTS: ServedModel = {
  digest: digestOfBytes("weights"),
  manifest: digestOfBytes("manifest"),
  proof: "reported",
  isTelling: true,
  why: null,
  status: "approved",
  risk: "low",
  licence: "Apache-2.0",
};
const changed = new Fault("model_changed", "it is another", "Look.");
const objection = { fault: changed, isFloor: false };
const decided = { weights: WEIGHTS, blocked: null };

// A yes, and a policy's permit, are for what they were given for: between them and the sending people wait.
test.each([
  ["the same", {}, null],
  ["better known by now", { proof: "proven" }, null],
  ["less known by now", { proof: "unproven" }, "model_swapped"],
  ["other weights", { digest: digestOfBytes("evil") }, "model_swapped"],
  ["another template", { manifest: digestOfBytes("evil") }, "model_swapped"],
  ["expired", { status: "expired" }, "model_swapped"],
  ["of a higher risk class", { risk: "high" }, "model_swapped"],
  ["under another licence", { licence: null }, "model_swapped"],
] as const)("%s", (_name, more, code) => {
  const now = { weights: { ...WEIGHTS, ...more }, objection: null };
  expect(changedSince(decided, now)?.code ?? null).toBe(code);
});

test("what is objected to now, and was not, or was and is not, or otherwise, is another matter", () => {
  const now = { weights: WEIGHTS, objection };
  expect(changedSince(decided, now)?.code).toBe("model_swapped");
  expect(changedSince({ ...decided, unreviewed: changed }, now)).toBeNull();
  expect(changedSince({ ...decided, unreviewed: changed }, { ...now, objection: null })?.code).toBe(
    "model_swapped",
  );
  const other = new Fault("model_expired", "it is over", "Look.");
  expect(changedSince({ ...decided, unreviewed: other }, now)?.code).toBe("model_swapped");
});

test("what is refused in every stage says why itself", () => {
  const floor = { fault: new Fault("model_revoked", "it was revoked", "Look."), isFloor: true };
  expect(changedSince(decided, { weights: WEIGHTS, objection: floor })?.code).toBe("model_revoked");
});
