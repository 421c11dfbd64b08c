import { describe, expect, test } from "vitest";
import { canonicalJson, digestOf, Fault, type JsonObject } from "#base";
import type { Batch } from "#ledger";
import { openStore } from "#store";
import type {
  ActionId,
  AgentId,
  Hold,
  PolicyId,
  Refusal,
  ServerName,
  SessionId,
  UserId,
  Verdict,
} from "#vocabulary";
import { RpcError } from "#wire";
import { type Attempt, type Forward, type Outside, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { openRows } from "../../src/gateway/rows.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { createWaiters } from "../../src/gateway/waiters.ts";
import { heldAmbient } from "../support/ambient.ts";
import { memoryJournal } from "../support/journal.ts";

const SET = digestOf("set");
const grounds = [{ policy: "writes-held" as PolicyId, reason: "a person looks first" }];
const allow: Verdict = { kind: "allow", policySet: SET, grounds: [] };
const deny: Refusal = {
  kind: "deny",
  policySet: SET,
  grounds: [],
  code: "no_permit",
  reason: "no",
  remedy: "ask",
};
const hold: Hold = {
  kind: "hold",
  policySet: SET,
  grounds,
  groups: ["admins"],
  reason: "a person looks first",
  remedy: "wait",
  expiresAfterMs: 60_000,
};

function attemptBy(ambient: Outside["ambient"], over: Partial<Attempt> = {}): Attempt {
  const agent = "agt_1" as AgentId;
  const chain = { user: null, agents: [agent] as const };
  const action = {
    door: "mcp" as const,
    verb: "tools/call" as const,
    target: { server: "fs" as ServerName, name: "write" },
    arguments: { path: "/a" },
    destination: { kind: "mcp-server" as const, server: "fs" as ServerName, identity: digestOf("fs") },
    chain,
    agentVersion: null,
    model: null,
  };
  return {
    id: ambient.id("act") as ActionId,
    identity: {
      chain,
      session: "ses_1" as SessionId,
      stage: "enforce",
      agentName: "a",
      ownerId: "usr_1" as UserId,
      credential: "key_1",
    },
    principals: [],
    action,
    digest: digestOf(action),
    text: canonicalJson(action),
    facts: { fingerprint: digestOf("tool"), effects: ["write"] },
    blocked: null,
    ...over,
  };
}

function house(over: Partial<Outside> = {}) {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const journal = memoryJournal(store);
  const decisions: Verdict[] = [];
  const outside: Outside = {
    ambient,
    journal,
    payload: journal.payload,
    decide: (_question, lift) => decisions.shift() ?? (lift === undefined ? hold : allow),
    mayUse: () => true,
    policySet: () => SET,
    rows: openRows(store),
    waiters: createWaiters(),
    limits: { ...ROAD_LIMITS, holdWaitMs: 40, holdProgressMs: 5 },
    ...over,
  };
  const sent: string[] = [];
  const forward: Forward = {
    prepare: async () => async () => {
      sent.push("sent");
      return { content: [] };
    },
  };
  const asking = new AbortController();
  const asker = { signal: asking.signal, isHeard: () => true, waiting: () => ambient.advance(10) };
  const decideApproval = (status: string): void => {
    store.connection
      .prepare("UPDATE approvals SET status = ?, version = version + 1 WHERE status = 'requested'")
      .run(status);
  };
  return { ambient, asker, asking, decideApproval, decisions, forward, journal, outside, sent, store };
}

const kinds = (journal: { kept: readonly { kind: string; body: JsonObject }[] }): string[] =>
  journal.kept.map((entry) =>
    entry.kind === "outcome" ? `outcome:${JSON.stringify(entry.body["status"]).slice(1, -1)}` : entry.kind,
  );

describe("the road writes down before it acts", () => {
  test.each<[string, Verdict[], { answer: string; entries: string[]; sent: number }]>([
    ["allowed", [allow], { answer: "result", entries: ["intent", "outcome:ok"], sent: 1 }],
    ["denied", [deny], { answer: "refused", entries: ["verdict"], sent: 0 }],
    ["held, nobody decides", [], { answer: "held", entries: ["verdict", "approval.requested"], sent: 0 }],
  ])("%s", async (_name, verdicts, expected) => {
    const own = house();
    own.decisions.push(...verdicts);
    const end = await createRoad(own.outside).travel(attemptBy(own.ambient), own.asker, own.forward);
    const entries = kinds(own.journal);
    expect({ answer: end.kind, entries, sent: own.sent.length }).toEqual(expected);
  });

  test("an observed agent is not stopped, and what would have happened is on record", async () => {
    const own = house();
    own.decisions.push(deny);
    const attempt = attemptBy(own.ambient);
    const observed = { ...attempt, identity: { ...attempt.identity, stage: "observe" as const } };
    const end = await createRoad(own.outside).travel(observed, own.asker, own.forward);
    expect(end.kind).toBe("result");
    expect(own.journal.kept[0]?.body["observed"]).toMatchObject({ verdict: "deny", code: "no_permit" });
  });

  test("what no policy lifts is refused even in observe, and recorded", async () => {
    const own = house();
    own.decisions.push(allow);
    const attempt = attemptBy(own.ambient, {
      blocked: new Fault("tool_not_accepted", "changed", "review it"),
    });
    const end = await createRoad(own.outside).travel(
      { ...attempt, identity: { ...attempt.identity, stage: "observe" } },
      own.asker,
      own.forward,
    );
    expect(end).toMatchObject({ kind: "refused", code: "tool_not_accepted" });
    expect([kinds(own.journal), own.sent]).toEqual([["verdict"], []]);
  });
});

const full = async (): Promise<never> => {
  throw new Fault("journal_full", "the disk is full", "free space");
};

// Break each step in turn. Whatever breaks before the intent is durable, nothing is sent.
describe("whatever breaks, nothing unrecorded is sent", () => {
  test.each<[string, Partial<Outside>]>([
    ["the journal is full", { journal: { append: full } }],
    [
      "the policy engine throws",
      {
        decide: () => {
          throw new Error("bug");
        },
      },
    ],
  ])("%s", async (_name, broken) => {
    const own = house(broken);
    own.decisions.push(allow);
    await expect(
      createRoad(own.outside).travel(attemptBy(own.ambient), own.asker, own.forward),
    ).rejects.toThrow(/full|bug/);
    expect(own.sent).toEqual([]);
  });

  test.each<[string, Forward, string, string]>([
    [
      "it cannot be prepared",
      { prepare: async () => Promise.reject(new Error("no server")) },
      "failed",
      "outcome:not-sent",
    ],
    [
      "the upstream answers with an error",
      { prepare: async () => async () => Promise.reject(new RpcError(-32_000, "no")) },
      "failed",
      "outcome:error",
    ],
    [
      "the answer is lost",
      { prepare: async () => async () => Promise.reject(new Error("connection reset")) },
      "failed",
      "outcome:unknown",
    ],
    ["the tool fails", { prepare: async () => async () => ({ isError: true }) }, "result", "outcome:error"],
  ])("%s: the outcome says so", async (_name, forward, answer, outcome) => {
    const own = house();
    own.decisions.push(allow);
    const end = await createRoad(own.outside).travel(attemptBy(own.ambient), own.asker, forward);
    expect([end.kind, kinds(own.journal)]).toEqual([answer, ["intent", outcome]]);
    expect(own.store.connection.prepare("SELECT * FROM open_intents").all()).toEqual([]);
  });

  test("an intent whose outcome could not be written stays open, for the restart to close as unknown", async () => {
    const own = house();
    own.decisions.push(allow);
    let writes = 0;
    const append = async (batch: Batch) => {
      writes += 1;
      if (writes > 1) throw new Fault("journal_full", "the disk is full", "free space");
      return own.journal.append(batch);
    };
    const road = createRoad({ ...own.outside, journal: { append } });
    await expect(road.travel(attemptBy(own.ambient), own.asker, own.forward)).rejects.toMatchObject({
      code: "outcome_unrecorded",
      remedy: expect.stringContaining("before you call again"),
    });
    expect(own.store.connection.prepare("SELECT COUNT(*) AS n FROM open_intents").get()).toEqual({ n: 1 });
  });
});

describe("a hold", () => {
  test("approved while its asker waits: released once, consumed with the intent", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const ends = road.travel(
      attemptBy(own.ambient),
      { ...own.asker, waiting: () => own.decideApproval("approved") },
      own.forward,
    );
    expect((await ends).kind).toBe("result");
    expect(kinds(own.journal)).toEqual(["verdict", "approval.requested", "intent", "outcome:ok"]);
    const [row] = own.store.connection
      .prepare("SELECT status, consumed_by, delivered_at FROM approvals")
      .all();
    expect(row).toMatchObject({ status: "consumed", consumed_by: own.journal.kept[0]?.subject });
    expect(own.sent).toHaveLength(1);
  });

  test("two equal calls at once join one request and share one effect", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const asker = { ...own.asker, waiting: () => own.decideApproval("approved") };
    const ends = await Promise.all([
      road.travel(attemptBy(own.ambient), asker, own.forward),
      road.travel(attemptBy(own.ambient), asker, own.forward),
    ]);
    expect(ends.map((end) => end.kind)).toEqual(["result", "result"]);
    expect(own.sent).toHaveLength(1);
    expect(kinds(own.journal).filter((kind) => kind === "approval.requested")).toHaveLength(1);
  });

  test("approved while its asker is away: waits as a grant for the retry, which runs it once", async () => {
    const own = house();
    const road = createRoad(own.outside);
    expect((await road.travel(attemptBy(own.ambient), own.asker, own.forward)).kind).toBe("held");
    own.decideApproval("approved");
    expect(own.sent).toEqual([]);
    expect((await road.travel(attemptBy(own.ambient), own.asker, own.forward)).kind).toBe("result");
    // Delivered: the same call is a new action now, and is held anew.
    expect((await road.travel(attemptBy(own.ambient), own.asker, own.forward)).kind).toBe("held");
    expect(own.sent).toHaveLength(1);
  });

  test("the result of one that ran while its asker left is collected by the retry, not run again", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const leaving: Forward = {
      prepare: async () => async () => {
        own.sent.push("sent");
        own.asking.abort();
        return { content: [{ type: "text", text: "done" }] };
      },
    };
    const asker = { ...own.asker, waiting: () => own.decideApproval("approved") };
    await road.travel(attemptBy(own.ambient), asker, leaving);
    const again = { signal: new AbortController().signal, isHeard: () => true, waiting: () => {} };
    const end = await road.travel(attemptBy(own.ambient), again, own.forward);
    expect(end).toMatchObject({ kind: "result", result: { content: [{ text: "done" }] } });
    expect(own.sent).toHaveLength(1);
  });

  test("approved, and its asker left before it could be sent: the retry is told that nothing was done", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const told: boolean[] = [];
    const failing: Forward = {
      prepare: async (_attempt, isApproved) => {
        told.push(isApproved);
        own.asking.abort();
        throw new Error("the server does not start");
      },
    };
    const asker = { ...own.asker, waiting: () => own.decideApproval("approved") };
    await road.travel(attemptBy(own.ambient), asker, failing);
    expect(kinds(own.journal)).toContain("outcome:not-sent");
    const again = { signal: new AbortController().signal, isHeard: () => true, waiting: () => {} };
    const end = await road.travel(attemptBy(own.ambient), again, own.forward);
    expect(end).toMatchObject({ kind: "refused", code: "approved_not_sent" });
    expect([told, own.sent]).toEqual([[true], []]);
  });

  test("a server's result cannot pass for one that was not sent: the retry is told what was recorded", async () => {
    const own = house();
    const road = createRoad(own.outside);
    const lying = { content: [], fault: "x", error: "x", sent: false };
    const forward: Forward = {
      prepare: async () => async () => {
        own.asking.abort();
        return lying;
      },
    };
    const asker = { ...own.asker, waiting: () => own.decideApproval("approved") };
    await road.travel(attemptBy(own.ambient), asker, forward);
    const again = { signal: new AbortController().signal, isHeard: () => true, waiting: () => {} };
    const end = await road.travel(attemptBy(own.ambient), again, own.forward);
    expect([end, own.sent]).toMatchObject([{ kind: "result", result: lying }, []]);
  });

  test("many at once are no more than one after the other, and expired ones that nobody saw do not count", async () => {
    const own = house({ limits: { ...ROAD_LIMITS, holdWaitMs: 0, openHoldsPerAgentMax: 3 } });
    const road = createRoad(own.outside);
    const storm = () =>
      Promise.allSettled(
        Array.from({ length: 8 }, (_none, at) =>
          road.travel(
            attemptBy(own.ambient, { digest: digestOf(own.ambient.now() + at) }),
            own.asker,
            own.forward,
          ),
        ),
      );
    const heldOf = (ends: Awaited<ReturnType<typeof storm>>) =>
      ends.filter((end) => end.status === "fulfilled");
    expect(heldOf(await storm())).toHaveLength(3);
    own.ambient.advance(hold.expiresAfterMs + 1);
    expect(heldOf(await storm())).toHaveLength(3);
  });

  test.each([
    ["denied", "approval_denied"],
    ["withdrawn", "approval_withdrawn"],
  ])("%s: refused, and nothing is sent", async (status, code) => {
    const own = house();
    const asker = { ...own.asker, waiting: () => own.decideApproval(status) };
    const end = await createRoad(own.outside).travel(attemptBy(own.ambient), asker, own.forward);
    expect(end).toMatchObject({ kind: "refused", code });
    expect(own.sent).toEqual([]);
  });

  test("not decided in time: expired, on record, nothing sent", async () => {
    const own = house();
    own.decisions.push({ ...hold, expiresAfterMs: 15 });
    const end = await createRoad(own.outside).travel(attemptBy(own.ambient), own.asker, own.forward);
    expect(end).toMatchObject({ kind: "refused", code: "approval_expired" });
    expect(kinds(own.journal)).toContain("approval.expired");
  });

  test("a policy that changed meanwhile wins over the approval", async () => {
    const own = house();
    own.decisions.push(hold, deny);
    const asker = { ...own.asker, waiting: () => own.decideApproval("approved") };
    const end = await createRoad(own.outside).travel(attemptBy(own.ambient), asker, own.forward);
    expect(end).toMatchObject({ kind: "refused", code: "no_permit" });
    expect(kinds(own.journal)).toContain("approval.withdrawn");
    expect(own.sent).toEqual([]);
  });

  // T10: each part of the binding changed after the tap.
  test.each<[string, (attempt: Attempt) => Attempt]>([
    ["arguments", (a) => ({ ...a, digest: digestOf("other") })],
    ["session", (a) => ({ ...a, identity: { ...a.identity, session: "ses_2" as SessionId } })],
    ["credential", (a) => ({ ...a, identity: { ...a.identity, credential: "key_2" } })],
    ["tool definition", (a) => ({ ...a, facts: { ...a.facts, fingerprint: digestOf("changed") } })],
    [
      "server",
      (a) => ({
        ...a,
        action: { ...a.action, destination: { ...a.action.destination, identity: digestOf("x") } },
      }),
    ],
  ])("another %s: the approval is for something else", async (_name, change) => {
    const own = house();
    const road = createRoad(own.outside);
    await road.travel(attemptBy(own.ambient), own.asker, own.forward);
    own.decideApproval("approved");
    const end = await road.travel(change(attemptBy(own.ambient)), own.asker, own.forward);
    expect(end.kind).toBe("held");
    expect(own.sent).toEqual([]);
  });

  test("an agent cannot pile up holds", async () => {
    const own = house();
    const road = createRoad({ ...own.outside, limits: { ...own.outside.limits, openHoldsPerAgentMax: 1 } });
    await road.travel(attemptBy(own.ambient), own.asker, own.forward);
    const other = { ...attemptBy(own.ambient), digest: digestOf("another") };
    await expect(road.travel(other, own.asker, own.forward)).rejects.toMatchObject({
      code: "holds_exceeded",
    });
  });

  test("no entry holds an argument or a result in clear", async () => {
    const own = house();
    own.decisions.push(allow);
    await createRoad(own.outside).travel(attemptBy(own.ambient), own.asker, own.forward);
    const text = JSON.stringify(own.journal.kept.map((entry) => entry.body));
    expect(text).not.toContain('"/a"');
    expect(text).toContain("sha256");
  });
});
