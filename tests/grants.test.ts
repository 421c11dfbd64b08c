import { beforeEach, describe, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { putGrant } from "./support/grants.ts";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const listed = async (who: string, input: object = {}): Promise<string[]> => {
  const { items } = await world.ask(who, "grants.list", input);
  return Array.isArray(items) ? items.map((item) => String(item["id"])) : [];
};

describe("who sees and ends grants (T2)", () => {
  test("everyone who may read approvals sees them; an owner those of their own agents alone", async () => {
    const [olgas, ottos] = [await putGrant(world, "olga"), await putGrant(world, "otto")];
    for (const who of ["ada", "petra", "aud"]) expect(await listed(who)).toEqual([ottos, olgas]);
    expect(await listed("olga")).toEqual([olgas]);
  });

  test("another owner's grant is as unknown as none", async () => {
    const ottos = await putGrant(world, "otto");
    const before = world.dump();
    for (const grant of [ottos, ottos.replace(/.{4}$/, "zzzz")]) {
      expect(await world.ask("olga", "grants.get", { grant })).toEqual({ fault: "grant_unknown" });
      expect(await world.ask("olga", "grants.revoke", { grant })).toEqual({ fault: "grant_unknown" });
    }
    expect(world.dump()).toBe(before);
  });

  test.each([
    ["ada", "revoked"],
    ["petra", "revoked"],
    ["otto", "revoked"],
    ["olga", undefined],
    ["aud", undefined],
  ])("%s revokes otto's agent's: %s", async (who, status) => {
    const grant = await putGrant(world, "otto");
    expect((await world.ask(who, "grants.revoke", { grant }))["status"]).toBe(status);
  });
});

describe("grants.revoke", () => {
  test("ends it at once, on record, needs no password, and happens once", async () => {
    const grant = await putGrant(world, "olga");
    const before = world.kept.length;
    const revoked = await world.ask("olga", "grants.revoke", { grant });
    expect(revoked).toMatchObject({ status: "revoked", left: 0 });
    expect(world.kept.slice(before).map(({ kind, subject }) => [kind, subject])).toEqual([
      ["grant.revoked", grant],
    ]);
    expect(await listed("olga")).toEqual([]);
    expect(await world.ask("olga", "grants.revoke", { grant })).toEqual({ fault: "grant_over" });
  });

  test("a dry run changes nothing", async () => {
    const grant = await putGrant(world, "olga");
    const before = world.dump();
    expect(await world.ask("ada", "grants.revoke", { grant }, true)).toEqual({
      would: `revoke the grant ${grant} of fs/write_file to agent olga-bot`,
    });
    expect(world.dump()).toBe(before);
  });
});

describe("what a grant hangs on ends it", () => {
  test.each<[string, (opened: World) => Promise<unknown>, string]>([
    ["time", async ({ ambient }) => ambient.advance(3_600_000), "expired"],
    ["its agent", ({ ask, ids }) => ask("ada", "agents.revoke", { agent: ids.agents["olga"] }), "ended"],
    ["its session", ({ ask, ids }) => ask("ada", "sessions.end", { session: ids.sessions["olga"] }), "ended"],
    [
      "its giver",
      ({ store }) =>
        store.query.updateTable("users").set({ disabled_at: 1 }).where("name", "=", "ada").execute(),
      "ended",
    ],
    ["the policy", ({ ask }) => ask("ada", "policy.activate", { text: `${STARTER_POLICY}\n` }), "ended"],
    [
      "the same policy, activated anew",
      ({ ask }) => ask("ada", "policy.activate", { text: STARTER_POLICY }),
      "ended",
    ],
  ])("%s", async (_name, end, status) => {
    const grant = await putGrant(world, "olga");
    expect(await listed("petra")).toEqual([grant]);
    world.ambient.advance(1);
    await end(world);
    expect(await listed("petra")).toEqual([]);
    expect(await world.ask("petra", "grants.get", { grant })).toMatchObject({ status, left: 0 });
    expect(await listed("petra", { status: "any" })).toEqual([grant]);
  });

  test("its last use", async () => {
    const grant = await putGrant(world, "olga", { used: 5, ended_at: 1, ended_why: "used-up" });
    expect(await world.ask("ada", "grants.get", { grant })).toMatchObject({ status: "used-up", left: 0 });
  });
});

test("grants.get names every call that it let through", async () => {
  const grant = await putGrant(world, "olga", { used: 2 });
  for (const nth of [1, 2])
    await world.store.query
      .insertInto("grant_uses")
      .values({ grant_id: grant, nth, action_id: `act_${nth}`, at: world.ambient.now() + nth })
      .execute();
  const { uses, left, by } = await world.ask("olga", "grants.get", { grant });
  expect(uses).toMatchObject([{ action: "act_2" }, { action: "act_1" }]);
  expect([left, by]).toEqual([3, "ada"]);
});
