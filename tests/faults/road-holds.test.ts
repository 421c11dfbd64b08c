import { describe, expect, test } from "vitest";
import { digestOf } from "#base";
import type { SessionId } from "#vocabulary";
import { type Attempt, type Forward, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, deny, hold, house, kinds } from "./road-harness.ts";

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
