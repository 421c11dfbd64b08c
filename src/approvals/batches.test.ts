import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApprovalId, Effect, FlowEffect } from "#vocabulary";
import { BATCH_ITEMS_MAX, batched, type WaitingRequest } from "./batches.ts";
import { byRisk, gravityOf } from "./risk.ts";

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

function waiting(id: string, over: Partial<WaitingRequest> = {}): WaitingRequest {
  return {
    id: `apr_${id}` as ApprovalId,
    session: "ses_1",
    action: `sha256:${id}`,
    effect: "write",
    effects: ["write"],
    doubts: 0,
    requestedAt: NOW,
    expiresAt: NOW + HOUR,
    ...over,
  };
}
const idsOf = (open: readonly WaitingRequest[]): string[][] =>
  batched(open, NOW).map(({ items }) => items.map(({ request }) => request.id));

describe("risk", () => {
  test.each<[string, FlowEffect, FlowEffect]>([
    ["running commands before destroying", "execute", "destroy"],
    ["money before sending", "money", "send"],
    ["what nobody reviewed before sending", "unknown", "send"],
    ["sending before fetching", "send", "fetch"],
    ["fetching before writing", "fetch", "write"],
    ["writing before reading", "write", "read"],
  ])("%s", (_name, graver, lesser) => {
    const [one, other] = [graver, lesser].map((effect) => ({ effect, effects: [], doubts: 0 }));
    if (one === undefined || other === undefined) throw new Error("two expected");
    expect(byRisk(one, other)).toBeLessThan(0);
    expect(byRisk(other, one)).toBeGreaterThan(0);
  });

  test("a value that nothing names comes before any effect, and more of them before fewer", () => {
    const doubted = { effect: "read" as const, effects: [], doubts: 1 };
    expect(byRisk(doubted, { effect: "execute", effects: [], doubts: 0 })).toBeLessThan(0);
    expect(byRisk({ ...doubted, doubts: 2 }, doubted)).toBeLessThan(0);
  });

  test.each<[Effect, number]>([
    ["destructive", 8],
    ["outbound", 6],
    ["write", 2],
    ["read", 1],
  ])("without a manifest, %s counts by itself", (effect, gravity) => {
    expect(gravityOf({ effect: null, effects: [effect], doubts: 0 })).toBe(gravity);
  });
});

describe("batches", () => {
  test("requests of one session wait on one card, the gravest first; another session has its own", () => {
    const open = [
      waiting("1"),
      waiting("2", { effect: "money" }),
      waiting("3", { session: "ses_2", effect: "send" }),
      waiting("4", { doubts: 1 }),
    ];
    expect(idsOf(open)).toEqual([["apr_4", "apr_2", "apr_1"], ["apr_3"]]);
  });

  test("what has expired waits no more", () => {
    expect(idsOf([waiting("1", { expiresAt: NOW }), waiting("2")])).toEqual([["apr_2"]]);
    expect(batched([waiting("1", { expiresAt: NOW })], NOW)).toEqual([]);
  });

  test("two identical calls stand together, are numbered, and stay two", () => {
    const same = { action: "sha256:same" };
    const [batch] = batched([waiting("1", same), waiting("2", { effect: "read" }), waiting("3", same)], NOW);
    expect(batch?.items.map(({ request, identical }) => [request.id, identical])).toEqual([
      ["apr_1", { nth: 1, of: 2 }],
      ["apr_3", { nth: 2, of: 2 }],
      ["apr_2", null],
    ]);
  });

  test("what fits on no card goes on the next", () => {
    const open = Array.from({ length: BATCH_ITEMS_MAX + 1 }, (_none, at) => waiting(String(10 + at)));
    expect(batched(open, NOW).map(({ items }) => items.length)).toEqual([BATCH_ITEMS_MAX, 1]);
  });

  test("every open request stands on exactly one card, whatever the order they come in", () => {
    const effects = fc.constantFrom<FlowEffect>("read", "write", "send", "execute");
    const one = fc.record({
      session: fc.constantFrom("ses_1", "ses_2", "ses_3"),
      action: fc.constantFrom("sha256:1", "sha256:2", "sha256:3"),
      effect: effects,
      doubts: fc.integer({ min: 0, max: 2 }),
      expiresAt: fc.constantFrom(NOW - 1, NOW + 1, NOW + HOUR),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (drawn) => {
        const open = drawn.map((over, at) => waiting(String(at), over));
        const cards = idsOf(open);
        const live = open.filter((request) => request.expiresAt > NOW).map(({ id }) => id as string);
        expect(cards.flat().toSorted()).toEqual(live.toSorted());
        expect(idsOf(open.toReversed())).toEqual(cards);
        for (const { items, session } of batched(open, NOW)) {
          expect(items.every(({ request }) => request.session === session)).toBe(true);
          expect(items.length).toBeLessThanOrEqual(BATCH_ITEMS_MAX);
        }
      }),
    );
  });
});
