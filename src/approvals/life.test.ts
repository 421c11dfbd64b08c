import fc from "fast-check";
import { expect, test } from "vitest";
import type { Approval, ApprovalBinding, ApprovalId, ApprovalStatus, PolicyId, UserId } from "#vocabulary";
import {
  consume,
  decideOn,
  expire,
  type Parties,
  request,
  type Saying,
  see,
  tally,
  withdraw,
} from "./index.ts";

// The whole life of a request as a machine: whatever happens in whatever order, it is decided once, released once, and
// never comes back from an end.
const NOON = 1_700_000_000_000;
const HOUR = 3_600_000;
const USERS = ["ann", "bob", "lea", "zed"] as [UserId, UserId, UserId, UserId];

const binding: ApprovalBinding = {
  action: "sha256:01",
  session: "ses_1",
  credential: "key_1",
  chain: "sha256:06",
  agents: "sha256:07",
  tool: "sha256:02",
  server: "sha256:03",
  labels: "sha256:04",
  policySet: "sha256:05",
  policies: ["hold-money"] as PolicyId[],
};
const [ann, bob, lea, zed] = USERS;
const parties: Parties = {
  approvers: [
    { user: ann, groups: ["finance"], roles: [] },
    { user: bob, groups: ["finance"], roles: [] },
    { user: lea, groups: ["leads"], roles: [] },
    { user: zed, groups: [], roles: [] },
  ],
  owners: [bob],
  duties: [{ user: ann, group: null, to: zed, from: NOON, until: NOON + HOUR }],
};
const born = (lines: readonly string[]): Approval =>
  request({
    id: "apr_1" as ApprovalId,
    binding,
    groups: lines,
    escalation: lines.map((of) => ({ of, steps: [{ afterMs: HOUR / 4, group: "leads" }] })),
    glass: ["leads"],
    expiresAfterMs: HOUR,
    now: NOON,
  });

const who = fc.constantFrom(...USERS);
const event = fc.oneof(
  fc.record({
    kind: fc.constant("answered"),
    by: who,
    answer: fc.constantFrom<Saying["answer"]>("approve", "deny", "break-glass"),
  }),
  fc.record({ kind: fc.constant("seen"), by: who }),
  fc.record({ kind: fc.constant("expired") }),
  fc.record({ kind: fc.constant("withdrawn") }),
  fc.record({ kind: fc.constant("consumed"), isSame: fc.boolean() }),
);
type Event = Parameters<Parameters<typeof event.map>[0]>[0];

/** The request after an event; the same one where the event is refused or says nothing new. */
function after(approval: Approval, one: Event, now: number): Approval {
  if (one.kind === "expired") return expire(approval, now) ?? approval;
  const next = (): object | null => {
    if ("answer" in one) {
      const { by, answer } = one;
      const said = decideOn(
        approval,
        { by, answer, at: now, via: "cli", note: null, from: null },
        parties,
        now,
      );
      return said.kind === "refused" ? said : said.approval;
    }
    if ("by" in one) return see(approval, { by: one.by, at: now, via: "cli" }, parties);
    if (one.kind === "withdrawn") return withdraw(approval);
    const released = "isSame" in one && one.isSame ? binding : { ...binding, agents: "sha256:ff" as const };
    return consume(approval, released, now);
  };
  const given = next();
  return given === null || "kind" in given ? approval : (given as Approval);
}

/** Which states may follow one. */
const WAYS: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  requested: ["requested", "approved", "denied", "expired", "withdrawn"],
  approved: ["approved", "expired", "withdrawn", "consumed"],
  denied: ["denied"],
  expired: ["expired"],
  withdrawn: ["withdrawn"],
  consumed: ["consumed"],
};

const lines = fc.uniqueArray(fc.constantFrom("finance", "finance, 2", "finance, not-owner", "leads"), {
  minLength: 1,
});
const moments = fc.array(fc.tuple(event, fc.integer({ min: 0, max: HOUR * 1.2 })), { maxLength: 14 });

test("no sequence of events releases twice, decides twice, or goes back from an end, whatever the clock does", () => {
  fc.assert(
    fc.property(lines, moments, (wanted, list) => {
      let approval = born(wanted);
      const passed: ApprovalStatus[] = [];
      for (const [one, afterMs] of list) {
        const next = after(approval, one, NOON + afterMs);
        expect(WAYS[approval.status]).toContain(next.status);
        if (next.status !== approval.status) passed.push(next.status);
        expect(approval.status === "requested" || next.decisions === approval.decisions).toBe(true);
        approval = next;
      }
      expect(new Set(passed).size).toBe(passed.length);
      expect(passed.filter((status) => status === "consumed").length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

test("what is released had every yes that was asked for, or glass that somebody of the right group broke", () => {
  fc.assert(
    fc.property(lines, moments, (wanted, list) => {
      let approval = born(wanted);
      const wrong: Approval[] = [];
      for (const [one, afterMs] of list) {
        const next = after(approval, one, NOON + afterMs);
        if (approval.status === "requested" && next.status === "approved") {
          const last = next.decisions.at(-1);
          const isMet = tally(next, parties, NOON + afterMs).every(({ count, met }) => met >= count);
          const isRight = last?.answer === "break-glass" ? last.by === lea : isMet;
          if (!isRight || next.decisions.some(({ answer }) => answer === "deny")) wrong.push(next);
        }
        approval = next;
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("each of those who may answer is seen once, and only while it waits", () => {
  const approval = born(["finance"]);
  const seen = see(approval, { by: ann, at: NOON, via: "cli" }, parties);
  expect(seen?.seen).toEqual([{ by: ann, at: NOON, via: "cli" }]);
  expect(see(seen as Approval, { by: ann, at: NOON + 1, via: "console" }, parties)).toBeNull();
  expect(see(approval, { by: lea, at: NOON, via: "cli" }, parties)).toBeNull();
  expect(see(approval, { by: lea, at: NOON + HOUR / 2, via: "cli" }, parties)).not.toBeNull();
  expect(see({ ...approval, status: "denied" }, { by: ann, at: NOON, via: "cli" }, parties)).toBeNull();
});
