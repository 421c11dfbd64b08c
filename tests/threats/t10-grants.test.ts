import { describe, expect, test } from "vitest";
import { grantDigest, type GrantedCall, grantLabels } from "#approvals";
import { canonicalJson, digestOf } from "#base";
import { manifestDigest, rolesByArgument, type ToolManifest } from "#flow";
import { NO_ORIGINS } from "#policy";
import type { FlowFacts, SessionId } from "#vocabulary";
import { type GrantsOutside, openGrants } from "../../src/gateway/grants.ts";
import { bindingOf } from "../../src/gateway/hold-request.ts";
import type { Attempt, RoadLimits } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { attemptBy, deny, hold, house, kinds, SET } from "../faults/road-harness.ts";

// T10: a yes for more than one call covers what it was given for, no more often and no longer, and nothing else. Each
// part is changed after it was given; nothing here is a mock of ours but the policy's answer and the upstream.

const MANIFEST: ToolManifest = {
  tool: "fs/write",
  effect: "write",
  roles: { path: "path", content: "content" },
  output: { integrity: "trusted" },
};
const FLOW: FlowFacts = {
  labelled: true,
  effect: "write",
  mandate: "attested",
  tainted: false,
  overflowed: false,
  asked: true,
  origins: { ...NO_ORIGINS, path: ["user"] },
  readers: "none",
  carries: [],
  doubts: [],
};

const AGENT = {
  type: "Agent" as const,
  id: "agt_1",
  name: "a",
  owner: "usr_1",
  grantedTools: [],
  version: digestOf("enforce"),
};

type House = ReturnType<typeof house>;

function writing(own: House, path: string, over: Partial<Attempt> = {}): Attempt {
  const base = attemptBy(own.ambient, { principals: [AGENT], ...over });
  const action = { ...base.action, arguments: { path, content: "x" } };
  return { flow: FLOW, ...base, action, digest: digestOf(action), text: canonicalJson(action) };
}

const run = (own: House, sql: string, ...values: (string | number | null)[]): void =>
  void own.store.connection.prepare(sql).run(...values);
const one = (own: House, sql: string) => own.store.connection.prepare(sql).get();

interface Terms {
  readonly scope?: "session" | "destination" | "pattern";
  readonly usesMax?: number;
  readonly lastsMs?: number;
  readonly limits?: Partial<RoadLimits>;
}

/** A house whose admin granted further calls of the kind of `writing(own, "/a")`. */
function granting({ scope = "session", usesMax = 3, lastsMs = 3_600_000, limits = {} }: Terms = {}) {
  const base = house({ principals: () => [AGENT] });
  const outside: GrantsOutside = {
    ambient: base.ambient,
    store: base.store,
    rows: base.outside.rows,
    manifestOf: () => MANIFEST,
  };
  const own = {
    ...base,
    outside: {
      ...base.outside,
      grants: openGrants(outside),
      limits: { ...base.outside.limits, holdWaitMs: 0, ...limits },
    },
  };
  const at = own.ambient.now();
  run(
    own,
    "INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES ('usr_9', 'ada', 'local', 'ada', '[\"admin\"]', '[]', 0)",
  );
  run(
    own,
    `INSERT INTO agents (id, name, owner_id, purpose, stage, granted_tools, created_at) VALUES ('agt_1', 'a', 'usr_9', '', 'enforce', '[]', 0)`,
  );
  run(
    own,
    "INSERT INTO sessions (id, agent_id, kind, opened_by, created_at) VALUES ('ses_1', 'agt_1', 'standing', 'usr_9', 0)",
  );
  run(
    own,
    "INSERT INTO policy_sets (digest, text, created_at, created_by, note) VALUES (?, '', 0, 'usr_9', '')",
    SET,
  );
  run(
    own,
    "INSERT INTO policy_activations (id, digest, activated_at, activated_by) VALUES ('act_0', ?, 0, 'usr_9')",
    SET,
  );
  const shown = writing(own, "/a");
  const choice = { scope, varies: scope === "pattern" ? ["path"] : [] };
  const call: GrantedCall = {
    action: shown.action,
    binding: bindingOf({ attempt: shown, verdict: hold }),
    effects: shown.facts.effects,
    flow: FLOW,
    roles: rolesByArgument(MANIFEST, shown.action.arguments),
    manifest: manifestDigest(MANIFEST),
  };
  run(
    own,
    `INSERT INTO approvals (id, action_id, status, action_digest, binding_digest, binding, groups, decisions, agent_id, agent_name,
      session_id, verb, server, target, effects, reason, requested_at, expires_at, delivered_at, version)
      VALUES ('apr_1', 'act_1', 'consumed', 'd', 'b', '{}', '[]', '[]', 'agt_1', 'a', 'ses_1', 'tools/call', 'fs', 'write', '[]', '', 0, 0, 0, 0)`,
  );
  run(
    own,
    `INSERT INTO grants (id, approval_id, scope, varies, binding_digest, policy_set, policies, labels, activation_id, agent_id,
      session_id, server, tool, granted_by, via, granted_at, expires_at, uses_max, used, last_used_at)
      VALUES ('gra_1', 'apr_1', ?, ?, ?, ?, ?, ?, 'act_0', 'agt_1', ?, 'fs', 'write', 'usr_9', 'cli', ?, ?, ?, 0, ?)`,
    scope,
    JSON.stringify(choice.varies),
    grantDigest(choice, call),
    SET,
    JSON.stringify(["writes-held"]),
    canonicalJson(grantLabels(FLOW)),
    scope === "session" ? "ses_1" : null,
    at,
    at + lastsMs,
    usesMax,
    at,
  );
  const road = createRoad(own.outside);
  const go = (attempt: Attempt) => road.travel(attempt, own.asker, own.forward);
  return { ...own, road, go };
}

describe("a call that a grant covers", () => {
  test("goes without a card, is counted, and its intent names the grant", async () => {
    const own = granting();
    expect((await own.go(writing(own, "/b"))).kind).toBe("result");
    expect(kinds(own.journal)).toEqual(["intent", "outcome:ok"]);
    expect(own.journal.kept[0]?.body).toMatchObject({ verdict: "allow", grant: "gra_1", approval: null });
    expect(one(own, "SELECT used, ended_at FROM grants")).toMatchObject({ used: 1, ended_at: null });
    expect(one(own, "SELECT nth, action_id FROM grant_uses")).toEqual({
      nth: 1,
      action_id: own.journal.kept[0]?.subject,
    });
  });

  test("however many come at once, no more go than were granted; the others wait for people", async () => {
    const own = granting({ usesMax: 3, limits: { openHoldsPerAgentMax: 100 } });
    const ends = await Promise.all(Array.from({ length: 20 }, (_none, at) => own.go(writing(own, `/${at}`))));
    expect(ends.filter((end) => end.kind === "result")).toHaveLength(3);
    expect(ends.filter((end) => end.kind === "held")).toHaveLength(17);
    expect(own.sent).toHaveLength(3);
    expect(one(own, "SELECT used, ended_why FROM grants")).toMatchObject({ used: 3, ended_why: "used-up" });
    expect(one(own, "SELECT COUNT(*) AS n FROM grant_uses")).toMatchObject({ n: 3 });
  });

  test("of several in one turn, those that are too many wait, and until then none goes", async () => {
    const own = granting({ usesMax: 1 });
    const party = {
      attempts: [writing(own, "/b"), writing(own, "/c")],
      asker: own.asker,
      canWait: () => true,
      beside: [],
      changed: () => null,
    };
    const held = await own.road.together(party);
    expect(held).toMatchObject({
      kind: "held",
      held: new Map([[1, expect.objectContaining({ kind: "held" })]]),
    });
    expect(one(own, "SELECT used FROM grants")).toMatchObject({ used: 0 });
    own.decideApproval("approved");
    const released = await own.road.together({
      ...party,
      attempts: [writing(own, "/b"), writing(own, "/c")],
    });
    expect(released.kind).toBe("released");
    expect(one(own, "SELECT used FROM grants")).toMatchObject({ used: 1 });
  });

  test("the very call that waits for an answer of its own is not overtaken by it", async () => {
    const own = granting();
    run(own, "UPDATE grants SET granted_at = granted_at + 5000, last_used_at = last_used_at + 5000");
    expect((await own.go(writing(own, "/b"))).kind).toBe("held");
    own.ambient.advance(6_000);
    expect((await own.go(writing(own, "/b"))).kind).toBe("held");
    expect((await own.go(writing(own, "/c"))).kind).toBe("result");
    own.decideApproval("approved");
    expect((await own.go(writing(own, "/b"))).kind).toBe("result");
    expect(own.sent).toHaveLength(2);
    expect(one(own, "SELECT used FROM grants")).toMatchObject({ used: 1 });
  });

  test("it opens nothing once its giver has no role that decides, whatever groups they are in", async () => {
    const own = granting();
    run(own, "UPDATE users SET roles = '[\"auditor\"]', groups = ?", JSON.stringify(hold.groups));
    expect((await own.go(writing(own, "/b"))).kind).toBe("held");
    expect(own.sent).toEqual([]);
  });

  test("it lifts what holds and nothing that forbids", async () => {
    const own = granting();
    own.decisions.push(deny);
    expect(await own.go(writing(own, "/b"))).toMatchObject({ kind: "refused", code: "no_permit" });
    own.decisions.push(hold, deny);
    expect((await own.go(writing(own, "/c"))).kind).toBe("held");
    expect(own.sent).toEqual([]);
  });
});

function onOtherServer(attempt: Attempt): Attempt {
  const destination = { ...attempt.action.destination, identity: digestOf("other") };
  return { ...attempt, action: { ...attempt.action, destination } };
}

describe("what it does not cover waits for a person", () => {
  test.each<[string, (attempt: Attempt) => Attempt]>([
    ["another session", (a) => ({ ...a, identity: { ...a.identity, session: "ses_2" as SessionId } })],
    ["another credential", (a) => ({ ...a, identity: { ...a.identity, credential: "key_2" } })],
    ["a changed tool", (a) => ({ ...a, facts: { ...a.facts, fingerprint: digestOf("changed") } })],
    ["another server behind the name", onOtherServer],
    ["an agent set up anew", (a) => ({ ...a, principals: [{ ...AGENT, version: digestOf("isolate") }] })],
    [
      "what others wrote",
      (a) => ({ ...a, flow: { ...FLOW, origins: { ...NO_ORIGINS, path: ["untrusted"] } } }),
    ],
    ["a session that read what others wrote", (a) => ({ ...a, flow: { ...FLOW, tainted: true } })],
    ["an effect that cannot be undone", (a) => ({ ...a, facts: { ...a.facts, effects: ["destructive"] } })],
    ["something that leaves", (a) => ({ ...a, flow: { ...FLOW, effect: "send" } })],
    ["values that nobody traced", ({ flow: _flow, ...a }) => a],
  ])("%s", async (_name, change) => {
    const own = granting();
    expect((await own.go(change(writing(own, "/b")))).kind).toBe("held");
    expect(own.sent).toEqual([]);
    expect(one(own, "SELECT used FROM grants")).toMatchObject({ used: 0 });
  });

  test("one of a destination does not go elsewhere, and one of a pattern has no other arguments than were named", async () => {
    const destination = granting({ scope: "destination" });
    expect((await destination.go(writing(destination, "/b"))).kind).toBe("held");
    expect((await destination.go(writing(destination, "/a"))).kind).toBe("result");
    const pattern = granting({ scope: "pattern" });
    const other = writing(pattern, "/b");
    const action = { ...other.action, arguments: { path: "/b", content: "y" } };
    expect((await pattern.go({ ...other, action, digest: digestOf(action) })).kind).toBe("held");
    expect((await pattern.go(writing(pattern, "/b"))).kind).toBe("result");
  });
});

describe("what ends it ends it at once", () => {
  test.each<[string, string]>([
    ["revoked", "UPDATE grants SET ended_at = 1, ended_why = 'revoked'"],
    ["its agent was", "UPDATE agents SET revoked_at = 1"],
    ["its session ended", "UPDATE sessions SET ended_at = 1"],
    ["its giver was disabled", "UPDATE users SET disabled_at = 1"],
    ["its giver may not answer any more", "UPDATE users SET roles = '[]'"],
    [
      "the same policy text was activated anew",
      "INSERT INTO policy_activations (id, digest, activated_at, activated_by) SELECT 'act_9', digest, 9, 'usr_9' FROM policy_sets",
    ],
  ])("%s", async (_name, sql) => {
    const own = granting();
    expect((await own.go(writing(own, "/b"))).kind).toBe("result");
    run(own, sql);
    expect((await own.go(writing(own, "/c"))).kind).toBe("held");
    expect(own.sent).toHaveLength(1);
  });

  test("between the decision and the record of the intent, too: nothing is sent", async () => {
    const own = granting();
    const { append } = own.journal;
    let isFirst = true;
    const road = createRoad({
      ...own.outside,
      journal: {
        append: (batch) => {
          if (isFirst) run(own, "UPDATE grants SET ended_at = 1, ended_why = 'revoked'");
          isFirst = false;
          return append(batch);
        },
      },
    });
    expect((await road.travel(writing(own, "/b"), own.asker, own.forward)).kind).toBe("held");
    expect(own.sent).toEqual([]);
  });

  test("what has expired stays expired when the clock goes back", async () => {
    const own = granting({ lastsMs: 1_000 });
    own.ambient.advance(1_000);
    expect((await own.go(writing(own, "/b"))).kind).toBe("held");
    own.ambient.advance(-900);
    expect((await own.go(writing(own, "/c"))).kind).toBe("held");
    expect(one(own, "SELECT ended_why FROM grants")).toMatchObject({ ended_why: "expired" });
  });

  test("a clock that goes back behind its last use opens nothing", async () => {
    const own = granting();
    own.ambient.advance(5_000);
    expect((await own.go(writing(own, "/b"))).kind).toBe("result");
    own.ambient.advance(-4_000);
    expect((await own.go(writing(own, "/c"))).kind).toBe("held");
  });
});
