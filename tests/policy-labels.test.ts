import { beforeEach, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";
import { see } from "./support/operations-servers.ts";
import { recordAction } from "./support/recorded.ts";

// Policy tests are decided by what a real call would be: the manifest in force for the tool, not what it was accepted with.

const TESTS = `agents: { bot: {} }
tests:
  - { agent: bot, does: calls fs/look_up, with: { word: tea }, expect: allow, by: agents-read }
  - { agent: bot, does: calls fs/file_away, with: { title: A }, expect: allow }
  - { agent: bot, does: calls fs/file_away, with: { id: B7 }, expect: hold, by: flow-change }
  - { agent: bot, does: calls fs/file_away, with: { id: B7 }, expect: allow, flow: { effect: write, selector: [user] } }
  - { agent: bot, does: calls fs/file_away, with: { id: B7 }, expect: deny, flow: { effect: destroy, selector: [user] } }
`;
const MANIFESTS = `look_up:
  effect: read
  roles: { word: query }
  output: { integrity: trusted }
file_away:
  effect: write
  roles: { title: content, id: selector }
  output: { integrity: trusted }
`;

let world: World;

async function offer(name: string, ...properties: string[]): Promise<void> {
  const inputSchema = {
    type: "object",
    properties: Object.fromEntries(properties.map((one) => [one, { type: "string" }])),
  };
  // Without annotations a tool is accepted as one that destroys and reaches out.
  await see(world.store, world.ambient, { server: "fs", kind: "tool", definition: { name, inputSchema } });
  await world.ask("ada", "tools.accept", { tools: [`fs/${name}`] });
}

const run = () => world.ask("ada", "policy.test", { tests: TESTS });

beforeEach(async () => {
  world = await openWorld();
  await offer("look_up", "word");
  await offer("file_away", "title", "id");
});

test("a policy test is of a session that has just begun, by the manifest in force", async () => {
  // The two that say where the values came from say by that what the tool does.
  expect(await run()).toMatchObject({ passed: 2 });
  await world.ask("ada", "manifests.set", { server: "fs", text: MANIFESTS });
  expect(await run()).toMatchObject({ passed: 5, failed: 0 });
});

test("learned tests expect what was seen: by the manifest in force, from where the values came", async () => {
  await world.ask("ada", "manifests.set", { server: "fs", text: MANIFESTS });
  const bot = String((await world.ask("olga", "agents.add", { name: "bot" }))["id"]);
  const flow = {
    labelled: true,
    effect: "write",
    mandate: "attested",
    tainted: false,
    overflowed: false,
    asked: true,
    readers: "none",
    carries: [],
    origins: { selector: ["user"] },
  };
  const seen = { agent: bot, tool: "fs/file_away", effects: ["write"], values: { id: "B7" } };
  await recordAction(world.as("ada"), { ...seen, flow });
  await recordAction(world.as("ada"), {
    agent: bot,
    tool: "fs/look_up",
    effects: ["read"],
    values: { word: "tea" },
    flow: { ...flow, effect: "read", origins: {} },
  });
  const { text, tests } = await world.ask("olga", "policy.learn", { agent: "bot" });
  expect(String(tests).match(/expect: allow/gu)).toHaveLength(2);
  expect(tests).toContain("selector:");
  expect(await world.ask("ada", "policy.test", { tests, policy: text })).toMatchObject({ failed: 0 });
});
