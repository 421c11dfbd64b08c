import { beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";

// Delegations: what a user lends of their rights to an agent, for how long, and how it is taken back.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const HOUR_MS = 3_600_000;
const grant = (over: object = {}, who = "olga"): Promise<Record<string, unknown>> =>
  world.ask(who, "delegations.grant", { agent: `${who}-bot`, servers: ["fs"], ...over });
const granted = async (over: object = {}): Promise<string> => String((await grant(over))["id"]);
const second = async (): Promise<string> => {
  const added = await world.ask("olga", "agents.add", { name: "helper" });
  return String(added["id"]);
};
const live = async (id: string): Promise<unknown> =>
  (await world.ask("olga", "delegations.get", { delegation: id }))["status"];

describe("granting", () => {
  test("keeps what was lent, to whom and until when, and the ledger says so without its purpose", async () => {
    const made = await grant({
      tools: ["fs/read_file"],
      effects: ["read"],
      hours: 2,
      calls: 3,
      purpose: "about Ms Roe",
    });
    expect(made).toMatchObject({
      user: "olga",
      agent: "olga-bot",
      parent: null,
      servers: ["fs"],
      tools: ["fs/read_file"],
      effects: ["read"],
      calls: 3,
      callsUsed: 0,
      further: 0,
      status: "active",
      expiresAt: new Date(world.ambient.now() + 2 * HOUR_MS).toISOString(),
    });
    const entry = world.kept.at(-1);
    expect(entry).toMatchObject({
      kind: "delegation.granted",
      subject: made["id"],
      body: { agent: world.ids.agents["olga"], user: world.ids.users["olga"] },
    });
    expect(JSON.stringify(entry)).not.toContain("Roe");
    expect(await world.ask("olga", "delegations.list", {})).toMatchObject({
      items: [{ id: made["id"] }, { id: world.ids.delegations["olga"] }],
    });
  });

  test.each<[string, object, string]>([
    ["of nothing", { servers: [] }, "delegation_empty"],
    ["of a server that is not there", { servers: ["f"] }, "server_unknown"],
    ["of a tool of a server that is not there", { tools: ["mail/send"] }, "server_unknown"],
    ["of an address", { tools: ["fs/file:///etc/passwd"] }, "input_invalid"],
    ["for longer than 30 days", { hours: 721 }, "input_invalid"],
    ["for no time", { hours: 0 }, "input_invalid"],
    ["through more agents than a chain has", { further: 4 }, "input_invalid"],
    ["to an agent of another owner", { agent: "otto-bot" }, "agent_unknown"],
    ["to an agent that is not there", { agent: "nobody" }, "agent_unknown"],
    ["with fields of its own", { user: "otto" }, "input_invalid"],
  ])("%s is refused", async (_name, over, fault) => {
    const before = world.dump();
    expect(await grant(over)).toEqual({ fault });
    expect(world.dump()).toBe(before);
  });

  test("needs presence", async () => {
    const absent = world.as("olga", { presentUntil: 0 });
    const { operationNamed, perform } = await import("#operations");
    const attempt = perform(absent, {
      operation: operationNamed("delegations.grant"),
      input: { agent: "olga-bot", servers: ["fs"] },
      dryRun: false,
    });
    await expect(attempt).rejects.toMatchObject({ code: "presence_required" });
  });

  test("is of one's own rights, an admin's too", async () => {
    const made = await world.ask("ada", "delegations.grant", { agent: "olga-bot", servers: ["*"] });
    expect(made).toMatchObject({ user: "ada", servers: ["*"] });
    expect(
      await world.ask("ada", "delegations.grant", {
        agent: "otto-bot",
        servers: ["fs"],
        parent: await granted({ further: 1 }),
      }),
    ).toEqual({ fault: "not_yours" });
  });

  test("ends where there are too many", async () => {
    for (let n = 0; n < 499; n += 1) await granted();
    expect(await grant()).toEqual({ fault: "delegations_full" });
  });
});

const pass = (parent: string, over: object = {}): Promise<Record<string, unknown>> =>
  grant({ agent: "helper", parent, servers: [], tools: ["fs/read_file"], hours: 1, ...over });

describe("passing on", () => {
  test("gives a part, and no more: scope, actions, time and depth", async () => {
    await second();
    const parent = await granted({ verbs: ["tools/call"], effects: ["read", "write"], calls: 5, further: 2 });
    const fitting = { verbs: ["tools/call"], effects: ["read"], calls: 5, further: 1 };
    expect(await pass(parent, fitting)).toMatchObject({ parent, agent: "helper", status: "active" });
    const before = world.dump();
    for (const over of [
      { servers: ["*"] },
      { verbs: [] },
      { verbs: ["tools/call", "prompts/get"] },
      { effects: [] },
      { effects: ["destructive"] },
      { calls: 6 },
      { calls: undefined },
      { hours: 9 },
      { further: 2 },
    ])
      expect({ over, ...(await pass(parent, { ...fitting, ...over })) }).toEqual({
        over,
        fault: "delegation_exceeds",
      });
    expect(world.dump()).toBe(before);
  });

  test("goes as far as the user said, never in a circle, and never past what has ended", async () => {
    await second();
    expect(await pass(await granted())).toEqual({ fault: "delegation_too_deep" });
    const parent = await granted({ further: 1 });
    expect(await pass(parent, { agent: "olga-bot" })).toEqual({ fault: "delegation_circle" });
    await world.ask("olga", "delegations.revoke", { delegation: parent });
    expect(await pass(parent)).toEqual({ fault: "delegation_ended" });
    const short = await granted({ further: 1, hours: 1 });
    world.ambient.advance(HOUR_MS);
    expect(await pass(short)).toEqual({ fault: "delegation_ended" });
  });

  test("ends with what it came from, at once, and everything under it with it", async () => {
    await second();
    const parent = await granted({ further: 1 });
    const child = String((await pass(parent))["id"]);
    const session = await world.ask("olga", "sessions.start", { agent: "helper", delegation: child });
    await world.ask("olga", "delegations.revoke", { delegation: parent });
    expect([await live(parent), await live(child)]).toEqual(["revoked", "revoked"]);
    expect(world.told).toContain(`revoked delegation ${parent}`);
    const { items } = (await world.ask("olga", "sessions.list", { ended: true })) as {
      items: Record<string, unknown>[];
    };
    expect(items.find(({ id }) => id === session["session"])?.["endedAt"]).not.toBeNull();
  });
});

describe("narrowing", () => {
  test("makes it smaller, and says so in the ledger", async () => {
    const id = await granted({ effects: ["read", "write"], calls: 9, further: 2 });
    const over = {
      servers: [],
      tools: ["fs/read_file"],
      effects: ["read"],
      calls: 2,
      minutes: 5,
      further: 0,
    };
    expect(await world.ask("olga", "delegations.narrow", { delegation: id, ...over })).toMatchObject({
      servers: [],
      tools: ["fs/read_file"],
      effects: ["read"],
      calls: 2,
      further: 0,
    });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "delegation.narrowed",
      subject: id,
      body: { callsMax: 2 },
    });
    const wider = [
      { servers: ["fs"] },
      { effects: [] },
      { effects: ["read", "write"] },
      { calls: 3 },
      { minutes: 6 },
      { further: 1 },
    ];
    const ask = (more: object) => world.ask("olga", "delegations.narrow", { delegation: id, ...more });
    const refused = await Promise.all(wider.map(ask));
    expect(new Set(refused.map(({ fault }) => fault))).toEqual(new Set(["delegation_exceeds"]));
  });
});

test.each([
  {
    what: "a tool",
    given: { servers: ["fs"] },
    over: { tools: ["fs/read_file"] },
    left: [[], ["fs/read_file"]],
  },
  {
    what: "a server",
    given: { servers: ["fs"], tools: ["fs/write_file"] },
    over: { servers: ["fs"] },
    left: [["fs"], []],
  },
  {
    what: "neither",
    given: { servers: ["fs"], tools: ["fs/write_file"] },
    over: { effects: ["read"] },
    left: [["fs"], ["fs/write_file"]],
  },
])("narrowing by $what leaves what was named", async ({ given, over, left }) => {
  const id = await granted(given);
  const narrow = await world.ask("olga", "delegations.narrow", { delegation: id, ...over });
  expect([narrow["servers"], narrow["tools"]]).toEqual(left);
});

describe("an end", () => {
  test("comes by itself", async () => {
    const id = await granted({ hours: 1 });
    world.ambient.advance(HOUR_MS - 1);
    expect(await live(id)).toBe("active");
    world.ambient.advance(1);
    expect(await live(id)).toBe("expired");
    expect(await world.ask("olga", "delegations.narrow", { delegation: id, minutes: 1 })).toEqual({
      fault: "delegation_ended",
    });
    expect(await world.ask("olga", "delegations.list", {})).toMatchObject({
      items: [{ id: world.ids.delegations["olga"] }],
    });
  });

  test("comes with the user's account, and the doors are told", async () => {
    const id = await granted();
    await world.ask("ada", "users.disable", { user: "olga" });
    expect((await world.ask("ada", "delegations.get", { delegation: id }))["status"]).toBe("revoked");
    expect(world.told).toContain(`revoked user ${world.ids.users["olga"]}`);
  });

  test("comes with the agent, and for what that passed on", async () => {
    await second();
    const parent = await granted({ further: 1 });
    const child = String((await grant({ agent: "helper", parent, hours: 1 }))["id"]);
    await world.ask("olga", "agents.revoke", { agent: "olga-bot" });
    expect([await live(parent), await live(child)]).toEqual(["revoked", "revoked"]);
  });

  test("may be made by the owner of the agent, and by an admin", async () => {
    const [one, two] = [1, 2].map(() =>
      world.ask("ada", "delegations.grant", { agent: "olga-bot", servers: ["fs"] }),
    );
    const [first, other] = [String((await one)?.["id"]), String((await two)?.["id"])];
    expect(await world.ask("olga", "delegations.revoke", { delegation: first })).toMatchObject({
      status: "revoked",
    });
    expect(await world.ask("otto", "delegations.revoke", { delegation: other })).toEqual({
      fault: "delegation_unknown",
    });
    expect(await world.ask("ada", "delegations.revoke", { delegation: other })).toMatchObject({
      status: "revoked",
    });
    expect(await world.ask("ada", "delegations.revoke", { delegation: other })).toEqual({
      fault: "delegation_ended",
    });
  });
});

describe("a session under a delegation", () => {
  test("is opened by the user whose rights they are, and by nobody else", async () => {
    const lent = String(
      (await world.ask("ada", "delegations.grant", { agent: "olga-bot", servers: ["fs"] }))["id"],
    );
    expect(await world.ask("olga", "sessions.start", { agent: "olga-bot", delegation: lent })).toEqual({
      fault: "delegation_unknown",
    });
    const opened = await world.ask("ada", "sessions.start", { agent: "olga-bot", delegation: lent });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "session.started",
      body: { delegation: lent, user: world.ids.users["ada"] },
    });
    expect(await world.ask("ada", "sessions.list", {})).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ id: opened["session"], delegation: lent }),
      ]) as unknown,
    });
    const own = await granted();
    expect(await world.ask("ada", "sessions.start", { agent: "olga-bot", delegation: own })).toEqual({
      fault: "not_yours",
    });
    expect(await world.ask("ada", "sessions.start", { agent: "otto-bot", delegation: lent })).toEqual({
      fault: "not_yours",
    });
  });
});

test("policy why names the principal of the chain that stands in the way", async () => {
  const why = (delegation: string, tool: string): Promise<Record<string, unknown>> =>
    world.ask("ada", "policy.why", { agent: "olga-bot", tool, delegation, arguments: { path: "/a" } });
  world.store.connection.exec("UPDATE tools SET effects = '[\"read\"]' WHERE name = 'read_file'");
  const narrow = await granted({ servers: [], tools: ["fs/read_file"] });
  const write = await why(narrow, "fs/write_file");
  expect(write).toMatchObject({
    verdict: "deny",
    code: "delegation_exceeded",
    principals: [
      { principal: "user:olga", answer: "allow", why: null },
      { principal: `delegation:${narrow}`, answer: "deny", why: "It does not cover this action." },
      { principal: "agent:olga-bot", answer: "hold" },
    ],
  });
  expect(await why(narrow, "fs/read_file")).toMatchObject({
    principals: [{ answer: "allow" }, { answer: "allow" }, {}],
  });
});
