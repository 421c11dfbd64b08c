import { describe, expect, test } from "vitest";
import { digestOf, Fault } from "#base";
import type { SessionId } from "#vocabulary";
import { type Attempt, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { attemptBy, deny, hold, house, kinds } from "./road-harness.ts";
import { codes, later, openIntents, statuses, worldOf } from "./turn-house.ts";

describe("several actions together", () => {
  test("all allowed: one batch of intents, then one of outcomes", async () => {
    const { own, party, road } = worldOf({});
    const end = await road.together(party(["a", "b", "c"]));
    expect(kinds(own.journal)).toEqual(["intent", "intent", "intent"]);
    expect(openIntents(own)).toBe(3);
    if (end.kind !== "released") throw new Error("released expected");
    await end.delivered("ok");
    expect(kinds(own.journal).slice(3)).toEqual(["outcome:ok", "outcome:ok", "outcome:ok"]);
    expect(openIntents(own)).toBe(0);
  });

  test("nothing at all is nothing on record", async () => {
    const { own, party, road } = worldOf({});
    const end = await road.together(party([]));
    if (end.kind !== "released") throw new Error("released expected");
    await end.delivered("ok");
    expect(own.journal.kept).toEqual([]);
  });

  test("allowed, denied and held: all in one batch once a person said yes; each refusal by its index", async () => {
    const { own, party, road } = worldOf({ no: deny, ask: hold });
    const end = await road.together(party(["yes", "no", "ask"], { asker: later(own) }));
    expect(codes(end)).toEqual([[1, "no_permit"]]);
    expect(kinds(own.journal)).toEqual(["verdict", "approval.requested", "verdict", "intent", "intent"]);
    expect(statuses(own)).toEqual(["consumed"]);
    // Held under one id, released under it.
    expect(own.journal.kept[4]?.subject).toBe(own.journal.kept[0]?.subject);
  });

  test("one still waits when the time is up: nothing is consumed, nothing released, the refusal is on record", async () => {
    const { own, party, road } = worldOf({ no: deny, ask: hold, also: hold });
    let first = true;
    const asker = {
      ...own.asker,
      waiting: () => {
        own.ambient.advance(10);
        if (!first) return;
        first = false;
        own.store.connection
          .prepare("UPDATE approvals SET status = 'approved' WHERE id = (SELECT MIN(id) FROM approvals)")
          .run();
      },
    };
    const end = await road.together(party(["yes", "no", "ask", "also"], { asker }));
    expect(end.kind === "held" && [...end.held.keys()]).toEqual([2, 3]);
    expect(statuses(own)).toEqual(["approved", "requested"]);
    expect(kinds(own.journal).filter((kind) => kind === "intent")).toEqual([]);
    expect(kinds(own.journal).at(-1)).toBe("verdict");
  });

  test("asked again after the yes, they go; the approvals are used once", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    expect((await road.together(party(["yes", "ask"]))).kind).toBe("held");
    own.decideApproval("approved");
    const end = await road.together(party(["yes", "ask"]));
    if (end.kind !== "released") throw new Error("released expected");
    await end.delivered("ok");
    expect(statuses(own)).toEqual(["consumed"]);
    // Delivered: the same call is a new action now.
    expect((await road.together(party(["ask"]))).kind).toBe("held");
    expect(statuses(own)).toEqual(["consumed", "requested"]);
  });

  test.each([
    ["denied", "approval_denied"],
    ["withdrawn", "approval_withdrawn"],
  ])("%s: that one is refused with its reason, told once, and the others go", async (status, code) => {
    const { own, party, road } = worldOf({ ask: hold });
    await road.together(party(["yes", "ask"]));
    own.decideApproval(status);
    const end = await road.together(party(["yes", "ask"]));
    expect(codes(end)).toEqual([[1, code]]);
    if (end.kind === "released") await end.delivered("ok");
    expect((await road.together(party(["ask"]))).kind).toBe("held");
  });

  test("an end that nobody heard is told to the retry", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    await road.together(party(["ask"]));
    own.decideApproval("denied");
    const lost = await road.together(party(["ask"]));
    if (lost.kind === "released") await lost.delivered("not-sent");
    expect(codes(await road.together(party(["ask"])))).toEqual([[0, "approval_denied"]]);
  });

  test("nobody decides in time: expired, on record, refused", async () => {
    const { own, party, road } = worldOf({ ask: { ...hold, expiresAfterMs: 15 } });
    const end = await road.together(party(["yes", "ask"]));
    expect(codes(end)).toEqual([[1, "approval_expired"]]);
    expect(kinds(own.journal)).toContain("approval.expired");
  });

  test("two equal requests at once join one card, and one of them releases the call", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    const asker = later(own);
    const ends = await Promise.all([
      road.together(party(["ask"], { asker })),
      road.together(party(["ask"], { asker })),
    ]);
    expect(ends.map(codes).toSorted((a, b) => a.length - b.length)).toEqual([[], [[0, "approval_used"]]]);
    expect(kinds(own.journal).filter((kind) => kind === "intent")).toHaveLength(1);
    expect(kinds(own.journal).filter((kind) => kind === "approval.requested")).toHaveLength(1);
  });

  test("alone and together race for one approval: one effect", async () => {
    const { own, attempt, party, road } = worldOf({ ask: hold });
    await road.together(party(["ask"]));
    own.decideApproval("approved");
    const [alone, together] = await Promise.all([
      road.travel(attempt("ask"), own.asker, own.forward),
      road.together(party(["ask"])),
    ]);
    const released = together.kind === "released" && together.refused.size === 0 ? 1 : 0;
    expect(own.sent.length + released).toBe(1);
    expect(alone.kind === "result" || released === 1).toBe(true);
    expect(kinds(own.journal).filter((kind) => kind === "intent")).toHaveLength(1);
  });

  test("the same call twice in one turn is put to people once, and is not two effects", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    const end = await road.together(party(["ask", "ask"], { asker: later(own) }));
    expect(codes(end)).toEqual([[1, "call_repeated"]]);
    expect(statuses(own)).toEqual(["consumed"]);
  });

  test("what cannot be kept cannot be held, and nobody is asked for nothing", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    const end = await road.together(party(["yes", "ask"], { canWait: () => false }));
    expect(codes(end)).toEqual([[1, "turn_not_kept"]]);
    expect(statuses(own)).toEqual([]);
  });

  test("beyond the agent's open holds a call is refused, and the others are held (T21)", async () => {
    const { own, party, road } = worldOf(
      { a: hold, b: hold },
      { limits: { ...ROAD_LIMITS, holdWaitMs: 0, openHoldsPerAgentMax: 1 } },
    );
    const end = await road.together(party(["a", "b"]));
    expect(end.kind === "held" && [...end.held.keys()]).toEqual([0]);
    expect(kinds(own.journal)).toEqual(["verdict", "approval.requested", "verdict"]);
  });

  test("an observed agent is not stopped, by policy or for want of a review; what is blocked is", async () => {
    const { own, attempt, road, party } = worldOf({ no: deny });
    const observed = (name: string, more: Partial<Attempt> = {}): Attempt => {
      const one = attempt(name, more);
      return { ...one, identity: { ...one.identity, stage: "observe" } };
    };
    const fault = new Fault("tool_not_accepted", "unseen", "review it");
    const attempts = [
      observed("no"),
      observed("x", { unreviewed: fault }),
      observed("y", { blocked: fault }),
    ];
    const end = await road.together(party([], { attempts }));
    expect(codes(end)).toEqual([[2, "tool_not_accepted"]]);
    expect(own.journal.kept[1]?.body["observed"]).toMatchObject({ code: "no_permit" });
    expect(own.journal.kept[2]?.body["observed"]).toMatchObject({ code: "tool_not_accepted" });
  });

  test("a restart between the yes and the retry loses nothing", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    await road.together(party(["ask"]));
    own.decideApproval("approved");
    const end = await createRoad(own.outside).together(party(["ask"]));
    expect(codes(end)).toEqual([]);
    expect(statuses(own)).toEqual(["consumed"]);
  });
});

describe("at the moment of release", () => {
  test("a policy that changed to no wins over the yes; the others go", async () => {
    const { own, now, party, road } = worldOf({ ask: hold });
    const asker = {
      ...own.asker,
      waiting: () => {
        own.decideApproval("approved");
        now.verdicts = { ask: deny };
      },
    };
    const end = await road.together(party(["yes", "ask"], { asker }));
    expect(codes(end)).toEqual([[1, "no_permit"]]);
    expect(kinds(own.journal)).toContain("approval.withdrawn");
    expect(statuses(own)).toEqual(["withdrawn"]);
  });

  test("what was allowed before others waited is decided again too", async () => {
    const { own, now, party, road } = worldOf({ ask: hold });
    const asker = {
      ...own.asker,
      waiting: () => {
        own.decideApproval("approved");
        now.verdicts = { ask: hold, yes: deny };
      },
    };
    const end = await road.together(party(["yes", "ask"], { asker }));
    expect(codes(end)).toEqual([[0, "no_permit"]]);
    expect(statuses(own)).toEqual(["consumed"]);
  });

  test("a policy that changed and still holds asks anew; unsettled, it gives up and nothing is released", async () => {
    const sets = { n: 0 };
    const own = house({
      decide: () => {
        sets.n += 1;
        return { ...hold, policySet: digestOf(sets.n) };
      },
    });
    const attempts = [attemptBy(own.ambient)];
    const asker = later(own);
    const together = createRoad(own.outside).together({
      attempts,
      asker,
      canWait: () => true,
      beside: [],
      changed: () => null,
    });
    await expect(together).rejects.toMatchObject({ code: "policy_unsettled" });
    expect(kinds(own.journal).filter((kind) => kind === "intent")).toEqual([]);
    expect(statuses(own).filter((status) => status === "consumed")).toEqual([]);
  });

  test("an agent revoked while its call was held gets nothing", async () => {
    let isRevoked = false;
    const { own, party, road } = worldOf({ ask: hold }, { principals: () => (isRevoked ? null : []) });
    const asker = {
      ...own.asker,
      waiting: () => {
        own.decideApproval("approved");
        isRevoked = true;
      },
    };
    await expect(road.together(party(["yes", "ask"], { asker }))).rejects.toMatchObject({
      code: "agent_revoked",
    });
    expect(statuses(own)).toEqual(["approved"]);
    expect(kinds(own.journal)).not.toContain("intent");
  });

  test("a tool that is another by now is refused, and its approval not used", async () => {
    const { own, party, road } = worldOf({ ask: hold });
    const end = await road.together(party(["yes", "ask"], { asker: later(own), changed: askChanged }));
    expect(codes(end)).toEqual([[1, "changed_since_decided"]]);
    expect(statuses(own)).toEqual(["approved"]);
  });

  test("whoever asked is gone: approvals stay for the retry, and without any nothing is written", async () => {
    const held = worldOf({ ask: hold });
    await held.road.together(held.party(["ask"]));
    held.own.decideApproval("approved");
    held.own.asking.abort();
    expect((await held.road.together(held.party(["yes", "ask"]))).kind).toBe("held");
    expect(statuses(held.own)).toEqual(["approved"]);
    const free = worldOf({});
    free.own.asking.abort();
    await expect(free.road.together(free.party(["yes"]))).rejects.toMatchObject({ code: "caller_gone" });
    expect(free.own.journal.kept).toEqual([]);
  });

  // T10: each part of the binding changed after the tap.
  test.each<[string, (attempt: Attempt) => Attempt]>([
    ["arguments", (a) => ({ ...a, digest: digestOf("other") })],
    ["session", (a) => ({ ...a, identity: { ...a.identity, session: "ses_2" as SessionId } })],
    ["credential", (a) => ({ ...a, identity: { ...a.identity, credential: "key_2" } })],
    ["tool definition", (a) => ({ ...a, facts: { ...a.facts, fingerprint: digestOf("changed") } })],
  ])("another %s: the approval is for something else", async (_name, change) => {
    const { own, attempt, party, road } = worldOf({ ask: hold });
    await road.together(party(["ask"]));
    own.decideApproval("approved");
    const end = await road.together(party([], { attempts: [change(attempt("ask"))] }));
    expect(end.kind).toBe("held");
    expect(statuses(own)[0]).toBe("approved");
  });
});

function askChanged({ action }: Attempt): Fault | null {
  return action.target.name === "ask" ? new Fault("changed_since_decided", "changed", "call again") : null;
}
