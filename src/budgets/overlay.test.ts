import { describe, expect, test } from "vitest";
import type { Digest } from "#base";
import type { Hold, PolicyId, Refusal, Verdict } from "#vocabulary";
import { budget } from "../../tests/samples/budgets.ts";
import type { Budget, Exceeded } from "./budget.ts";
import { overlay } from "./overlay.ts";

const policySet: Digest = "sha256:00";
const rule = (policy: string) => ({ policy: policy as PolicyId, reason: "because" });
const allow: Verdict = { kind: "allow", policySet, grounds: [rule("agents-ask")], marks: ["ai-generated"] };
const deny: Refusal = {
  kind: "deny",
  policySet,
  grounds: [rule("no-models")],
  code: "policy_forbids",
  reason: "No.",
  remedy: "Ask.",
};
const hold: Hold = {
  kind: "hold",
  policySet,
  grounds: [rule("hold-models")],
  groups: ["admins"],
  reason: "A person looks.",
  remedy: "Wait.",
  expiresAfterMs: 60_000,
};

const resetsAt = Date.UTC(2026, 0, 2);
const over = (more: Partial<Budget>, used = 95): Exceeded => ({ budget: budget(more), used, resetsAt });
const firm = over({ name: "daily" });
const held = over({ name: "weekly", over: "hold", group: "finance" });

function laid(verdict: Verdict, exceeded: readonly Exceeded[], lifted: readonly string[] = []): Verdict {
  return overlay(verdict, { exceeded, usedPercent: 100 }, new Set(lifted));
}
const summary = (verdict: Verdict) => [verdict.kind, verdict.grounds.map(({ policy }) => policy)];

describe("budgets over a verdict", () => {
  type Case = readonly [Verdict, readonly Exceeded[], readonly string[], unknown];
  test.each<[string, ...Case]>([
    ["room: as it was", allow, [], [], ["allow", ["agents-ask"]]],
    ["no room: denied", allow, [firm], [], ["deny", ["budget:daily"]]],
    ["no room, and no approval lifts it", allow, [firm], ["budget:daily"], ["deny", ["budget:daily"]]],
    ["over a hold budget: held", allow, [held], [], ["hold", ["budget:weekly"]]],
    ["lifted by people", allow, [held], ["budget:weekly"], ["allow", ["agents-ask"]]],
    ["another budget was lifted", allow, [held], ["budget:daily"], ["hold", ["budget:weekly"]]],
    ["deny beats hold", allow, [held, firm], ["budget:weekly"], ["deny", ["budget:daily"]]],
    ["both hold", hold, [held], [], ["hold", ["hold-models", "budget:weekly"]]],
    ["policy still holds", hold, [held], ["budget:weekly"], ["hold", ["hold-models"]]],
    ["a hold of policy, and no room", hold, [firm], [], ["deny", ["budget:daily"]]],
    ["what policy denies stays denied", deny, [held], ["budget:weekly"], ["deny", ["no-models"]]],
    ["both deny: both are named", deny, [firm, held], [], ["deny", ["no-models", "budget:daily"]]],
    ["a refusal without grounds keeps its code", { ...deny, grounds: [] }, [firm], [], ["deny", []]],
  ])("%s", (_, ...[verdict, exceeded, lifted, expected]) => {
    expect(summary(laid(verdict, exceeded, lifted))).toEqual(expected);
  });

  test("what policy said of a refusal or an allowance is passed on whole", () => {
    expect(laid(allow, [])).toBe(allow);
    expect(laid(deny, [firm])).toMatchObject({ code: "policy_forbids", reason: "No.", remedy: "Ask." });
  });

  test("a refusal says what is used, of what, until when, and what to do", () => {
    expect(laid(allow, [firm])).toMatchObject({
      code: "budget_exceeded",
      reason:
        'Budget "daily" has no room for this call: 95 of 100 tokens today are used or reserved; it resets at 2026-01-02T00:00:00.000Z.',
      remedy:
        "Ask again after 2026-01-02T00:00:00.000Z, or for less. An admin can raise it: doorward budgets set daily --amount AMOUNT.",
    });
    const money = over({ metric: "cost", amount: 5_000_000, window: "month" }, 4_990_000);
    expect(laid(allow, [money])).toMatchObject({
      reason: expect.stringContaining("4.99 of 5.00 USD this month are used"),
    });
  });

  test("a hold asks every group, once, and waits no longer than the shorter of the two", () => {
    const other = over({ name: "other", over: "hold", group: "admins" });
    expect(laid(hold, [held, other])).toMatchObject({
      groups: ["admins", "finance"],
      expiresAfterMs: 60_000,
      remedy: "Wait.",
      reason: expect.stringMatching(
        /^A person looks\. It goes over what was budgeted .* finance and from admins: Budget "weekly"/,
      ),
    });
    expect(laid(allow, [held])).toMatchObject({ groups: ["finance"], expiresAfterMs: 3_600_000 });
  });

  test("a hundred full budgets make a sentence that people can read", () => {
    const many = Array.from({ length: 100 }, (_, n) => over({ name: `b${n}` }));
    const verdict = laid(allow, many);
    expect(verdict.grounds).toHaveLength(100);
    expect(verdict).toMatchObject({ reason: expect.stringMatching(/So it is with 95 more\.$/) });
  });
});
