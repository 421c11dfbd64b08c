import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type {
  Approval,
  ApprovalBinding,
  ApprovalId,
  Decision,
  Hold,
  PolicyId,
  Role,
  UserId,
} from "#vocabulary";
import {
  type Approver,
  bindingDigest,
  consumable,
  consume,
  decideOn,
  denyIfUnreachable,
  expire,
  missingGroups,
  request,
  type Saying,
  unreachableGroups,
  withdraw,
} from "./index.ts";

const NOON = 1_700_000_000_000;
const HOUR = 3_600_000;

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
  policies: ["hold-writes", "hold-money"] as PolicyId[],
};
const asked = (groups: string[]): Approval =>
  request({ id: "apr_1" as ApprovalId, binding, groups, expiresAfterMs: HOUR, now: NOON });
const person = (user: string, groups: string[], roles: Role[] = []): Approver => ({
  user: user as UserId,
  groups,
  roles,
});
const says = (by: string, answer: Decision["answer"] = "approve"): Saying => ({
  by: by as UserId,
  answer,
  at: NOON,
  via: "cli",
  note: null,
  from: null,
});
const ann = person("ann", ["finance"]);
const bob = person("bob", ["security"]);
const both = person("eve", ["finance", "security"]);
const root = person("root", [], ["admin"]);
const crowd = { approvers: [ann, bob, both, root], owners: ["ann" as UserId] };

describe("answers", () => {
  test.each<[string, string[], Saying, string]>([
    ["a member of the one group", ["finance"], says("ann"), "approved"],
    ["someone in every group at once", ["finance", "security"], says("eve"), "approved"],
    ["one of two groups", ["finance", "security"], says("ann"), "recorded"],
    ["a no from one of two groups", ["finance", "security"], says("bob", "deny"), "denied"],
    ["an admin for the group admins", ["admins"], says("root"), "approved"],
    ["an admin for another group", ["finance"], says("root"), "approver_not_eligible"],
    ["a stranger's yes", ["finance"], says("mallory"), "approver_not_eligible"],
    ["a stranger's no", ["finance"], says("mallory", "deny"), "approver_not_eligible"],
    ["an agent's id is no user", ["admins"], says("agt_1"), "approver_not_eligible"],
    ["the owner, where other eyes are asked for", ["finance, not-owner"], says("ann"), "approver_is_owner"],
    ["another, where other eyes are asked for", ["finance, not-owner"], says("eve"), "approved"],
    ["the owner, where nothing is asked", ["finance"], says("ann"), "approved"],
    ["an option not known here asks for more", ["finance, sober"], says("ann"), "approver_is_owner"],
  ])("%s", (_name, groups, decision, expected) => {
    const decided = decideOn(asked(groups), decision, crowd, NOON + 1);
    const outcome = {
      refused: () => (decided.kind === "refused" ? decided.code : ""),
      recorded: () => "recorded",
      decided: () => (decided.kind === "decided" ? decided.approval.status : ""),
    }[decided.kind]();
    expect(outcome).toBe(expected);
  });

  test("two groups need two people, and an answer counts only while its giver is in the group", () => {
    const first = decideOn(asked(["finance", "security"]), says("ann"), crowd, NOON);
    if (first.kind !== "recorded") throw new Error("recorded expected");
    expect(first.missing).toEqual(["security"]);
    expect(decideOn(first.approval, says("bob"), crowd, NOON)).toMatchObject({
      kind: "decided",
      approval: { status: "approved" },
    });
    const annLeft = { ...crowd, approvers: [bob, person("ann", [])] };
    expect(decideOn(first.approval, says("bob"), annLeft, NOON)).toMatchObject({
      kind: "recorded",
      missing: ["finance"],
    });
  });

  test("nobody says yes twice, but a yes may be taken back", () => {
    const first = decideOn(asked(["finance", "security"]), says("ann"), crowd, NOON);
    if (first.kind !== "recorded") throw new Error("recorded expected");
    expect(decideOn(first.approval, says("ann"), crowd, NOON)).toMatchObject({ code: "approval_repeated" });
    expect(decideOn(first.approval, says("ann", "deny"), crowd, NOON)).toMatchObject({
      approval: { status: "denied" },
    });
  });

  test.each(["approved", "denied", "expired", "withdrawn", "consumed"] as const)(
    "%s takes no more answers",
    (status) => {
      expect(decideOn({ ...asked(["finance"]), status }, says("ann"), crowd, NOON)).toMatchObject({
        code: "approval_closed",
      });
    },
  );

  test("whatever is answered in whatever order, approved means that every group had a yes and nobody said no", () => {
    const people = [ann, bob, both, root, person("mallory", [])];
    const answers = fc.array(
      fc.tuple(fc.constantFrom(...people), fc.constantFrom<Decision["answer"]>("approve", "deny")),
      { maxLength: 6 },
    );
    const groups = fc.uniqueArray(
      fc.constantFrom("finance", "security", "admins", "finance, not-owner", "security, not-owner"),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(answers, groups, (list, wanted) => {
        const parties = { ...crowd, approvers: people };
        let approval = asked(wanted);
        for (const [who, answer] of list) {
          const decided = decideOn(approval, says(who.user, answer), parties, NOON);
          if (decided.kind !== "refused") approval = decided.approval;
        }
        const denied = approval.decisions.some((one) => one.answer === "deny");
        const isComplete = missingGroups(approval, parties, NOON).length === 0;
        expect(approval.status).toBe(denied ? "denied" : isComplete ? "approved" : "requested");
      }),
    );
  });
});

describe("time", () => {
  test("an answer at the last millisecond counts, and at the expiry does not", () => {
    expect(decideOn(asked(["finance"]), says("ann"), crowd, NOON + HOUR - 1).kind).toBe("decided");
    expect(decideOn(asked(["finance"]), says("ann"), crowd, NOON + HOUR)).toMatchObject({
      code: "approval_expired",
    });
  });

  test("what has expired stays expired when the clock jumps back", () => {
    const expired = expire(asked(["finance"]), NOON + HOUR);
    if (expired === null) throw new Error("expired expected");
    expect(decideOn(expired, says("ann"), crowd, NOON)).toMatchObject({ code: "approval_closed" });
    expect(expire(expired, NOON + 2 * HOUR)).toBeNull();
    expect(expire(asked(["finance"]), NOON)).toBeNull();
  });
});

describe("use", () => {
  const approved: Approval = { ...asked(["finance"]), status: "approved" };

  test("once, and for exactly what it is bound to", () => {
    const used = consume(approved, { ...binding, policies: binding.policies.toReversed() }, NOON);
    expect(used).toMatchObject({ status: "consumed" });
    expect(consume(used as Approval, binding, NOON)).toMatchObject({ code: "approval_closed" });
    expect(consumable(approved, binding, NOON)).toBeNull();
    expect(consumable(approved, binding, NOON + HOUR)).toMatchObject({ code: "approval_expired" });
    expect(consumable(asked(["finance"]), binding, NOON)).toMatchObject({ code: "approval_closed" });
  });

  test("withdrawn while open, and then good for nothing", () => {
    const gone = withdraw(approved);
    expect(gone).toMatchObject({ status: "withdrawn" });
    expect(consumable(gone as Approval, binding, NOON)).toMatchObject({ code: "approval_closed" });
    expect(withdraw(gone as Approval)).toMatchObject({ code: "approval_closed" });
  });

  test("each field of the binding matters", () => {
    const changed: Partial<ApprovalBinding>[] = [
      { action: "sha256:ff" },
      { session: "ses_2" },
      { credential: "key_2" },
      { chain: "sha256:ff" },
      { agents: "sha256:ff" },
      { tool: null },
      { server: "sha256:ff" },
      { labels: "sha256:ff" },
      { policySet: "sha256:ff" },
      { policies: ["hold-writes"] as PolicyId[] },
    ];
    for (const over of changed) {
      expect(consumable(approved, { ...binding, ...over }, NOON)).toMatchObject({
        code: "approval_mismatch",
      });
    }
    const digests = new Set(
      [binding, ...changed.map((over) => ({ ...binding, ...over }))].map(bindingDigest),
    );
    expect(digests.size).toBe(changed.length + 1);
    expect(Object.keys(binding)).toHaveLength(changed.length);
  });
});

describe("reach", () => {
  const hold: Hold = {
    kind: "hold",
    policySet: "sha256:05",
    grounds: [{ policy: "hold-writes" as PolicyId, reason: "Writes wait." }],
    groups: ["finance, not-owner", "security"],
    reason: "Agent notes waits.",
    remedy: "Wait.",
    expiresAfterMs: HOUR,
  };

  test("a hold that somebody can answer stays a hold", () => {
    expect(denyIfUnreachable(hold, crowd)).toBe(hold);
    expect(unreachableGroups(hold, crowd)).toEqual([]);
  });

  test("a hold whose only approver is the owner who may not answer is a deny that says so", () => {
    const verdict = denyIfUnreachable(hold, { ...crowd, approvers: [ann, bob] });
    expect(verdict).toMatchObject({ kind: "deny", code: "no_approver" });
    expect(verdict.reason).toContain('group "finance" other than the agent\'s owner');
  });

  test("no people at all: deny", () => {
    expect(denyIfUnreachable({ ...hold, groups: ["admins"] }, { approvers: [], owners: [] }).kind).toBe(
      "deny",
    );
  });
});
