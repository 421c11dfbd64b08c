import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApprovalStatus, UserId } from "#vocabulary";
import { ANSWERS_MIN, type CountedRequest, FAST_MS, quantile, statsOf, SUGGESTED_MIN } from "./stats.ts";

const NOON = 1_700_000_000_000;
const user = (name: string): UserId => name as UserId;

function asked(over: Partial<CountedRequest> = {}): CountedRequest {
  return {
    status: "consumed",
    tool: "fs/write",
    action: "sha256:1",
    policies: ["hold-writes"],
    requestedAt: NOON,
    answers: [{ by: user("ann"), isYes: true, at: NOON + 10_000, shownAt: NOON }],
    isDrill: false,
    isTainted: false,
    isGrantable: true,
    ...over,
  };
}
const many = (count: number, over: Partial<CountedRequest> = {}): CountedRequest[] =>
  Array.from({ length: count }, () => asked(over));
const stats = (requests: readonly CountedRequest[]) => statsOf({ requests, cards: [], days: 30 });
const answer = (afterMs: number, isYes = true, by = "ann") => ({
  by: user(by),
  isYes,
  at: NOON + afterMs,
  shownAt: NOON,
});

test("of nothing, nothing is said", () => {
  expect(stats([])).toMatchObject({
    requests: 0,
    medianMs: null,
    p90Ms: null,
    approvalRate: null,
    answers: 0,
  });
});

test("statuses, rate and time to decide; what nobody decided counts for neither", () => {
  const of = stats([
    asked({ answers: [answer(1_000)] }),
    asked({ status: "approved", answers: [answer(5_000)] }),
    asked({ status: "denied", answers: [answer(60_000, false)] }),
    asked({ status: "expired", answers: [] }),
    asked({ status: "withdrawn", answers: [] }),
    asked({ status: "requested", answers: [answer(2_000)] }),
  ]);
  expect(of).toMatchObject({ requests: 6, approved: 2, denied: 1, expired: 1, withdrawn: 1, open: 1 });
  expect([of.medianMs, of.p90Ms, of.approvalRate]).toEqual([5_000, 60_000, 2 / 3]);
  expect([of.answers, of.fast]).toEqual([4, 2]);
});

test.each([
  [[], 0.5, null],
  [[7], 0.9, 7],
  [[1, 2, 3, 4], 0.5, 2],
  [[4, 3, 2, 1], 0.9, 4],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
])("the quantile of %j at %f is %s", (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected);
});

test("fast is from when it could be read, and not from when it was asked", () => {
  const late = { by: user("ann"), isYes: true, at: NOON + 60_000, shownAt: NOON + 59_000 };
  const slow = { ...late, shownAt: NOON + 60_000 - FAST_MS };
  expect(stats([asked({ answers: [late] }), asked({ answers: [slow] })]).fast).toBe(1);
});

test("repeats per tool: the same call asked for again", () => {
  const of = stats([asked(), asked(), asked({ action: "sha256:2" }), asked({ tool: "fs/move" })]);
  expect(of.tools).toMatchObject([
    { tool: "fs/write", requests: 3, repeats: 1 },
    { tool: "fs/move", requests: 1, repeats: 0 },
  ]);
});

test("cards per approver and day", () => {
  const cards = Array.from({ length: 60 }, () => ({ to: user("ann"), at: NOON }));
  expect(statsOf({ requests: [], cards, days: 30 }).approvers).toMatchObject([
    { user: "ann", cardsPerDay: 2 },
  ]);
});

describe("warnings", () => {
  test.each<[string, CountedRequest[], readonly string[]]>([
    ["yes to every one of enough", many(ANSWERS_MIN), ["always-yes"]],
    ["too few to say", many(ANSWERS_MIN - 1), []],
    [
      "one no among them",
      [...many(ANSWERS_MIN), asked({ status: "denied", answers: [answer(9_000, false)] })],
      [],
    ],
    [
      "a quarter in no time",
      [
        ...many(5, { answers: [answer(FAST_MS - 1)] }),
        ...many(14),
        asked({ status: "denied", answers: [answer(9_000, false)] }),
      ],
      ["fast"],
    ],
    ["a drill approved", [asked({ isDrill: true, answers: [answer(9_000)] })], ["drill-approved"]],
    ["a drill denied", [asked({ isDrill: true, answers: [answer(9_000, false)] }), asked()], []],
  ])("%s", (_name, requests, expected) => {
    const ann = stats(requests).approvers.find((one) => one.user === "ann");
    expect(ann?.warnings).toEqual(expected);
  });
});

describe("suggestions", () => {
  test.each<[string, CountedRequest[], readonly string[] | null]>([
    ["approved each time", many(SUGGESTED_MIN), ["fs/write"]],
    ["too seldom", many(SUGGESTED_MIN - 1), []],
    ["one no", [...many(SUGGESTED_MIN), asked({ status: "denied" })], []],
    [
      "one no to something tainted",
      [...many(SUGGESTED_MIN), asked({ status: "denied", isTainted: true })],
      [],
    ],
    ["never from tainted traffic (T18)", many(SUGGESTED_MIN + 9, { isTainted: true }), []],
    [
      "tainted ones do not make up the number",
      [...many(SUGGESTED_MIN - 1), ...many(9, { isTainted: true })],
      [],
    ],
    ["never for what may not be granted", many(SUGGESTED_MIN, { isGrantable: false }), []],
    ["drills are no requests", many(SUGGESTED_MIN, { isDrill: true }), null],
  ])("%s", (_name, requests, expected) => {
    expect(stats(requests).rules[0]?.suggestedFor ?? null).toEqual(expected);
  });
});

test("drills are counted apart", () => {
  const of = stats([
    asked({ isDrill: true, status: "denied", answers: [answer(1, false)] }),
    asked({ isDrill: true, status: "withdrawn", answers: [answer(1, true)] }),
    asked({ isDrill: true, status: "expired", answers: [] }),
  ]);
  expect(of.drills).toEqual({ asked: 3, denied: 1, approved: 1, unanswered: 1 });
  expect([of.requests, of.answers, of.fast]).toEqual([0, 0, 0]);
});

test("every real request is counted once, under its status and under its tool", () => {
  const one = fc.record({
    status: fc.constantFrom<ApprovalStatus>(
      "requested",
      "approved",
      "denied",
      "expired",
      "withdrawn",
      "consumed",
    ),
    tool: fc.constantFrom("a/b", "c/d"),
    isDrill: fc.boolean(),
    isTainted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), (drawn) => {
      const of = stats(drawn.map((over) => asked(over)));
      const real = drawn.filter(({ isDrill }) => !isDrill).length;
      expect(of.approved + of.denied + of.expired + of.withdrawn + of.open).toBe(real);
      expect(of.tools.reduce((sum, { requests }) => sum + requests, 0)).toBe(real);
      expect(of.requests + of.drills.asked).toBe(drawn.length);
    }),
  );
});
