import { canonicalJson, digestOf, type JsonObject } from "#base";
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
import { type Attempt, type Forward, type Outside, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { openRows } from "../../src/gateway/rows.ts";
import { createWaiters } from "../../src/gateway/waiters.ts";
import { heldAmbient } from "../support/ambient.ts";
import { memoryJournal } from "../support/journal.ts";

export const SET = digestOf("set");
const grounds = [{ policy: "writes-held" as PolicyId, reason: "a person looks first" }];
export const allow: Verdict = { kind: "allow", policySet: SET, grounds: [] };
export const deny: Refusal = {
  kind: "deny",
  policySet: SET,
  grounds: [],
  code: "no_permit",
  reason: "no",
  remedy: "ask",
};
export const hold: Hold = {
  kind: "hold",
  policySet: SET,
  grounds,
  groups: ["admins"],
  reason: "a person looks first",
  remedy: "wait",
  expiresAfterMs: 60_000,
};

export function attemptBy(ambient: Outside["ambient"], over: Partial<Attempt> = {}): Attempt {
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

export function house(over: Partial<Outside> = {}) {
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
    principals: () => [],
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

export const kinds = (journal: { kept: readonly { kind: string; body: JsonObject }[] }): string[] =>
  journal.kept.map((entry) =>
    entry.kind === "outcome" ? `outcome:${JSON.stringify(entry.body["status"]).slice(1, -1)}` : entry.kind,
  );
