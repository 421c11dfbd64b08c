import { describe, expect, test } from "vitest";
import { bindingDigest, consumable, consume, decideOn, request, type Saying } from "#approvals";
import { digestOf } from "#base";
import { decide } from "#policy";
import type { Approval, ApprovalBinding, ApprovalId, UserId } from "#vocabulary";
import { ask, compiled, NOTES } from "../samples/policy.ts";

// T10: what an approval is good for is what was shown. Each part is changed after the tap.
const NOW = 1_700_000_000_000;
const TEXT = `@id("open") permit (principal, action, resource);
@id("look") @hold("admins") forbid (principal, action in Doorward::Action::"write", resource);`;

const set = compiled(TEXT);
const question = ask({ name: "create_directory", effects: ["write"], values: { path: "/tmp/shown" } });
const verdict = decide(set, question);
const held = verdict.kind === "hold" ? verdict : null;

const bind = (asked = question, policySet = verdict.policySet): ApprovalBinding => ({
  action: digestOf(JSON.parse(JSON.stringify(asked.action))),
  session: "ses_1",
  credential: "key_1",
  chain: "sha256:04",
  agents: "sha256:05",
  tool: "sha256:01",
  server: "sha256:02",
  labels: "sha256:03",
  policySet,
  policies: held?.grounds.map((ground) => ground.policy) ?? [],
});

const admin = { user: "usr_9" as UserId, groups: [], roles: ["admin" as const] };
const yes: Saying = { by: admin.user, answer: "approve", at: NOW, via: "cli", note: null, from: null };

function approved(): Approval {
  const asked = request({
    id: "apr_1" as ApprovalId,
    binding: bind(),
    groups: held?.groups ?? [],
    expiresAfterMs: held?.expiresAfterMs ?? 0,
    now: NOW,
  });
  const decided = decideOn(asked, yes, { approvers: [admin], owners: [] }, NOW);
  if (decided.kind !== "decided") throw new Error("decided expected");
  return decided.approval;
}

const other = ask({ name: "create_directory", effects: ["write"], values: { path: "/tmp/other" } });

describe("T10: an approval is for what was shown, once", () => {
  test("untouched, it permits the action, one time", () => {
    const approval = approved();
    expect(consumable(approval, bind(), NOW + 1)).toBeNull();
    const lift = { policySet: approval.binding.policySet, policies: approval.binding.policies };
    expect(decide(set, question, lift).kind).toBe("allow");
    const used = consume(approval, bind(), NOW + 1);
    expect(consume(used as Approval, bind(), NOW + 1)).toMatchObject({ code: "approval_closed" });
  });

  test.each<[string, ApprovalBinding]>([
    ["another argument", bind(other)],
    ["another session", { ...bind(), session: "ses_2" }],
    ["another credential", { ...bind(), credential: "key_2" }],
    ["another chain of principals", { ...bind(), chain: "sha256:ff" }],
    ["another version of an agent", { ...bind(), agents: "sha256:ff" }],
    ["a changed tool", { ...bind(), tool: "sha256:ff" }],
    ["a changed server", { ...bind(), server: "sha256:ff" }],
    ["other labels", { ...bind(), labels: "sha256:ff" }],
    ["a changed policy set", bind(question, compiled(`${TEXT}\n`).digest)],
    ["fewer policies", { ...bind(), policies: [] }],
  ])("%s: it permits nothing", (_name, binding) => {
    expect(consumable(approved(), binding, NOW + 1)).toMatchObject({ code: "approval_mismatch" });
    expect(bindingDigest(binding)).not.toBe(bindingDigest(bind()));
  });

  test("a policy added after the tap holds or denies as it says, whatever was approved before", () => {
    const { binding } = approved();
    const lift = { policySet: binding.policySet, policies: binding.policies };
    const stricter = compiled(`${TEXT} @id("never") forbid (principal, action, resource);`);
    expect(decide(stricter, question, lift).kind).toBe("deny");
    expect(decide(compiled(`${TEXT} `), question, lift).kind).toBe("hold");
  });

  test("it lends a decision, never rights: without a permit there is nothing to lift", () => {
    const bare = compiled('@id("look") @hold("admins") forbid (principal, action, resource);');
    expect(decide(bare, question, { policySet: bare.digest, policies: bind().policies }).kind).toBe("deny");
  });
});

test("T2: no agent answers for anyone", () => {
  const asked = { ...approved(), status: "requested" as const, decisions: [] };
  const agent: Saying = { ...yes, by: NOTES.id as UserId };
  expect(decideOn(asked, agent, { approvers: [admin], owners: [] }, NOW)).toMatchObject({
    code: "approver_not_eligible",
  });
});
