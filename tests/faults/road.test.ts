import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Batch } from "#ledger";
import type { Verdict } from "#vocabulary";
import { RpcError } from "#wire";
import { type Forward, type Outside } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, deny, house, kinds } from "./road-harness.ts";

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
