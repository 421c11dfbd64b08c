import { describe, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import type { Reply } from "../journeys/console-harness.ts";
import { openWorld, type World } from "../support/operations.ts";
import { ANA, codeOf, confirmDevice, signInFlow } from "../support/sign-in.ts";
import { ask } from "../journeys/console-harness.ts";

// T16: what a group of the identity provider gives, it gives at the sign-in that says so, and takes at the next one that
// does not. Nobody but the configured provider says it, and an admin by group alone is not the last admin.

const flow = signInFlow();

async function mapped(name: string, roles: string[], groups: string[] = []): Promise<void> {
  const row = { name, roles: JSON.stringify(roles), groups: JSON.stringify(groups), changed_by: "x" };
  await flow.harness.store.query
    .insertInto("provider_groups")
    .values({ ...row, changed_at: 0 })
    .execute();
}
const rightsAfter = async (): Promise<unknown> => {
  const reply = await flow.signIn();
  expect(codeOf(reply)).toBe("ok");
  return rightsOf(reply);
};
const rightsOf = ({ body }: Reply): unknown => [body["roles"], body["groups"]];
const OWN = [["admin"], ["admins"]];

describe("a group of the provider", () => {
  test("gives its roles and groups from the next sign-in on, beside what an admin gave", async () => {
    await mapped("auditors", ["auditor"], ["finance"]);
    expect(await rightsAfter()).toEqual(OWN);
    flow.provider.groups = ["auditors", "others"];
    expect(await rightsAfter()).toEqual([
      ["admin", "auditor"],
      ["admins", "finance"],
    ]);
    const entry = flow.harness.journal.kept.findLast(({ subject }) => subject === ANA);
    expect(entry).toMatchObject({
      kind: "user.changed",
      body: { via: "provider", roles: ["admin", "auditor"] },
    });
    expect(JSON.stringify(flow.harness.journal.kept)).not.toContain("others");
  });

  test("that the person left takes them at the next sign-in, in a console or a terminal", async () => {
    await mapped("auditors", ["auditor"]);
    flow.provider.groups = ["auditors"];
    const first = await flow.signIn();
    expect(rightsOf(first)).toEqual([["admin", "auditor"], ["admins"]]);
    flow.provider.groups = [];
    const { body } = await ask(flow.harness, "POST /console/session/device", {
      body: { purpose: "sign-in" },
    });
    await confirmDevice(String(body["wholeAddress"]));
    flow.harness.passTime(1_000);
    const poll = { purpose: "sign-in", ticket: body["ticket"] };
    const second = await ask(flow.harness, "POST /console/session/device/poll", { body: poll });
    expect(rightsOf(second)).toEqual(OWN);
    // The browser that was signed in before has them no more, either.
    const cookie = String(first.headers["set-cookie"]).split(";")[0];
    const headers = { cookie, "x-doorward-csrf": String(first.body["proof"]) };
    expect(rightsOf(await flow.session(headers))).toEqual(OWN);
  });

  test.each([
    ["left out", undefined],
    ["no list", { auditors: true }],
    ["a number", 1],
    ["a list with something else in it", ["auditors", 1]],
    ["too long a list", ["auditors", ...Array.from({ length: 500 }, (_, at) => `g${at}`)]],
    ["too long a name", ["auditors", "x".repeat(257)]],
    ["another spelling", ["Auditors", "auditors ", "auditors\u200b"]],
  ])("gives nothing where the claim is %s", async (_name, groups) => {
    await mapped("auditors", ["auditor"]);
    flow.provider.groups = ["auditors"];
    expect(await rightsAfter()).not.toEqual(OWN);
    flow.provider.tamper = (claims) => ({ claims: { ...claims, groups } });
    expect(await rightsAfter()).toEqual(OWN);
  });

  test.each(["one text", "a list of one"])("is read from %s", async (form) => {
    await mapped("auditors", ["auditor"]);
    const groups = form === "one text" ? "auditors" : ["auditors"];
    flow.provider.tamper = (claims) => ({ claims: { ...claims, groups } });
    expect(await rightsAfter()).toEqual([["admin", "auditor"], ["admins"]]);
  });

  test("of a second issuer gives nothing: its word is not taken at all", async () => {
    await mapped("auditors", ["auditor"]);
    flow.provider.tamper = (claims) => ({
      claims: { ...claims, iss: flow.second.issuer, groups: ["auditors"] },
    });
    expect(codeOf(await flow.signIn())).toBe("provider_refused");
    flow.provider.tamper = null;
    expect(await rightsAfter()).toEqual(OWN);
  });
});

async function claimedBy(
  world: World,
  name: string,
  own: readonly string[],
  claimed: string[],
): Promise<void> {
  const { id } = await world.store.query
    .selectFrom("users")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  const row = { own_roles: JSON.stringify(own), own_groups: "[]", claimed: JSON.stringify(claimed), at: 0 };
  await world.store.query
    .insertInto("user_claims")
    .values({ user_id: id, ...row })
    .execute();
}
const rolesOf = async (world: World, name: string): Promise<unknown> => {
  const { items } = (await world.ask("ada", "users.list", {})) as {
    items: { name: string; roles: string[] }[];
  };
  return items.find((one) => one.name === name)?.roles;
};

describe("the mapping", () => {
  test("takes at once what it no longer gives, and what it newly gives it gives to those known to be in the group", async () => {
    const world = await openWorld();
    await claimedBy(world, "petra", ["approver"], ["Ops"]);
    await world.ask("ada", "provider-groups.set", { group: "Ops", roles: ["admin"] });
    expect(await rolesOf(world, "petra")).toEqual(["admin", "approver"]);
    await world.ask("ada", "provider-groups.set", { group: "Ops", roles: ["auditor"], groups: ["ops"] });
    expect(await rolesOf(world, "petra")).toEqual(["approver", "auditor"]);
    await world.ask("ada", "provider-groups.remove", { group: "Ops" });
    expect(await rolesOf(world, "petra")).toEqual(["approver"]);
    const kinds = world.kept.slice(-2).map(({ kind }) => kind);
    expect(kinds).toEqual(["group.changed", "user.changed"]);
  });

  test("stays beside what an admin sets by hand", async () => {
    const world = await openWorld();
    await claimedBy(world, "petra", ["approver"], ["Ops"]);
    await world.ask("ada", "provider-groups.set", { group: "Ops", roles: ["auditor"] });
    expect(await world.ask("ada", "users.set-roles", { user: "petra", roles: ["owner"] })).toMatchObject({
      roles: ["auditor", "owner"],
    });
    await world.ask("ada", "provider-groups.remove", { group: "Ops" });
    expect(await rolesOf(world, "petra")).toEqual(["owner"]);
  });

  test("is an admin's to change, in person", async () => {
    const world = await openWorld();
    for (const who of ["petra", "aud", "olga"])
      expect(await world.ask(who, "provider-groups.set", { group: "Ops", roles: ["admin"] })).toEqual({
        fault: "permission_denied",
      });
  });
});

describe("the last admin", () => {
  test("is not one whom a group made admin", async () => {
    const world = await openWorld();
    await claimedBy(world, "petra", ["approver"], ["Ops"]);
    await world.ask("ada", "provider-groups.set", { group: "Ops", roles: ["admin"] });
    expect(await world.ask("ada", "users.set-roles", { user: "ada", roles: ["owner"] })).toEqual({
      fault: "last_admin",
    });
    expect(await world.ask("ada", "users.disable", { user: "ada" })).toEqual({ fault: "last_admin" });
  });

  test.each([
    ["demote", "users.set-roles", { roles: ["owner"] }],
    ["disable", "users.disable", {}],
  ])("is left where two admins %s each other at the same moment", async (_name, operation, input) => {
    const world = await openWorld();
    await world.ask("ada", "policy.activate", { text: STARTER_POLICY });
    await world.ask("ada", "users.set-roles", { user: "petra", roles: ["admin"] });
    const answers = await Promise.all([
      world.ask("ada", operation, { user: "petra", ...input }),
      world.ask("ada", operation, { user: "ada", ...input }),
    ]);
    const faults = answers.map((answer) => answer["fault"]);
    expect(faults.filter((fault) => fault === undefined)).toHaveLength(1);
    const users = await world.store.query.selectFrom("users").selectAll().execute();
    const admins = users.filter(({ roles, disabled_at: at }) => at === null && roles.includes('"admin"'));
    expect(admins).toHaveLength(1);
  });
});
