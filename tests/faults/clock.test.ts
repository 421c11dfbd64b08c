import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOf, digestOfBytes } from "#base";
import { openStore, type Store } from "#store";
import type { ActionId, AgentId, Hold, PolicyId, ServerName, SessionId, UserId, Verdict } from "#vocabulary";
import { type Attempt, type Forward, type Outside, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { createQuota, QUOTA_LIMITS } from "../../src/gateway/quota.ts";
import { openRows } from "../../src/gateway/rows.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { createWaiters } from "../../src/gateway/waiters.ts";
import { memoryJournal } from "../support/journal.ts";

// The wall clock jumps: days ahead, days back. Waits and quotas go by the monotonic clock; what has expired stays expired.

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 21, 12);
const SET = digestOf("set");
const hold: Hold = {
  kind: "hold",
  policySet: SET,
  grounds: [{ policy: "writes-held" as PolicyId, reason: "a person looks first" }],
  groups: ["admins"],
  reason: "a person looks first",
  remedy: "wait",
  expiresAfterMs: 3_600_000,
};
const allow: Verdict = { kind: "allow", policySet: SET, grounds: [] };

/** Two clocks that a test moves apart. */
function clocks() {
  let [now, monotonic, count] = [NOON, 0, 0];
  return {
    jump: (ms: number): void => void (now += ms),
    pass: (ms: number): void => {
      now += ms;
      monotonic += ms;
    },
    ambient: {
      now: () => now,
      monotonic: () => monotonic,
      id: (prefix: string) => `${prefix}_${(count += 1)}`,
      random: (bytes: number) => new Uint8Array(bytes),
    },
  };
}

let store: Store;
beforeEach(() => {
  store = openStore(":memory:");
});
afterEach(() => store.close());

function house() {
  const time = clocks();
  const journal = memoryJournal(store);
  const outside: Outside = {
    ambient: time.ambient,
    journal,
    payload: journal.payload,
    decide: (_question, lift) => (lift === undefined ? hold : allow),
    mayUse: () => true,
    policySet: () => SET,
    rows: openRows(store),
    principals: () => [],
    waiters: createWaiters(),
    limits: { ...ROAD_LIMITS, holdWaitMs: 40, holdProgressMs: 5 },
  };
  const sent: string[] = [];
  const forward: Forward = {
    prepare: async () => async () => {
      sent.push("sent");
      return { content: [] };
    },
  };
  const road = createRoad(outside);
  const call = async (waiting: () => void = () => time.pass(10)) =>
    road.travel(
      attemptOf(time.ambient.id("act")),
      { signal: new AbortController().signal, isHeard: () => true, waiting },
      forward,
    );
  const status = (): unknown[] =>
    store.connection
      .prepare("SELECT status FROM approvals ORDER BY id")
      .all()
      .map((row) => row["status"]);
  const approve = (): void =>
    store.connection.exec("UPDATE approvals SET status = 'approved' WHERE status = 'requested'");
  return { time, call, sent, status, approve, journal };
}

function attemptOf(id: string): Attempt {
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
  const identity = {
    chain,
    session: "ses_1" as SessionId,
    stage: "enforce" as const,
    agentName: "a",
    ownerId: "usr_1" as UserId,
    credential: "key_1",
  };
  const text = canonicalJson(action);
  return {
    id: id as ActionId,
    text,
    identity,
    principals: [],
    action,
    digest: digestOfBytes(text),
    facts: { fingerprint: digestOf("tool"), effects: ["write"] },
    blocked: null,
  };
}

describe("a hold", () => {
  test("a jump ahead while it waits: expired, on record, nothing sent", async () => {
    const own = house();
    const end = await own.call(() => own.time.jump(DAY));
    expect(end).toMatchObject({ kind: "refused", code: "approval_expired" });
    expect([own.status(), own.sent]).toEqual([["expired"], []]);
  });

  test("a jump back while it waits: the wait still ends in its time", async () => {
    const own = house();
    let told = 0;
    const end = await own.call(() => {
      told += 1;
      own.time.jump(-DAY);
      own.time.pass(10);
    });
    expect(end.kind).toBe("held");
    expect(told).toBeLessThanOrEqual(5);
  });

  test("approved, then past its end: the approval is not used, and a clock set back does not revive it", async () => {
    const own = house();
    expect((await own.call()).kind).toBe("held");
    own.approve();
    own.time.jump(DAY);
    expect(await own.call()).toMatchObject({ kind: "refused", code: "approval_expired" });
    own.time.jump(-DAY);
    // The same call again asks anew; it does not find the old yes.
    expect((await own.call()).kind).toBe("held");
    expect([own.status(), own.sent]).toEqual([["expired", "requested"], []]);
  });

  test("entries keep their order in the log whatever the clock said", async () => {
    const own = house();
    await own.call(() => {
      own.time.jump(-DAY);
      own.time.pass(10);
      own.approve();
    });
    const kinds = own.journal.kept.map((entry) => entry.kind);
    expect(kinds).toEqual(["verdict", "approval.requested", "intent", "outcome"]);
    expect(own.journal.kept.every((entry) => Number.isSafeInteger(entry.at))).toBe(true);
  });
});

test("a quota refills by time passed, not by what the clock says", () => {
  const time = clocks();
  const quota = createQuota(time.ambient, { ...QUOTA_LIMITS, burst: 1, callsPerSecond: 1 });
  quota.take("agt_1", 0)();
  time.jump(DAY);
  expect(() => quota.take("agt_1", 0)).toThrow(/limit of 1 calls a second/);
  time.jump(-2 * DAY);
  expect(() => quota.take("agt_1", 0)).toThrow(/limit of 1 calls a second/);
  time.pass(1_000);
  quota.take("agt_1", 0)();
});
