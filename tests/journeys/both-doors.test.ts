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
    parameters: object(properties),
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
    // It writes where the test reads.
    sandbox: "off",
    accept: true,
  });
  client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
  // Declared once, reviewed by a person, then in use.
  say = { content: "hello" };
  await client.chat.completions.create({ model: "served", messages: user, tools: OWN });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/bash"], effects: ["destructive"] });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/read"], effects: ["read"] });
  await house.admin.perform("policy.activate", { text: POLICY, withoutBacktest: "a test" });
});
afterAll(async () => house?.close());
beforeEach(async () => {
  if ((await open()).length > 0) throw new Error("a card of an earlier test is still open");
});

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
  expect(turn.choices[0]?.finish_reason).toBe("tool_calls");
  expect((await open()).length).toBe(0);
  const proposals = await entriesOf(house.admin, "proposal");
  expect(proposals.at(-1)?.["server"]).toBe("slow");
  expect(proposals.at(-1)?.["name"]).toBe("write");
  const call = { name: "slow__write", arguments: { text: "both" } };
  const calling = agent.callTool(call);
  await expect.poll(async () => (await open()).length).toBe(1);
  const [card] = await open();
  expect(`${card?.server}/${card?.target}`).toBe("slow/write");
  await house.admin.perform("approvals.approve", { approval: card?.id });
  // The wait may have been over before the tap: then the retry collects.
  if ((await calling).isError === true) await agent.callTool(call);
  const calls = readFileSync(join(house.running.directory, "calls"), "utf8").trim().split("\n");
  expect(calls.map((line) => JSON.parse(line).arguments.text)).toEqual(["both"]);
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
    expect(held.calls.length).toBe(0);
    expect(held.finish).toBe("stop");
    expect(held.text).toMatch(/Held by Doorward/);
    const [card, ...others] = await open();
    expect(others.length).toBe(0);
    expect(card?.target).toBe("bash");
    expect(held.text.includes(card?.id ?? "none")).toBe(true);
    // Asked again too early: still held, by the same card, and the model is not asked.
    const early = await answered(isStream, user);
    expect(early.text).toMatch(/Held by Doorward/);
    expect((await open()).length).toBe(1);
    await house.admin.perform("approvals.approve", { approval: card?.id });
    // The next message of the conversation, as a person would write it.
    const next = [
      ...user,
      { role: "assistant" as const, content: held.text },
      { role: "user" as const, content: "approved, go on" },
    ];
    const released = await answered(isStream, next);
    expect(released.calls).toEqual(calls);
    expect(released.finish).toBe("tool_calls");
    expect(house.upstream.asked.length).toBe(asked + 1);
    const intents = await entriesOf(house.admin, "intent");
    expect(
      intents
        .slice(-2)
        .map(({ name, door }) => `${String(door)} ${String(name)}`)
        .toSorted(),
    ).toEqual(["llm bash", "llm read"]);
    // Once: the same conversation again is a new turn.
    say = { content: "done" };
    expect((await answered(isStream, next)).text).toBe("done");
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
    expect(got).toEqual([calls[1]]);
    expect(finish).toBe("tool_calls");
    expect(text).toMatch(/^Reading\./);
    expect(text).toMatch(/Nobody reads secrets/);
    expect(text).toMatch(/no-secrets/);
  },
);

test("a denied turn is told once, and the conversation goes on", async () => {
  say = { calls: [{ id: "call_x", name: "bash", arguments: '{"command":"rm"}' }] };
  await answered(true, user);
  const [card] = await open();
  await house.admin.perform("approvals.deny", { approval: card?.id, note: "not today" });
  const told = await answered(true, user);
  expect(told.calls.length).toBe(0);
  expect(told.text).toMatch(/not today/);
  say = { content: "fine" };
  expect((await answered(true, [...user, { role: "user", content: "and now?" }])).text).toBe("fine");
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
