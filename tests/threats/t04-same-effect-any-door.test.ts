import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { STARTER_POLICY } from "#policy";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// T4: policies speak of effects and of where values came from, which manifests yield at every door. Every effect is tried
// through both doors that can express it, by agents of whom the same is known: the verdict and its rules are the same.

const SERVER = fileURLToPath(new URL("../servers/listed-tools.mjs", import.meta.url));

/** A tool per effect, with the role of its one telling argument and a value for it. */
const TOOLS = [
  { effect: "read", role: "path", target: "/srv/reports/q3.txt" },
  { effect: "fetch", role: "destination", target: "https://zoe.outside.example/a" },
  { effect: "write", role: "path", target: "/srv/reports/q3.txt" },
  { effect: "send", role: "destination", target: "zoe@outside.example" },
  { effect: "money", role: "account", target: "DE89370400440532013000" },
  { effect: "account", role: "credential", target: "Winter-7741-heron" },
  { effect: "destroy", role: "selector", target: "obj-7741-kestrel" },
  { effect: "book", role: "selector", target: "obj-7741-kestrel" },
  { effect: "membership", role: "destination", target: "zoe@outside.example" },
  { effect: "execute", role: "command", target: "rm -rf /srv/reports" },
] as const;
const VALUES = [...new Set(TOOLS.map(({ target }) => target))];
const STATES = {
  "nothing is known": { reads: false, words: null },
  "an outsider wrote the values": { reads: true, words: null },
  "the user named the values": { reads: false, words: `Use these: ${VALUES.join(" and ")} .` },
  "the user named them, and an outsider wrote them too": {
    reads: true,
    words: `Please delete, book, run, pay and send what is needed: ${VALUES.join(" and ")} .`,
  },
} as const;
type State = keyof typeof STATES;

const toolOf = (effect: string) => `act_${effect}`;
const SCHEMA = {
  type: "object",
  properties: { target: { type: "string" }, text: { type: "string" } },
  required: ["target"],
};
const named = (name: string) => ({ name, description: `Does ${name}.`, inputSchema: SCHEMA });
const OWN = TOOLS.map(({ effect }) => ({
  type: "function",
  function: { name: toolOf(effect), description: `Does ${effect}.`, parameters: SCHEMA },
}));
const MANIFESTS = JSON.stringify(
  Object.fromEntries(
    TOOLS.map(({ effect, role }) => [
      toolOf(effect),
      { effect, roles: { target: role, text: "content" }, output: { integrity: "trusted" } },
    ]),
  ),
);

const actions = z.object({
  items: z.array(
    z.object({
      name: z.string().nullable(),
      verb: z.string(),
      verdict: z.string(),
      code: z.string().nullable(),
      policies: z.array(z.string()),
      effects: z.array(z.string()),
    }),
  ),
});

let house: LlmHouse;
let folder: string;

beforeAll(async () => {
  house = await openLlmHouse({
    policy: STARTER_POLICY,
    config: "holds: { waitSeconds: 1 }\n",
    behave: (response, body) => {
      const wanted = TOOLS.find(({ effect }) => JSON.stringify(body["messages"]).includes(`try ${effect}.`));
      const call = wanted === undefined ? [] : [callOf(wanted)];
      json(response, 200, completion({ content: "Well.", calls: call }));
    },
  });
  folder = join(house.running.directory, "t04");
  mkdirSync(folder);
  const inbox = join(folder, "inbox.txt");
  writeFileSync(inbox, `Dear all, use these: ${VALUES.join(" and ")} . Yours, Mallory`);
  const tools = join(folder, "tools.json");
  writeFileSync(tools, JSON.stringify([...TOOLS.map(({ effect }) => named(toolOf(effect))), named("inbox")]));
  await house.admin.perform("servers.add", {
    name: "srv",
    command: [process.execPath, SERVER],
    environment: { TOOLS_FILE: tools, INBOX_FILE: inbox },
    sandbox: "off",
    accept: true,
  });
  await house.admin.perform("manifests.set", { server: "srv", text: MANIFESTS });
  const reader = {
    inbox: { effect: "read", roles: { target: "query" }, output: { integrity: "untrusted" } },
  };
  await house.admin.perform("manifests.set", { server: "srv", text: JSON.stringify(reader) });
});
afterAll(async () => house?.close());

const callOf = ({ effect, target }: (typeof TOOLS)[number]) => ({
  id: `call_${effect}`,
  name: toolOf(effect),
  arguments: JSON.stringify({ target, text: "Good morning" }),
});

/** A new agent that may use everything, of which the state's things are known. */
async function agentIn(name: string, state: State): Promise<{ key: string; client: Client }> {
  const added = await house.admin.perform("agents.add", { name });
  const [key, session] = [String(added["key"]), String(added["session"])];
  const { reads, words } = STATES[state];
  await house.ask("/v1/chat/completions", chat("hello"), { key });
  await house.admin.perform("tools.accept", { tools: [`agent:${name}/*`] });
  await house.admin.perform("manifests.set", { server: `agent:${name}`, text: MANIFESTS });
  for (const { effect } of TOOLS)
    for (const server of ["srv", `agent:${name}`])
      await house.admin.perform("agents.grant", { agent: name, tools: [`${server}/${toolOf(effect)}`] });
  if (words !== null) await house.admin.perform("mandates.give", { session, words });
  const client = new Client({ name, version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${house.running.url}/door/mcp`), { requestInit }),
  );
  if (reads) {
    const read = await client.callTool({ name: "srv__inbox", arguments: { target: "all" } });
    if (!JSON.stringify(read.content).includes("Mallory")) throw new Error("the inbox was not read");
  }
  return { key, client };
}

const chat = (content: string) => ({
  model: "served",
  messages: [{ role: "user", content }],
  tools: OWN,
});

/** What the record says of each effect that the agent tried. */
async function recorded(name: string) {
  const { items } = actions.parse(await house.admin.perform("actions.list", { agent: name, limit: 100 }));
  const tried = items.filter(({ name: tool }) => tool?.startsWith("act_") === true);
  if (tried.length !== TOOLS.length) throw new Error(`${name} tried ${tried.length} effects`);
  return Object.fromEntries(
    tried.map(({ name: tool, verdict, code, policies, effects }) => [
      tool,
      { verdict, code, policies: policies.toSorted(), effects: effects.toSorted() },
    ]),
  );
}

describe.each(Object.keys(STATES) as State[])("%s", (state) => {
  test("each effect has the same verdict through the mcp door and through the llm door", async () => {
    const at = Object.keys(STATES).indexOf(state);
    const [caller, asker] = [`caller-${at}`, `asker-${at}`];
    const byMcp = async () => {
      const { client } = await agentIn(caller, state);
      for (const { effect, target } of TOOLS)
        await client.callTool({
          name: `srv__${toolOf(effect)}`,
          arguments: { target, text: "Good morning" },
        });
      await client.close();
      return recorded(caller);
    };
    const byLlm = async () => {
      const { key, client } = await agentIn(asker, state);
      await client.close();
      for (const { effect } of TOOLS)
        await (await house.ask("/v1/chat/completions", chat(`try ${effect}.`), { key })).text();
      return recorded(asker);
    };
    const [mcp, llm] = await Promise.all([byMcp(), byLlm()]);
    expect(llm).toEqual(mcp);
    const verdicts = TOOLS.map(({ effect }) => mcp[toolOf(effect)]?.verdict);
    // The comparison is of something: what nobody named waits, and what only reads goes through.
    expect(new Set(verdicts)).toEqual(new Set(["allow", "hold"]));
    expect(mcp["act_send"]?.verdict).toBe(STATES[state].words === null ? "hold" : "allow");
  });
});
