import { beforeEach, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { openWorld, type World } from "./support/operations.ts";
import { PETSTORE_URL } from "./support/documents.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

async function reachOf(input: object = {}, who = "ada") {
  return world.ask(who, "agents.blast-radius", { agent: "olga-bot", ...input });
}

function byName(answer: Record<string, unknown>, list: string, key: string): Record<string, string> {
  const items = answer[list] as Record<string, string>[];
  return Object.fromEntries(
    items.map((item) => [item[key], item["reach"] ?? `${item["read"]} ${item["write"]}`]),
  );
}

test("an agent reaches what policy lets it, with its own rights and with those lent to it", async () => {
  const radius = await reachOf();
  expect(byName(radius, "tools", "tool")).toMatchObject({ "fs/read_file": "allowed" });
  expect(radius["delegations"]).toEqual([expect.objectContaining({ user: "olga" })]);
  await world.ask("ada", "policy.activate", {
    text: '@id("nothing") forbid (principal, action, resource);',
    withoutBacktest: "a test",
  });
  expect(await reachOf()).toMatchObject({ tools: [], models: [] });
});

test("what waits for a person is held, and not allowed", async () => {
  await world.ask("ada", "agents.grant", { agent: "olga-bot", tools: ["fs/write_file"] });
  const held = `${STARTER_POLICY}\n@id("ask") @hold("admins") forbid (principal, action == Doorward::Action::"fs/write_file", resource);`;
  await world.ask("ada", "policy.activate", { text: held, withoutBacktest: "a test" });
  expect(byName(await reachOf(), "tools", "tool")["fs/write_file"]).toBe("held");
  const firm = `${STARTER_POLICY}\n@id("never") forbid (principal, action == Doorward::Action::"fs/write_file", resource);`;
  await world.ask("ada", "policy.activate", { text: firm, withoutBacktest: "a test" });
  expect(byName(await reachOf(), "tools", "tool")["fs/write_file"]).toBe(undefined);
});

test("hosts are those granted, reading and writing apart", async () => {
  expect((await reachOf())["hosts"]).toEqual([]);
  await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "docs.example.com" });
  await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "*.example.org", access: "write" });
  const hosts = byName(await reachOf(), "hosts", "host");
  expect(Object.keys(hosts)).toEqual(["*.example.org", "docs.example.com"]);
  expect(hosts["docs.example.com"]).toMatch(/ denied$/);
  expect(hosts["*.example.org"]).not.toMatch(/denied/);
});

test("each stage is said, and what it is worth", async () => {
  const { stages } = await reachOf();
  expect((stages as { stage: string; says: string }[]).map(({ stage }) => stage)).toEqual([
    "observe",
    "enforce",
    "isolate",
  ]);
  expect(JSON.stringify(stages)).toContain("recorded only");
  expect(await reachOf({ stage: "isolate" })).toMatchObject({ stage: "isolate" });
});

test("an operation of an API counts like any other tool", async () => {
  await world.ask("ada", "apis.add", { document: PETSTORE_URL, name: "petstore", accept: "all" });
  await world.ask("ada", "agents.grant", { agent: "olga-bot", tools: ["petstore/findPets"] });
  expect(byName(await reachOf(), "tools", "tool")).toHaveProperty(["petstore/findPets"]);
});

test("credentials are named, and nothing of their secrets", async () => {
  const row = {
    id: "crd_1",
    name: "github",
    kind: "bearer",
    owner_kind: "organisation",
    owner: "",
    settings: "{}",
    destinations: JSON.stringify([
      { scheme: "https", host: "api.github.com", port: 443, methods: [], path: "/" },
    ]),
    agents: "[]",
    version: 1,
    revision: 0,
    kek: "k",
    sealed_key: Buffer.from("key"),
    sealed: Buffer.from("secret"),
    reference: null,
    expires_at: null,
    created_by: String(world.ids.users["ada"]),
    created_at: 0,
    rotated_at: null,
    last_used_at: null,
    removed_at: null,
  };
  const insert = async (more: Partial<typeof row>) =>
    world.store.query
      .insertInto("vault_credentials")
      .values({ ...row, ...more })
      .execute();
  await insert({});
  await insert({ id: "crd_2", name: "of-otto", owner_kind: "user", owner: String(world.ids.users["otto"]) });
  await insert({ id: "crd_3", name: "of-olga", owner_kind: "user", owner: String(world.ids.users["olga"]) });
  await insert({ id: "crd_4", name: "of-another-agent", agents: JSON.stringify([world.ids.agents["otto"]]) });
  const { credentials } = await reachOf();
  // olga lent her rights to the agent; otto did not.
  expect((credentials as { name: string }[]).map(({ name }) => name)).toEqual(["github", "of-olga"]);
  expect(JSON.stringify(credentials)).not.toMatch(/secret|sealed/);
});

test("another owner's agent is as unknown as one that is not there", async () => {
  expect(await reachOf({}, "otto")).toEqual({ fault: "agent_unknown" });
});

interface Listed {
  readonly name: string;
  readonly stage: string;
  readonly reaches: string;
  readonly stageProof: string | null;
  readonly reach: readonly Record<string, unknown>[];
}

async function listed(input: object = {}, who = "ada"): Promise<readonly Listed[]> {
  return (await world.ask(who, "agents.list", input))["items"] as Listed[];
}

const olgas = async (): Promise<Listed> => {
  const found = (await listed()).find(({ name }) => name === "olga-bot");
  if (found === undefined) throw new Error("olga-bot is not listed");
  return found;
};

test("the list of agents says what each could reach in each stage, and the page of one the same", async () => {
  await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "docs.example.com" });
  const { reach, reaches } = await olgas();
  const tools = (await world.ask("ada", "agents.blast-radius", { agent: "olga-bot" }))["tools"] as unknown[];
  expect(reach).toMatchObject([
    { stage: "observe", hosts: null, held: 0, files: "its OS user's", pastTheDoors: "open", proof: null },
    { stage: "enforce", hosts: 1, tools: tools.length, pastTheDoors: "open" },
    { stage: "isolate", hosts: 1, tools: tools.length, files: "its workspace", pastTheDoors: "closed" },
  ]);
  expect(reaches).toMatch(
    /^observe: everything; enforce: \d+ tools?.*1 host.*; isolate: the same, past the doors nothing$/,
  );
  expect((await world.ask("ada", "agents.get", { agent: "olga-bot" }))["reach"]).toEqual(reach);
});

test("what a policy, a grant or a host changes, the next list says", async () => {
  const before = await olgas();
  const text = `${STARTER_POLICY}\n@id("isolated") forbid (principal, action == Doorward::Action::"fs/read_file", resource) when { context.stage == "isolate" };`;
  await world.ask("ada", "policy.activate", { text, withoutBacktest: "a test" });
  const [, enforce, isolate] = (await olgas()).reach;
  expect(enforce?.["tools"]).toBe(before.reach[1]?.["tools"]);
  expect(isolate?.["tools"]).toBe(Number(enforce?.["tools"]) - 1);
  await world.ask("ada", "hosts.grant", { agent: "olga-bot", host: "docs.example.com" });
  expect((await olgas()).reach[1]).toMatchObject({ hosts: 1 });
  const nothing = '@id("nothing") forbid (principal, action, resource);';
  await world.ask("ada", "policy.activate", { text: nothing, withoutBacktest: "a test" });
  expect((await olgas()).reach).toMatchObject([
    { hosts: null },
    { tools: 0, hosts: 0, models: 0 },
    { tools: 0, hosts: 0, models: 0 },
  ]);
});

test("a thousand agents are listed without asking more than a page may, and any one can be asked about", async () => {
  const { store, ambient } = world;
  const owner = String(world.ids.users["olga"]);
  const like = await store.query
    .selectFrom("agents")
    .selectAll()
    .where("name", "=", "olga-bot")
    .executeTakeFirstOrThrow();
  const many = Array.from({ length: 1_000 }, (_, n) => ({
    ...like,
    id: ambient.id("agt"),
    name: `many-${String(n).padStart(4, "0")}`,
    owner_id: owner,
  }));
  for (const row of many) await store.query.insertInto("agents").values(row).execute();
  const page = await listed({ limit: 200 });
  expect(page).toHaveLength(200);
  expect(page.filter(({ reach }) => reach.length === 3).length).toBe(200);
  const tool = await store.query
    .selectFrom("tools")
    .selectAll()
    .where("name", "=", "read_file")
    .executeTakeFirstOrThrow();
  for (let n = 0; n < 500; n += 1)
    await store.query
      .insertInto("tools")
      .values({ ...tool, name: `more_${n}` })
      .execute();
  const full = await listed({ limit: 200 });
  const told = full.filter(({ reach }) => reach.length === 3).length;
  expect([told > 0, told < 200]).toEqual([true, true]);
  expect(full.at(-1)?.reaches).toBe(`too much for a list: \`doorward agents get ${full.at(-1)?.name}\``);
  expect((await world.ask("ada", "agents.get", { agent: "many-0999" }))["reach"]).toHaveLength(3);
});

test("one that a list names sees its own agents' reach, and nothing of others", async () => {
  expect((await listed({}, "otto")).map(({ name }) => name)).toEqual(["otto-bot"]);
});
