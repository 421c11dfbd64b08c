import { beforeEach, describe, expect, test } from "vitest";
import { deactivate } from "#operations";
import { holdAction, openWorld, type World } from "../support/operations.ts";

// T16: who has left decides, lends and asks for nothing any more, from that moment on: not by what was open before, and
// not by what came in the same moment.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const ISSUER = "https://login.example.org";
/** Both ways out: an admin's, and the organisation's directory's. */
const WAYS: readonly (readonly [string, (name: string) => Promise<unknown>])[] = [
  ["users disable", (name) => world.ask("ada", "users.disable", { user: name })],
  [
    "SCIM",
    async (name) => {
      const { query } = world.store;
      await query.updateTable("users").set({ issuer: ISSUER }).where("name", "=", name).execute();
      return deactivate(world.as("ada"), ISSUER, String(world.ids.users[name]));
    },
  ],
];
const making = () => ({ ...world.as("ada"), store: world.store, ambient: world.ambient });
const statusOf = async (approval: string): Promise<unknown> =>
  (await world.ask("ada", "approvals.get", { approval }))["status"];
const botOf = (owner: string) => ({
  id: String(world.ids.agents[owner]),
  name: `${owner}-bot`,
  session: String(world.ids.sessions[owner]),
});

describe.each(WAYS)("%s", (_name, leave) => {
  test("withdraws what the leaver's agents wait for, and nobody else's", async () => {
    await leave("olga");
    expect(await statusOf(String(world.ids.approvals["olga"]))).toBe("withdrawn");
    expect(await statusOf(String(world.ids.approvals["otto"]))).toBe("requested");
    expect(world.told).toContain(`decided ${world.ids.approvals["olga"]}`);
    const entry = world.kept.findLast(({ kind }) => kind === "approval.withdrawn");
    expect(entry?.body).toMatchObject({ approval: world.ids.approvals["olga"], why: "user_disabled" });
  });

  test("takes back a yes that was not used: it releases nothing", async () => {
    const { approval } = await holdAction(making(), botOf("otto"), ["finance"]);
    expect(await world.ask("petra", "approvals.approve", { approval })).not.toHaveProperty("fault");
    expect(await statusOf(approval)).toBe("approved");
    await leave("petra");
    expect(await statusOf(approval)).toBe("withdrawn");
  });

  test("takes back one yes of two, too", async () => {
    const { approval } = await holdAction(making(), botOf("otto"), ["finance", "admins"]);
    await world.ask("petra", "approvals.approve", { approval });
    expect(await statusOf(approval)).toBe("requested");
    await leave("petra");
    expect(await statusOf(approval)).toBe("withdrawn");
  });

  test("leaves a no, and a yes that was used, as they are", async () => {
    const { approval } = await holdAction(making(), botOf("otto"), ["finance"]);
    await world.ask("petra", "approvals.deny", { approval, note: "" });
    await leave("petra");
    expect(await statusOf(approval)).toBe("denied");
  });

  test("ends sign-ins and tokens, and what was lent", async () => {
    await world.ask("olga", "tokens.create", {});
    const { delegations, users } = world.ids;
    await leave("olga");
    const row = await world.store.query
      .selectFrom("user_sessions")
      .select("revoked_at")
      .where("user_id", "=", String(users["olga"]))
      .executeTakeFirstOrThrow();
    expect(row.revoked_at).not.toBe(null);
    expect(await world.ask("ada", "delegations.get", { delegation: delegations["olga"] })).toMatchObject({
      status: "revoked",
    });
    expect(world.told).toContain(`revoked user ${users["olga"]}`);
  });

  test.each([
    ["approve", "petra", "approvals.approve"],
    ["lend", "olga", "delegations.grant"],
    ["make a token", "olga", "tokens.create"],
    ["open a session", "olga", "sessions.start"],
  ])("lets nobody %s in the very moment they leave", async (_what, who, operation) => {
    const { approval } = await holdAction(making(), botOf("otto"), ["finance"]);
    const inputs: Readonly<Record<string, object>> = {
      "approvals.approve": { approval },
      "delegations.grant": { agent: "olga-bot", servers: ["fs"] },
      "tokens.create": {},
      "sessions.start": { agent: "olga-bot" },
    };
    // Asked while they were still here: whoever the caller is was settled before.
    await leave(who);
    const before = world.kept.length;
    const { fault } = await world.ask(who, operation, inputs[operation]!);
    expect(["changed_meanwhile", "approver_not_eligible"]).toContain(fault);
    expect(world.kept).toHaveLength(before);
  });
});

describe("a leaver's agents", () => {
  test("are named with what to do, go on, and are taken over", async () => {
    const left = await world.ask("ada", "users.disable", { user: "olga" });
    expect(left).toMatchObject({ agents: ["olga-bot"], next: expect.stringContaining("agents set-owner") });
    const taken = await world.ask("ada", "agents.set-owner", { agent: "olga-bot", owner: "otto" });
    expect(taken).toMatchObject({ owner: world.ids.users["otto"], revokedAt: null });
    expect(world.kept.at(-1)).toMatchObject({ kind: "agent.changed", body: { change: "owner" } });
    expect(await world.ask("otto", "agents.get", { agent: "olga-bot" })).toMatchObject({ name: "olga-bot" });
  });

  test("are not given to somebody who has left, nor given away by their owner", async () => {
    await world.ask("ada", "users.disable", { user: "otto" });
    const input = { agent: "olga-bot", owner: "otto" };
    expect(await world.ask("ada", "agents.set-owner", input)).toEqual({ fault: "user_disabled" });
    const own = { agent: "olga-bot", owner: "petra" };
    expect(await world.ask("olga", "agents.set-owner", own)).toEqual({ fault: "permission_denied" });
  });

  test("of nobody: nothing is left to do", async () => {
    expect(await world.ask("ada", "users.disable", { user: "aud" })).toMatchObject({
      agents: [],
      next: null,
    });
  });
});
