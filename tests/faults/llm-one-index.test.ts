import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, DONE, stream } from "../support/model-upstream.ts";

// Ollama's OpenAI endpoint has sent parallel calls all at index 0 (ollama/ollama issues 15457, 15497, 16212). The official
// client makes one broken call of them; what is decided here are two, so two is what it must get (T8).

const POLICY = `@id("all") @reason("A test.") permit (principal, action, resource);
@id("no-wipe") @reason("Nobody wipes.") forbid (principal, action, resource == Doorward::Tool::"agent:agent/wipe");`;
const tools = ["look", "wipe"].map((name) => ({
  type: "function" as const,
  function: { name, description: name, parameters: { type: "object", properties: {} } },
}));

let house: LlmHouse;
let client: OpenAI;
let names: readonly string[] = [];

beforeAll(async () => {
  house = await openLlmHouse({
    policy: POLICY,
    behave: (response) => {
      stream(response, [
        ...names.map((name, at) =>
          chunk({
            role: "assistant",
            content: "",
            tool_calls: [
              { id: `call_${at}`, index: 0, type: "function", function: { name, arguments: `{"n":${at}}` } },
            ],
          }),
        ),
        // So they ended.
        chunk({ role: "assistant", content: "" }, "stop"),
      ]);
      response.end(DONE);
    },
  });
  client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
  await asked();
  await house.admin.perform("tools.accept", { tools: ["agent:agent/*"], effects: ["read"] });
});
afterAll(async () => house?.close());
beforeEach(() => {
  names = ["look", "look"];
});

async function asked() {
  const body = { model: "served", messages: [{ role: "user" as const, content: "x" }], tools };
  const { choices } = await client.chat.completions.stream(body).finalChatCompletion();
  const calls = (choices[0]?.message.tool_calls ?? []).map((call) =>
    call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [],
  );
  return { calls, finish: choices[0]?.finish_reason, text: choices[0]?.message.content ?? "" };
}

test("both arrive, each at an index of its own", async () => {
  const { calls, finish } = await asked();
  expect(calls).toEqual([
    ["call_0", "look", '{"n":0}'],
    ["call_1", "look", '{"n":1}'],
  ]);
  expect(finish).toBe("tool_calls");
});

test("one of them refused, the other arrives", async () => {
  names = ["look", "wipe"];
  const { calls, text } = await asked();
  expect(calls).toEqual([["call_0", "look", '{"n":0}']]);
  expect(text).toContain("Nobody wipes");
});
