import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOf } from "#base";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
  addOwnTools(world);
});

const SERVER = "agent:olga-bot";
const names = (items: unknown): unknown[] => (items as { name: string }[]).map(({ name }) => name);

describe("an agent's own tools in the operations", () => {
  test("are reviewed like a server's: listed, shown, accepted all at once, classified, refused", async () => {
    const listed = await world.ask("ada", "tools.list", { server: SERVER });
    expect(names(listed["items"])).toEqual(["Bash", "Read"]);
    const shown = await world.ask("ada", "tools.get", { tool: `${SERVER}/Bash` });
    expect(shown).toMatchObject({ status: "new", effects: ["destructive", "outbound"] });
    const accepted = await world.ask("ada", "tools.accept", { tools: [`${SERVER}/*`] });
    expect(accepted["items"]).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    const classified = await world.ask("ada", "tools.classify", {
      tool: `${SERVER}/Bash`,
      effects: ["write"],
    });
    expect(classified).toMatchObject({ effects: ["write"] });
    const refused = await world.ask("ada", "tools.refuse", { tools: [`${SERVER}/Bash`] });
    expect(refused["items"]).toMatchObject([{ status: "refused" }]);
  });

  test("accepted with what they do, in one word for all of them", async () => {
    const would = await world.ask("ada", "tools.accept", { tools: [`${SERVER}/*`], effects: ["read"] }, true);
    expect(would["would"]).toContain('as what does ["read"]');
    const { items } = await world.ask("ada", "tools.accept", { tools: [`${SERVER}/*`], effects: ["read"] });
    expect(items).toMatchObject([{ effects: ["read"] }, { effects: ["read"] }]);
    expect(world.kept.at(-1)?.body).toMatchObject({ change: "accepted", effects: ["read"] });
  });

  test("can be granted, and then a policy text can speak of them", async () => {
    await world.ask("ada", "tools.accept", { tools: [`${SERVER}/*`] });
    const granted = await world.ask("ada", "agents.grant", { agent: "olga-bot", tools: [`${SERVER}/Bash`] });
    expect(granted).toMatchObject({ grantedTools: [`${SERVER}/Bash`] });
    const text = `@id("a") permit (principal, action == Doorward::Action::"${SERVER}/Bash", resource) when { context.input.command like "ls*" };`;
    expect(await world.ask("ada", "policy.check", { text })).toMatchObject({ problems: [] });
  });

  test.each(["servers.get", "servers.refresh", "servers.restart", "servers.repin", "servers.remove"])(
    "%s knows no such server",
    async (operation) => {
      expect(await world.ask("ada", operation, { server: SERVER })).toEqual({ fault: "input_invalid" });
      // And not either where the name were let through.
      world.store.connection
        .prepare(
          "INSERT INTO servers SELECT 'smuggled', transport, configuration, pin, identity, status, status_reason, added_by, created_at FROM servers WHERE name = ?",
        )
        .run(SERVER);
      expect(await world.ask("ada", operation, { server: "smuggled" })).toEqual({ fault: "server_unknown" });
    },
  );

  test("neither servers.list nor doors.list shows it; agents.get does", async () => {
    expect(names((await world.ask("ada", "servers.list", {}))["items"])).toEqual(["fs"]);
    expect(JSON.stringify(await world.ask("ada", "doors.list", {}))).not.toContain("agent:");
    const agent = await world.ask("olga", "agents.get", { agent: "olga-bot" });
    expect(agent["tools"]).toEqual({
      accepted: 0,
      waiting: [`${SERVER}/Bash`, `${SERVER}/Read`],
      refused: [],
    });
  });
});

test("the policy in docs/guide/own-tools.md compiles against such a tool, and no other", async () => {
  const guide = readFileSync(new URL("../docs/guide/own-tools.md", import.meta.url), "utf8");
  const [, text = ""] = /```cedar\n(.*?)```/s.exec(guide) ?? [];
  const mine = text.replaceAll("agent:mailbot", SERVER);
  expect(mine).toContain(SERVER);
  expect((await world.ask("ada", "policy.check", { text: mine }))["problems"]).not.toEqual([]);
  await world.ask("ada", "tools.accept", { tools: [`${SERVER}/Bash`] });
  expect((await world.ask("ada", "policy.check", { text: mine }))["problems"]).toEqual([]);
});

describe("what is said of an agent's local tools (T5)", () => {
  test("not governed, until it declares tools or somebody says in which dialects it calls them", async () => {
    expect(await ownTools()).toBe("not governed");
    const set = await world.ask("ada", "agents.set-dialects", {
      agent: "otto-bot",
      dialects: ["react", "hermes", "react"],
    });
    expect(set).toMatchObject({ ownTools: "governed", dialects: ["hermes", "react"] });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "agent.changed",
      body: { change: "dialects", dialects: ["hermes", "react"] },
    });
    await world.ask("ada", "agents.set-dialects", { agent: "otto-bot" });
    expect(await ownTools()).toBe("not governed");
    world.store.connection.prepare("UPDATE agents SET seen_tools_at = 1 WHERE name = 'otto-bot'").run();
    expect(await ownTools()).toBe("governed");
  });

  test("a dialect that nobody reads is none", async () => {
    const answer = await world.ask("ada", "agents.set-dialects", {
      agent: "otto-bot",
      dialects: ["klingon"],
    });
    expect(answer).toEqual({ fault: "input_invalid" });
  });

  test("its owner may not: fewer dialects would be more rights", async () => {
    const answer = await world.ask("otto", "agents.set-dialects", { agent: "otto-bot", dialects: [] });
    expect(answer).toHaveProperty("fault");
  });
});

async function ownTools(): Promise<unknown> {
  return (await world.ask("ada", "agents.get", { agent: "otto-bot" }))["ownTools"];
}

function addOwnTools({ store }: World): void {
  store.connection
    .prepare(
      `INSERT INTO servers (name, transport, configuration, pin, identity, status, added_by, created_at)
        VALUES (?, 'agent', '{"transport":"agent"}', '{"kind":"agent"}', ?, 'active', 'usr_1', 1)`,
    )
    .run(SERVER, digestOf("agt"));
  for (const name of ["Bash", "Read"]) {
    const definition = {
      name,
      description: name,
      inputSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
    };
    store.connection
      .prepare(
        `INSERT INTO tools (server, kind, name, fingerprint, definition, effects, status, first_seen_at, changed_at)
          VALUES (?, 'tool', ?, ?, ?, '["destructive","outbound"]', 'new', 1, 1)`,
      )
      .run(SERVER, name, digestOf(definition), canonicalJson(definition));
  }
}
