import { beforeEach, describe, expect, test } from "vitest";
import { bindingDigest } from "#approvals";
import { digestOf } from "#base";
import { createDrilling } from "#operations";
import { bindingOf } from "../src/gateway/hold-request.ts";
import { ROAD_LIMITS } from "../src/gateway/outside.ts";
import { createRoad } from "../src/gateway/travel.ts";
import { attemptBy, hold, house, kinds } from "./faults/road-harness.ts";
import { holdAction, openWorld, type World } from "./support/operations.ts";

const DAY_MS = 86_400_000;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const look = async (): Promise<void> => {
  const { store, ambient } = world;
  const { journal, policy } = world.as("ada");
  await createDrilling({ store, ambient, journal, policy }).look();
};

async function drilled(): Promise<string> {
  await world.ask("ada", "drills.set", { every: "7d" });
  world.ambient.advance(10 * DAY_MS);
  await look();
  const { approval_id: id } = await world.store.query
    .selectFrom("drills")
    .select("approval_id")
    .executeTakeFirstOrThrow();
  return id;
}

describe("when drills come", () => {
  test("never by themselves: they are off until somebody turns them on, and off again when told", async () => {
    world.ambient.advance(400 * DAY_MS);
    await look();
    await world.ask("ada", "drills.set", { every: "7d" });
    await world.ask("ada", "drills.set", { every: "off" });
    world.ambient.advance(400 * DAY_MS);
    await look();
    expect(await world.store.query.selectFrom("drills").selectAll().execute()).toEqual([]);
    expect(await world.ask("ada", "drills.list", {})).toEqual({ every: "off", items: [] });
  });

  test("about as often as was said, one at a time, at no hour that can be known", async () => {
    await drilled();
    for (let hours = 0; hours < 24 * 7 * 4; hours += 1) {
      world.ambient.advance(3_600_000);
      await look();
    }
    const rows = await world.store.query.selectFrom("drills").select("at").orderBy("at").execute();
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(rows.length).toBeLessThanOrEqual(7);
    for (const [nth, { at }] of rows.entries()) {
      const before = rows[nth - 1]?.at ?? at - 7 * DAY_MS;
      expect(at - before).toBeGreaterThanOrEqual(5 * DAY_MS);
      expect(at - before).toBeLessThanOrEqual(9 * DAY_MS);
    }
  });

  test.each([
    ["approvers do not know of the plan", "petra"],
    ["nor do owners", "olga"],
  ])("%s", async (_name, who) => {
    expect(await world.ask(who, "drills.list", {})).toEqual({ fault: "permission_denied" });
    expect(await world.ask(who, "drills.set", { every: "off" })).toEqual({ fault: "permission_denied" });
  });
});

describe("a drill", () => {
  test("looks like any other request to whoever is asked, with all that one should stop at", async () => {
    const approval = await drilled();
    const card = await world.ask("ada", "approvals.get", { approval });
    const other = await world.ask("ada", "approvals.get", { approval: world.ids.approvals["olga"] });
    expect(Object.keys(card).toSorted()).toEqual(Object.keys(other).toSorted());
    expect(JSON.stringify(card)).not.toMatch(/drill/i);
    expect(card).toMatchObject({ status: "requested", youMayAnswer: true });
    expect(card["arguments"]).not.toBeNull();
    expect(card["doubts"]).not.toEqual([]);
    const { items } = await world.ask("ada", "approvals.list", {});
    expect(JSON.stringify(items)).toContain(approval);
    expect(JSON.stringify(items)).not.toMatch(/drill/i);
    expect(await world.ask("ada", "drills.list", {})).toMatchObject({ every: "7d", items: [] });
  });

  test("denied: told that it was one, counted, and no decision on any action is on record", async () => {
    const approval = await drilled();
    const before = world.kept.length;
    const answer = await world.ask("ada", "approvals.deny", { approval });
    expect(answer).toMatchObject({ status: "denied", drill: expect.stringContaining("You denied it") });
    expect(world.kept.slice(before).map(({ kind }) => kind)).toEqual(["drill.answered"]);
    expect((await world.ask("ada", "approvals.stats", {}))["drills"]).toMatchObject({
      asked: 1,
      denied: 1,
      approved: 0,
    });
    expect(await world.ask("ada", "drills.list", {})).toMatchObject({
      items: [{ approval, answer: "deny", by: "ada" }],
    });
  });

  test("approved: it is never so, whoever said it was is told and counted", async () => {
    const approval = await drilled();
    const answer = await world.ask("ada", "approvals.approve", { approval });
    expect(answer).toMatchObject({
      status: "withdrawn",
      grant: null,
      drill: expect.stringContaining("nothing was done"),
    });
    const stats = await world.ask("ada", "approvals.stats", {});
    expect(stats).toMatchObject({ drills: { approved: 1, denied: 0 }, approved: 0 });
    expect(stats["warnings"]).toEqual([expect.stringContaining("approved a drill")]);
    expect(await world.ask("ada", "approvals.approve", { approval })).toEqual({ fault: "approval_closed" });
  });

  test("among several, each is told apart", async () => {
    const approval = await drilled();
    const { ids, store, ambient } = world;
    const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
    const other = await holdAction({ store, ambient, journal: world.as("ada").journal }, agent, ["admins"]);
    const { items } = await world.ask("ada", "approvals.decide-many", {
      approve: [approval],
      deny: [other.approval],
    });
    expect(items).toMatchObject([
      { kept: true, status: "withdrawn", drill: expect.stringContaining("This was a drill") },
      { kept: true, status: "denied", drill: null },
    ]);
  });

  test("only those who may answer for its rule answer it", async () => {
    const approval = await drilled();
    expect(await world.ask("petra", "approvals.deny", { approval })).toEqual({
      fault: "approver_not_eligible",
    });
  });

  test("is granted to nobody", async () => {
    const approval = await drilled();
    const wish = { approval, grant: "session", times: 5 };
    expect(await world.ask("ada", "approvals.approve", wish)).toEqual({ fault: "grant_irreversible" });
  });

  test("nobody breaks glass for it", async () => {
    const approval = await drilled();
    const reason = "Nobody else is awake and it is urgent";
    expect(await world.ask("ada", "approvals.break-glass", { approval, reason })).toHaveProperty("fault");
  });
});

test("whatever its row says, and whichever call it were bound to, it releases nothing", async () => {
  const own = house();
  const road = createRoad(own.outside);
  const attempt = attemptBy(own.ambient);
  expect((await road.travel(attempt, own.asker, own.forward)).kind).toBe("held");
  own.decideApproval("approved");
  const digest = bindingDigest(bindingOf({ attempt, verdict: hold }));
  const { connection } = own.store;
  const row = connection.prepare("SELECT id FROM approvals WHERE binding_digest = ?").get(digest);
  connection
    .prepare("INSERT INTO drills (approval_id, what, at) VALUES (?, 'x', 0)")
    .run(String(row?.["id"]));
  expect((await road.travel(attemptBy(own.ambient), own.asker, own.forward)).kind).toBe("held");
  expect(own.sent).toEqual([]);
  expect(kinds(own.journal)).not.toContain("intent");
});

test("it is no hold of the agent whose name it bears: that may wait as often as ever", async () => {
  const own = house({ limits: { ...ROAD_LIMITS, holdWaitMs: 0, openHoldsPerAgentMax: 1 } });
  const road = createRoad(own.outside);
  await road.travel(attemptBy(own.ambient), own.asker, own.forward);
  own.store.connection.exec("INSERT INTO drills (approval_id, what, at) SELECT id, 'x', 0 FROM approvals");
  const other = { ...attemptBy(own.ambient), digest: digestOf("another") };
  expect((await road.travel(other, own.asker, own.forward)).kind).toBe("held");
});
