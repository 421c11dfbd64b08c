import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, DONE, json, stream } from "../support/model-upstream.ts";

// T8 where the upstream speaks another protocol than the client: the arguments that policy saw are those that the client
// gets. A hostile upstream answers a function's call as free text, or nests arguments deeper than a writer reads them.

const POLICY = `@id("all") @reason("Everything else may pass.") permit (principal, action, resource);
@id("no-rm") @reason("Nothing is removed.") forbid (principal, action == Doorward::Action::"agent:agent/bash", resource)
when { context.input has command && context.input.command like "*rm -rf*" };`;
const SCHEMA = { type: "object", properties: { command: { type: "string" } } };
const RM = '{"command":"rm -rf /"}';
const messages = [{ role: "user", content: "x" }];
const CLIENTS = {
  anthropic: [
    "/v1/messages",
    { max_tokens: 9, messages, tools: [{ name: "bash", description: "bash", input_schema: SCHEMA }] },
  ],
  ollama: [
    "/api/chat",
    {
      messages,
      tools: [{ type: "function", function: { name: "bash", description: "bash", parameters: SCHEMA } }],
    },
  ],
  openai: [
    "/v1/chat/completions",
    {
      messages,
      tools: [{ type: "function", function: { name: "bash", description: "bash", parameters: SCHEMA } }],
    },
  ],
} as const;

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (reply) => json(reply, 200, completion({ content: "hi" })) });
  await house.ask(CLIENTS.openai[0], { model: "served", ...CLIENTS.openai[1] });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/bash"], effects: ["read"] });
  await house.admin.perform("policy.activate", { text: POLICY });
});
afterAll(async () => house?.close());

/** `ChatCompletionMessageCustomToolCall` (openai 7.57.0, resources/chat/completions/completions.d.ts). */
const custom = { id: "call_1", type: "custom", custom: { name: "bash", input: RM } };
const deep = `${'{"a":'.repeat(70)}1${"}".repeat(70)}`;
const nested = {
  id: "call_1",
  type: "function",
  function: { name: "bash", arguments: `{"command":${deep}}` },
};
const honest = {
  id: "call_1",
  type: "function",
  function: { name: "bash", arguments: '{"command":"ls -la"}' },
};

/** The upstream's answer with one call, whole or streamed. */
function answerWith(call: object): void {
  house.upstream.behave = (reply, body) => {
    if (body["stream"] !== true) return json(reply, 200, wholeWith(call));
    stream(reply, [
      chunk({ role: "assistant", content: "" }),
      chunk({ tool_calls: [{ index: 0, ...call }] }),
      chunk({}, "tool_calls"),
    ]);
    reply.end(DONE);
  };
}

function wholeWith(call: object): object {
  const text = JSON.stringify(completion({ calls: [{ id: "c", name: "bash", arguments: "{}" }] }));
  return JSON.parse(text.replace(/"tool_calls":\[.*?\]/, `"tool_calls":[${JSON.stringify(call)}]`));
}

describe.each(Object.entries(CLIENTS))("to a client of %s", (_name, [path, body]) => {
  test.each([true, false])(
    "free text that looks like an object is no object (stream: %s)",
    async (isStream) => {
      answerWith(custom);
      const answer = await (await house.ask(path, { ...body, model: "served", stream: isStream })).text();
      expect(answer).not.toMatch(/rm -rf/);
      expect(answer).toMatch(/tool_call_unreadable|free text/);
    },
  );

  test.each([true, false])(
    "arguments too deep for one protocol are refused in all (stream: %s)",
    async (isStream) => {
      answerWith(nested);
      const answer = await (await house.ask(path, { ...body, model: "served", stream: isStream })).text();
      expect(answer).not.toMatch(/"a\\*":/);
      expect(answer).toMatch(/cannot be read in exactly one way/);
    },
  );

  test.each([true, false])("an honest call arrives (stream: %s)", async (isStream) => {
    answerWith(honest);
    const answer = await (await house.ask(path, { ...body, model: "served", stream: isStream })).text();
    expect(answer).toMatch(/ls -la/);
  });
});
