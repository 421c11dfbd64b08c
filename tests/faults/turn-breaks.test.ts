import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Batch } from "#ledger";
import type { ActionId } from "#vocabulary";
import type { Outside } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, deny, hold, kinds } from "./road-harness.ts";
import { codes, type House, later, openIntents, statuses, worldOf } from "./turn-house.ts";

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
