import { expect, test } from "vitest";
import { termsOf } from "./terms.ts";

const NONE = { expires: null, escalation: null, glass: null, grantable: null };

test("a rule that says nothing of how its requests go on has no terms", () => {
  expect(termsOf(NONE)).toEqual([]);
});

test("each has its line", () => {
  expect(
    termsOf({
      expires: "4h",
      escalation: ["15m leads", "1h admins"],
      glass: "oncall, not-owner",
      grantable: "session; 5 times; 8h",
    }),
  ).toEqual([
    "waits 4h at most",
    "also asks after 15m leads, 1h admins",
    "glass: oncall, not-owner",
    "grants: session; 5 times; 8h",
  ]);
  expect(termsOf({ ...NONE, escalation: [] })).toEqual(["never passed on"]);
});
