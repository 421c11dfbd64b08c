import { describe, expect, test } from "vitest";
import { digestOf, Fault } from "#base";
import type { Batch } from "#ledger";
import type { ActionId, SessionId, Verdict } from "#vocabulary";
import type { Party } from "../../src/gateway/fates.ts";
import type { Together } from "../../src/gateway/group.ts";
import { type Attempt, type Outside, ROAD_LIMITS } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, deny, hold, house, kinds } from "./road-harness.ts";

type House = ReturnType<typeof house>;

/** Attempts that differ in what they are about; verdicts by that name, the lifted one allowed. */
function worldOf(verdicts: Readonly<Record<string, Verdict>>, over: Partial<Outside> = {}) {
  const now = { verdicts };
  const own = house({
    decide: ({ action }, lift) => {
      const verdict = now.verdicts[action.target.name] ?? allow;
      return verdict.kind === "hold" && lift !== undefined ? allow : verdict;
    },
    ...over,
  });
  const attempt = (name: string, more: Partial<Attempt> = {}): Attempt => {
    const { action, ...rest } = attemptBy(own.ambient);
    const named = { ...action, target: { ...action.target, name } };
    return { ...rest, action: named, digest: digestOf(named), ...more };
  };
  const party = (names: readonly string[], more: Partial<Party> = {}): Party => ({
    attempts: names.map((name) => attempt(name)),
    asker: own.asker,
    canWait: () => true,
    beside: [],
    changed: () => null,
    ...more,
  });
  return { own, now, attempt, party, road: createRoad(own.outside) };
}

const statuses = (own: House): unknown[] =>
  own.store.connection
    .prepare("SELECT status FROM approvals ORDER BY requested_at, id")
    .all()
    .map((row) => row["status"]);
const openIntents = (own: House): number =>
  Number(own.store.connection.prepare("SELECT COUNT(*) AS n FROM open_intents").get()?.["n"]);
const codes = (end: Together): unknown[] =>
  end.kind === "held" ? ["held"] : [...end.refused].map(([at, refused]) => [at, refused.code]);
const later = (own: House) => ({ ...own.asker, waiting: () => own.decideApproval("approved") });

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

const full = new Fault("journal_full", "the disk is full", "free space");

/** A journal that fails at the nth append, or answers it stale; the others are kept. */
function breaking(own: House, at: number, how: "throws" | "stale" = "throws"): Outside["journal"] {
  let n = 0;
  return {
    append: async (batch: Batch) => {
      n += 1;
      if (n !== at) return own.journal.append(batch);
      if (how === "stale") return { kind: "stale" };
      throw full;
    },
  };
}

describe("whatever breaks, nothing unrecorded is released", () => {
  test.each([
    ["the first request for people", 1],
    ["the second request for people", 2],
    ["the batch of intents", 3],
  ])("the journal is full at %s", async (_name, at) => {
    const { own, party } = worldOf({ a: hold, b: hold });
    const asker = later(own);
    const road = createRoad({ ...own.outside, journal: breaking(own, at) });
    await expect(road.together(party(["a", "b", "yes"], { asker }))).rejects.toBe(full);
    expect([openIntents(own), statuses(own).includes("consumed")]).toEqual([0, false]);
    // And the retry goes on where it broke: no second card.
    const end = await createRoad(own.outside).together(party(["a", "b", "yes"], { asker }));
    expect(codes(end)).toEqual([]);
    expect(statuses(own)).toEqual(["consumed", "consumed"]);
  });

  test("the batch of intents goes stale: looked at again, and then it goes", async () => {
    const { own, party } = worldOf({ a: hold });
    const road = createRoad({ ...own.outside, journal: breaking(own, 2, "stale") });
    const end = await road.together(party(["a", "yes"], { asker: later(own) }));
    expect(codes(end)).toEqual([]);
    expect(openIntents(own)).toBe(2);
  });

  test("stale for ever: it gives up", async () => {
    const { own, party } = worldOf({});
    const road = createRoad({ ...own.outside, journal: { append: async () => ({ kind: "stale" }) } });
    await expect(road.together(party(["yes"]))).rejects.toMatchObject({ code: "approvals_contended" });
  });

  test("the policy engine throws at the second call: the first is not released either", async () => {
    const { own, party } = worldOf({});
    const road = createRoad({
      ...own.outside,
      decide: ({ action }) => {
        if (action.target.name === "b") throw new Error("bug");
        return allow;
      },
    });
    await expect(road.together(party(["a", "b"]))).rejects.toThrow("bug");
    expect(own.journal.kept).toEqual([]);
  });

  test("entries beside stand or fall with the intents", async () => {
    const { own, party } = worldOf({});
    const beside = [{ kind: "proposal" as const, subject: "act_p", at: 1, body: {} }];
    const road = createRoad({ ...own.outside, journal: breaking(own, 1) });
    await expect(road.together(party(["a"], { beside }))).rejects.toBe(full);
    expect(own.journal.kept).toEqual([]);
    await createRoad(own.outside).together(party(["a"], { beside }));
    expect(kinds(own.journal)).toEqual(["proposal", "intent"]);
  });

  test("outcomes that could not be written leave their intents open, for the restart to close", async () => {
    const { own, party } = worldOf({});
    const road = createRoad({ ...own.outside, journal: breaking(own, 2) });
    const end = await road.together(party(["a", "b"]));
    if (end.kind !== "released") throw new Error("released expected");
    await expect(end.delivered("ok")).rejects.toBe(full);
    expect(openIntents(own)).toBe(2);
  });

  test.each([
    ["not-sent", "approved_not_sent"],
    ["unknown", "approval_used"],
  ] as const)(
    "the release is %s: an approval is never used twice, and the retry is told",
    async (how, code) => {
      const { own, party, road } = worldOf({ ask: hold });
      const first = await road.together(party(["ask"], { asker: later(own) }));
      if (first.kind !== "released") throw new Error("released expected");
      await first.delivered(how);
      const again = await road.together(party(["ask"]));
      expect(codes(again)).toEqual([[0, code]]);
      expect(kinds(own.journal).filter((kind) => kind === "intent")).toHaveLength(1);
    },
  );

  test("told twice how it went, the first word stands", async () => {
    const { own, party, road } = worldOf({});
    const end = await road.together(party(["a"]));
    if (end.kind !== "released") throw new Error("released expected");
    await end.delivered("unknown");
    await end.delivered("ok");
    expect(kinds(own.journal)).toEqual(["intent", "outcome:unknown"]);
  });
});

test("the turn that asked is on every entry of its calls", async () => {
  const { own, attempt, party, road } = worldOf({ no: deny });
  const turn = "act_turn" as ActionId;
  const end = await road.together(
    party([], { attempts: [attempt("yes", { turn }), attempt("no", { turn })] }),
  );
  if (end.kind === "released") await end.delivered("ok");
  expect(own.journal.kept.map(({ body }) => body["turn"])).toEqual([turn, turn, turn]);
});
