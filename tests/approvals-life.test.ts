import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Caller } from "#identity";
import { operationNamed, perform } from "#operations";
import type { UserId } from "#vocabulary";
import { holdAction, openWorld, type World } from "./support/operations.ts";

const MINUTE = 60_000;
let world: World;
beforeEach(async () => {
  world = await openWorld();
  for (const [name, groups] of Object.entries({ frida: ["finance"], fred: ["finance"], lea: ["leads"] })) {
    const id = world.ambient.id("usr");
    const rights = { roles: '["approver"]', groups: JSON.stringify(groups) };
    const row = { id, name, issuer: "local", subject: id, created_at: 0, disabled_at: null };
    await world.store.query
      .insertInto("users")
      .values({ ...row, ...rights })
      .execute();
  }
});

const idOf = (name: string): string =>
  String(world.store.connection.prepare("SELECT id FROM users WHERE name = ?").get(name)?.["id"]);
const caller = (name: string): Partial<Caller> => ({ user: idOf(name) as UserId, name, roles: ["approver"] });

/** As one of those that the world does not know by itself. */
async function ask(name: string, operation: string, input: object, more: Partial<Caller> = {}) {
  try {
    const context = world.as("petra", { ...caller(name), ...more });
    const performed = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
    return performed.kind === "done" ? (performed.output as Record<string, unknown>) : {};
  } catch (cause) {
    if (cause instanceof Fault && cause.code !== "bug") return { fault: cause.code, says: cause.message };
    throw cause;
  }
}

async function held(groups: string[], more: Parameters<typeof holdAction>[3] = {}): Promise<string> {
  const { store, ambient, ids } = world;
  const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
  const { journal } = world.as("ada");
  return (await holdAction({ store, ambient, journal }, agent, groups, more)).approval;
}
const kindsOf = (approval: string): string[] =>
  world.kept.filter(({ body }) => body["approval"] === approval).map(({ kind }) => kind);

describe("several yes", () => {
  test("two are needed, and what is missing is said", async () => {
    const approval = await held(["finance, 2"]);
    expect(await ask("frida", "approvals.approve", { approval })).toMatchObject({ status: "requested" });
    expect(await ask("frida", "approvals.approve", { approval })).toMatchObject({
      fault: "approval_repeated",
    });
    expect(await ask("fred", "approvals.get", { approval })).toMatchObject({
      progress: [{ group: "finance, 2", needed: 2, given: 1 }],
      asked: ["fred", "petra"],
      youMayAnswer: true,
    });
    expect(await ask("fred", "approvals.approve", { approval })).toMatchObject({ status: "approved" });
  });

  test("two at the same moment both count", async () => {
    const approval = await held(["finance, 2"]);
    const both = await Promise.all(
      ["frida", "fred"].map((name) => ask(name, "approvals.approve", { approval })),
    );
    expect(new Set(both.map((one) => one["status"]))).toEqual(new Set(["approved", "requested"]));
  });

  test("the user it is done for is left out where the rule says so, and the owner where it is for nobody", async () => {
    const forFrida = await held(["finance, not-requester"], { user: idOf("frida") });
    expect(await ask("frida", "approvals.approve", { approval: forFrida })).toMatchObject({
      fault: "approver_is_requester",
    });
    expect(await ask("fred", "approvals.approve", { approval: forFrida })).toMatchObject({
      status: "approved",
    });
    world.store.connection
      .prepare("UPDATE agents SET owner_id = ? WHERE name = 'olga-bot'")
      .run(idOf("frida"));
    const forNobody = await held(["finance, not-requester"]);
    expect(await ask("frida", "approvals.approve", { approval: forNobody })).toMatchObject({
      fault: "approver_is_requester",
    });
  });

  test("not-owner leaves out the user that it is done for as well", async () => {
    const approval = await held(["finance, not-owner"], { user: idOf("frida") });
    expect(await ask("frida", "approvals.approve", { approval })).toMatchObject({
      fault: "approver_is_owner",
    });
  });
});

test("who is in the group and may decide nothing is not asked", async () => {
  world.store.connection.prepare("UPDATE users SET groups = ? WHERE name = 'otto'").run('["finance"]');
  const approval = await held(["finance"]);
  expect(await ask("frida", "approvals.get", { approval })).toMatchObject({
    asked: ["fred", "frida", "petra"],
  });
});

describe("whoever comes second", () => {
  test("hears who was first, when and where", async () => {
    const approval = await held(["finance"]);
    await ask("frida", "approvals.deny", { approval });
    const at = new Date(world.ambient.now()).toISOString();
    world.ambient.advance(MINUTE);
    expect(await ask("fred", "approvals.approve", { approval })).toEqual({
      fault: "approval_closed",
      says: `request ${approval} is denied and takes no more answers: already denied by frida at ${at} via console`,
    });
  });

  test("in the very same moment too, and one decision stands", async () => {
    const approval = await held(["finance"]);
    const ends = await Promise.all([
      ask("frida", "approvals.approve", { approval }),
      ask("fred", "approvals.deny", { approval }),
      ask("petra", "approvals.approve", { approval }),
    ]);
    expect(ends.filter((end) => end["fault"] === "approval_closed")).toHaveLength(2);
    expect(ends.filter((end) => "decisions" in end)).toHaveLength(1);
    expect(kindsOf(approval).filter((kind) => kind === "approval.decided")).toHaveLength(1);
  });

  test("a decision names the platform's user and the message", async () => {
    const approval = await held(["finance"]);
    const from = {
      channel: "slack",
      tenant: "T1",
      platformUser: "U7",
      message: "C1/1700000000.1",
      post: "pst_1",
    };
    const end = await ask("frida", "approvals.approve", { approval }, { via: "channel:slack", from });
    expect(end).toMatchObject({ decisions: [{ by: idOf("frida"), via: "channel:slack", from }] });
    expect(world.kept.at(-1)?.body).toMatchObject({ by: idOf("frida"), via: "channel:slack", from });
  });
});

describe("seen", () => {
  test("the first look of each who may answer is on record, and nobody else's", async () => {
    const approval = await held(["finance"]);
    await ask("lea", "approvals.get", { approval });
    expect(await ask("frida", "approvals.get", { approval })).toMatchObject({ phase: "requested", seen: [] });
    await ask("frida", "approvals.get", { approval });
    expect(await ask("fred", "approvals.get", { approval })).toMatchObject({
      phase: "seen",
      seen: [{ by: idOf("frida"), via: "console" }],
    });
    expect(kindsOf(approval)).toEqual(["approval.requested", "approval.seen", "approval.seen"]);
    await ask("frida", "approvals.approve", { approval });
    await ask("petra", "approvals.get", { approval });
    expect(kindsOf(approval).filter((kind) => kind === "approval.seen")).toHaveLength(2);
  });

  test("a look whose record cannot be kept is answered all the same", async () => {
    const approval = await held(["finance"]);
    const context = world.as("petra", caller("frida"));
    const failing = {
      ...context,
      journal: { ...context.journal, append: () => Promise.reject(new Fault("disk_full", "f", "r")) },
    };
    const request = { operation: operationNamed("approvals.get"), input: { approval }, dryRun: false };
    expect(await perform(failing, request)).toMatchObject({ kind: "done" });
  });
});

describe("escalation", () => {
  const escalation = [{ of: "finance", steps: [{ afterMs: 15 * MINUTE, group: "leads" }] }];

  test("from its time on others may answer, also after a restart", async () => {
    const approval = await held(["finance"], { escalation });
    expect(await ask("lea", "approvals.approve", { approval })).toMatchObject({
      fault: "approver_not_eligible",
    });
    world.ambient.advance(15 * MINUTE);
    expect(await ask("lea", "approvals.get", { approval })).toMatchObject({
      phase: "escalated",
      asked: ["fred", "frida", "lea", "petra"],
      progress: [{ group: "finance", since: [{ group: "leads" }] }],
    });
    expect(await ask("lea", "approvals.approve", { approval })).toMatchObject({ status: "approved" });
  });
});
