import fc from "fast-check";
import { expect, test } from "vitest";
import { type ActionRow, type Event, fold } from "./fold.ts";

const event = (index: number, over: Partial<Event>): Event => ({
  index,
  at: `2026-11-21T12:00:0${index}.000Z`,
  kind: "intent",
  action: "act_1",
  agent: "mailbot",
  agentId: "agt_1",
  session: "ses_1",
  door: "mcp",
  verb: "tools/call",
  server: "mail",
  name: "send",
  effects: ["write"],
  verdict: null,
  code: null,
  policies: [],
  approval: null,
  status: null,
  durationMs: null,
  model: null,
  usage: null,
  ...over,
});

const HELD = [
  event(1, { kind: "verdict", verdict: "hold", policies: ["hold-mail"], approval: "apr_1" }),
  event(2, { kind: "approval.requested", approval: "apr_1" }),
  event(3, { kind: "approval.decided", status: "approved" }),
  event(4, { kind: "intent", verdict: "allow", policies: ["mail-is-fine"] }),
  event(5, { kind: "outcome", status: "ok", durationMs: 31, usage: { inputTokens: 4, outputTokens: null } }),
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
