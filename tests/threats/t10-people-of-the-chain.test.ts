import { describe, expect, test } from "vitest";
import type { AgentFacts, PrincipalFacts } from "#policy";
import type { AgentId, DelegationId, Identity, UserId } from "#vocabulary";
import type { Attempt } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { attemptBy, house, kinds } from "../faults/road-harness.ts";

// T10: an approval is for this chain of principals and for these versions of its agents. Each is changed after the tap.
const AGENT: AgentFacts = {
  type: "Agent",
  id: "agt_1",
  name: "mailbot",
  owner: "usr_1",
  grantedTools: ["fs/write", "fs/read"],
};
const lent: Partial<Identity> = {
  chain: { user: "usr_7" as UserId, agents: ["agt_1" as AgentId] },
  delegations: ["dlg_1" as DelegationId],
};

/** Asks with one agent, has it approved, and asks again with what `changed` makes of it. */
async function approvedAndThen(
  changed: { readonly facts?: Partial<AgentFacts>; readonly identity?: Partial<Identity> },
  asks: Partial<Identity> = {},
) {
  let principals: readonly PrincipalFacts[] = [AGENT];
  const own = house({ principals: () => principals });
  const attempt = (over: Partial<Identity> = {}): Attempt => {
    const made = attemptBy(own.ambient, { principals });
    return { ...made, identity: { ...made.identity, ...asks, ...over } };
  };
  const road = createRoad(own.outside);
  const first = await road.travel(attempt(), own.asker, own.forward);
  own.decideApproval("approved");
  principals = [{ ...AGENT, ...changed.facts }];
  const second = await road.travel(attempt(changed.identity), own.asker, own.forward);
  return { ends: [first.kind, second.kind], sent: own.sent.length };
}

describe("T10: changed after the tap, the approval is for something else", () => {
  test.each<[string, Parameters<typeof approvedAndThen>]>([
    ["the agent's owner", [{ facts: { owner: "usr_2" } }]],
    ["the agent's name", [{ facts: { name: "postbot" } }]],
    ["what the agent was granted", [{ facts: { grantedTools: ["fs/write", "fs/read", "fs/delete"] } }]],
    ["the agent's stage, folders or dialects", [{ facts: { version: "sha256:ff" } }]],
    [
      "the user it is done for",
      [{ identity: { ...lent, chain: { user: "usr_8" as UserId, agents: ["agt_1" as AgentId] } } }, lent],
    ],
    ["the delegation", [{ identity: { ...lent, delegations: ["dlg_2" as DelegationId] } }, lent]],
    [
      "an agent in between",
      [{ identity: { chain: { user: null, agents: ["agt_2" as AgentId, "agt_1" as AgentId] } } }],
    ],
    ["a user where there was none", [{ identity: lent }]],
  ])("%s", async (_name, given) => {
    expect(await approvedAndThen(...given)).toEqual({ ends: ["held", "held"], sent: 0 });
  });

  test("nothing changed, but for the order of what was granted: it is released", async () => {
    const same = await approvedAndThen({ facts: { grantedTools: ["fs/read", "fs/write"] } });
    expect(same).toEqual({ ends: ["held", "result"], sent: 1 });
  });
});

describe("T10: while its caller waits", () => {
  test("an owner changed between the tap and the release: what was approved is withdrawn and asked for anew", async () => {
    let owner = "usr_1";
    const own = house({ principals: () => [{ ...AGENT, owner }] });
    let told = 0;
    const asker = {
      ...own.asker,
      waiting: () => {
        own.ambient.advance(10);
        told += 1;
        if (told > 1) return;
        own.decideApproval("approved");
        owner = "usr_2";
      },
    };
    const attempt = attemptBy(own.ambient, {
      principals: own.outside.principals(attemptBy(own.ambient).identity) ?? [],
    });
    expect((await createRoad(own.outside).travel(attempt, asker, own.forward)).kind).toBe("held");
    expect(kinds(own.journal)).toEqual([
      "verdict",
      "approval.requested",
      "approval.withdrawn",
      "verdict",
      "approval.requested",
    ]);
    expect(own.journal.kept[2]?.body).toMatchObject({ why: "agent_changed" });
    expect(own.sent).toEqual([]);
  });

  test("a policy that denies by now wins before anybody answered, and people are asked no more", async () => {
    const own = house();
    const changed = { ...own.outside, policySet: () => "sha256:0b" as const };
    own.decisions.push(
      {
        kind: "hold",
        policySet: own.outside.policySet(),
        grounds: [],
        groups: ["admins"],
        reason: "",
        remedy: "",
        expiresAfterMs: 60_000,
      },
      {
        kind: "deny",
        policySet: "sha256:0b",
        grounds: [],
        code: "policy_forbids",
        reason: "No.",
        remedy: "Ask.",
      },
    );
    const end = await createRoad(changed).travel(attemptBy(own.ambient), own.asker, own.forward);
    expect(end).toMatchObject({ kind: "refused", code: "policy_forbids" });
    expect(kinds(own.journal)).toEqual(["verdict", "approval.requested", "approval.withdrawn", "verdict"]);
  });
});

describe("a caller that says it does not wait any more", () => {
  test("keeps its request: clients cancel when they run out of time, and come back for what was approved meanwhile", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const cancelling = { ...own.asker, waiting: () => own.asking.abort() };
    expect((await road.travel(attemptBy(own.ambient), cancelling, own.forward)).kind).toBe("held");
    own.decideApproval("approved");
    const again = { ...own.asker, signal: new AbortController().signal };
    expect((await road.travel(attemptBy(own.ambient), again, own.forward)).kind).toBe("result");
    expect([kinds(own.journal).includes("approval.withdrawn"), own.sent.length]).toEqual([false, 1]);
  });
});
