import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunks, completion, DONE, json, type Said, stream } from "../support/model-upstream.ts";

// One agent through both doors. A tool that our mcp door offered is only proposed at the llm door, and decided where it is
// called: one card. A tool that the agent runs itself is decided at the llm door: withheld, approved, replayed.

const SERVER = fileURLToPath(new URL("slow-server.mjs", import.meta.url));
const POLICY = `
@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);
@id("tools") @reason("Agents may use tools.") permit (principal, action in Doorward::Action::"tools/call", resource);
@id("ask-first") @reason("Writing waits for an admin.") @hold("admins")
forbid (principal, action in [Doorward::Action::"write", Doorward::Action::"destructive"], resource);
@id("no-secrets") @reason("Nobody reads secrets.") @remedy("Ask for something else.")
forbid (principal, action == Doorward::Action::"agent:agent/read", resource) when { context.input.path == "/etc/shadow" };
`;

const object = (properties: object) => ({ type: "object", properties, required: Object.keys(properties) });
const own = (name: string, properties: object): OpenAI.ChatCompletionFunctionTool => ({
  type: "function",
  function: {
    name,
    description: `Runs ${name} here`,
    parameters: object(properties) as Record<string, unknown>,
  },
});
const OWN = [own("bash", { command: { type: "string" } }), own("read", { path: { type: "string" } })];
const user: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "please do it" }];

let house: LlmHouse;
let client: OpenAI;
let say: Said;

beforeAll(async () => {
  house = await openLlmHouse({
    config: "holds: { waitSeconds: 1 }\n",
    behave: (response, body) => {
      if (body["stream"] !== true) return json(response, 200, completion(say));
      stream(response, chunks(say));
      response.end(DONE);
    },
  });
  const environment = { CALLS_FILE: join(house.running.directory, "calls") };
  await house.admin.perform("servers.add", {
    name: "slow",
    command: [process.execPath, SERVER],
    environment,
    accept: true,
  });
  client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
  // Declared once, reviewed by a person, then in use.
  say = { content: "hello" };
  await client.chat.completions.create({ model: "served", messages: user, tools: OWN });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/bash"], effects: ["destructive"] });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/read"], effects: ["read"] });
  await house.admin.perform("policy.activate", { text: POLICY });
});
afterAll(async () => house?.close());
beforeEach(async () => equal((await open()).length, 0));

interface Card {
  readonly id: string;
  readonly target: string;
  readonly server: string;
}

async function open(): Promise<readonly Card[]> {
  const { items } = await house.admin.perform("approvals.list", { status: "requested" });
  return Array.isArray(items) ? items : [];
}

async function mcp(): Promise<Client> {
  const found = new Client({ name: "agent", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${house.key}` } };
  await found.connect(
    new StreamableHTTPClientTransport(new URL(`${house.running.url}/door/mcp`), { requestInit }),
  );
  return found;
}

test("a tool of the mcp door is proposed here, decided there: one card", async () => {
  const agent = await mcp();
  const { tools } = await agent.listTools();
  const offered = tools.map(
    ({ name, description, inputSchema }): OpenAI.ChatCompletionFunctionTool => ({
      type: "function",
      // As an agent's framework names the tools of an MCP server.
      function: {
        name: `mcp__doorward__${name}`,
        description: description ?? "",
        parameters: { ...inputSchema },
      },
    }),
  );
  say = { calls: [{ id: "call_1", name: "mcp__doorward__slow__write", arguments: '{"text":"both"}' }] };
  const turn = await client.chat.completions.create({ model: "served", messages: user, tools: offered });
  equal(turn.choices[0]?.finish_reason, "tool_calls");
  equal((await open()).length, 0);
  const proposals = await entriesOf(house.admin, "proposal");
  equal(proposals.at(-1)?.["server"], "slow");
  equal(proposals.at(-1)?.["name"], "write");
  const call = { name: "slow__write", arguments: { text: "both" } };
  const calling = agent.callTool(call);
  await expect.poll(async () => (await open()).length).toBe(1);
  const [card] = await open();
  equal(`${card?.server}/${card?.target}`, "slow/write");
  await house.admin.perform("approvals.approve", { approval: card?.id });
  // The wait may have been over before the tap: then the retry collects.
  if ((await calling).isError === true) await agent.callTool(call);
  const calls = readFileSync(join(house.running.directory, "calls"), "utf8").trim().split("\n");
  deepEqual(
    calls.map((line) => JSON.parse(line).arguments.text),
    ["both"],
  );
  await agent.close();
});

test.each([false, true])(
  "a held turn is withheld whole, and replayed once approved (streamed: %s)",
  async (isStream) => {
    const calls = [
      { id: "call_a", name: "read", arguments: `{"path":"/tmp/${String(isStream)}"}` },
      { id: "call_b", name: "bash", arguments: `{"command":"make ${String(isStream)}"}` },
    ];
    say = { content: "I will look and build.", calls };
    const asked = house.upstream.asked.length;
    const held = await answered(isStream, user);
    equal(held.calls.length, 0);
    equal(held.finish, "stop");
    match(held.text, /Held by Doorward/);
    const [card, ...others] = await open();
    equal(others.length, 0);
    equal(card?.target, "bash");
    ok(held.text.includes(card?.id ?? "none"));
    // Asked again too early: still held, by the same card, and the model is not asked.
    const early = await answered(isStream, user);
    match(early.text, /Held by Doorward/);
    equal((await open()).length, 1);
    await house.admin.perform("approvals.approve", { approval: card?.id });
    // The next message of the conversation, as a person would write it.
    const next = [
      ...user,
      { role: "assistant" as const, content: held.text },
      { role: "user" as const, content: "approved, go on" },
    ];
    const released = await answered(isStream, next);
    deepEqual(released.calls, calls);
    equal(released.finish, "tool_calls");
    equal(house.upstream.asked.length, asked + 1);
    const intents = await entriesOf(house.admin, "intent");
    deepEqual(
      intents
        .slice(-2)
        .map(({ name, door }) => `${String(door)} ${String(name)}`)
        .toSorted(),
      ["llm bash", "llm read"],
    );
    // Once: the same conversation again is a new turn.
    say = { content: "done" };
    equal((await answered(isStream, next)).text, "done");
  },
);

test.each([false, true])(
  "one of two is refused: it becomes text, the other goes on (streamed: %s)",
  async (isStream) => {
    const calls = [
      { id: "call_a", name: "read", arguments: '{"path":"/etc/shadow"}' },
      { id: "call_b", name: "read", arguments: '{"path":"/etc/hosts"}' },
    ];
    say = { content: "Reading.", calls };
    const { text, calls: got, finish } = await answered(isStream, user);
    deepEqual(got, [calls[1]]);
    equal(finish, "tool_calls");
    match(text, /^Reading\./);
    match(text, /Nobody reads secrets/);
    match(text, /no-secrets/);
  },
);

test("a denied turn is told once, and the conversation goes on", async () => {
  say = { calls: [{ id: "call_x", name: "bash", arguments: '{"command":"rm"}' }] };
  await answered(true, user);
  const [card] = await open();
  await house.admin.perform("approvals.deny", { approval: card?.id, note: "not today" });
  const told = await answered(true, user);
  equal(told.calls.length, 0);
  match(told.text, /not today/);
  say = { content: "fine" };
  equal((await answered(true, [...user, { role: "user", content: "and now?" }])).text, "fine");
});

interface Answered {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finish: string | null;
}

/** What the official client makes of it. */
async function answered(isStream: boolean, messages: OpenAI.ChatCompletionMessageParam[]): Promise<Answered> {
  const asked = { model: "served", messages, tools: OWN };
  const answer = isStream
    ? await client.chat.completions.stream(asked).finalChatCompletion()
    : await client.chat.completions.create(asked);
  const [choice] = answer.choices;
  const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
    call.type === "function"
      ? [{ id: call.id, name: call.function.name, arguments: call.function.arguments }]
      : [],
  );
  return { text: choice?.message.content ?? "", calls, finish: choice?.finish_reason ?? null };
}
