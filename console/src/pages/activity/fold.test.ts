import fc from "fast-check";
import { expect, test } from "vitest";
import { type ActionRow, fold } from "./fold.ts";
import { sampleEvent as event } from "./sample-event.ts";

const HELD = [
  event(1, { kind: "verdict", verdict: "hold", policies: ["hold-mail"], approval: "apr_1" }),
  event(2, { kind: "approval.requested", approval: "apr_1" }),
  event(3, { kind: "approval.decided", status: "approved" }),
  event(4, { kind: "intent", verdict: "allow", policies: ["mail-is-fine"] }),
  event(5, {
    kind: "outcome",
    decided: "allow",
    status: "ok",
    durationMs: 31,
    usage: { inputTokens: 4, outputTokens: null },
  }),
];

test("whatever the order, and told twice, an action's entries come to the same row", () => {
  const orders = fc.shuffledSubarray([...HELD, ...HELD], { minLength: HELD.length * 2 });
  fc.assert(
    fc.property(orders, (events) => {
      const row = events.reduce<ActionRow | undefined>(fold, undefined);
      expect(row).toMatchObject({
        firstIndex: 1,
        at: "2026-11-21T12:00:01.000Z",
        verdict: "allow",
        policies: ["mail-is-fine"],
        approval: "apr_1",
        status: "ok",
        durationMs: 31,
        tokens: 4,
      });
    }),
  );
});

test("an ending alone says what was decided; who decided and by which rule comes with its decision", () => {
  const [, , , , ending = event(5, {})] = HELD;
  const alone = fold(undefined, ending);
  expect(alone).toMatchObject({ verdict: "allow", policies: [], status: "ok" });
  expect(HELD.slice(0, 4).reduce<ActionRow>(fold, alone)).toMatchObject({
    verdict: "allow",
    policies: ["mail-is-fine"],
  });
});

test.each([
  ["approval.expired", "expired"],
  ["approval.withdrawn", "withdrawn"],
] as const)("a hold that ends by %s says so", (kind, status) => {
  const held = fold(undefined, HELD[0] ?? event(1, {}));
  expect(fold(held, event(6, { kind }))).toMatchObject({ verdict: "hold", status });
});
