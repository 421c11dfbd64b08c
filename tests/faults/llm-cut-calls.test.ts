import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, DONE, json, stream } from "../support/model-upstream.ts";

// max_tokens cuts an answer within a call: everything is allowed here, and still nobody gets to run half of it.

const tool = (name: string) => ({
  type: "function" as const,
  function: { name, description: name, parameters: { type: "object", properties: {} } },
});
const asking = (isStream: boolean, path: "chat" | "messages"): object =>
  path === "chat"
    ? { model: "served", stream: isStream, messages: [{ role: "user", content: "x" }], tools: [tool("wipe")] }
    : {
        model: "served",
        stream: isStream,
        max_tokens: 9,
        messages: [{ role: "user", content: "x" }],
        tools: [{ name: "wipe", description: "wipe", input_schema: { type: "object", properties: {} } }],
      };

let house: LlmHouse;
let written = "";

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response, body) => {
      const call = { index: 0, id: "call_1", type: "function", function: { name: "wipe", arguments: "" } };
      if (body["stream"] === true) {
        const more = { index: 0, function: { arguments: written } };
        stream(response, [
          chunk({ role: "assistant", content: "Now." }),
          chunk({ tool_calls: [call] }),
          chunk({ tool_calls: [more] }),
          chunk({}, "length"),
        ]);
        return response.end(DONE);
      }
      const calls = [{ id: "call_1", name: "wipe", arguments: written }];
      const whole = JSON.stringify(completion({ content: "Now.", calls }));
      return json(
        response,
        200,
        JSON.parse(whole.replace('"finish_reason":"tool_calls"', '"finish_reason":"length"')) as object,
      );
    },
  });
  for (const path of ["chat", "messages"] as const) await house.ask(PATHS[path], asking(false, path));
  await house.admin.perform("tools.accept", { tools: ["agent:agent/wipe"], effects: ["write"] });
});
afterAll(async () => house?.close());

const PATHS = { chat: "/v1/chat/completions", messages: "/v1/messages" } as const;

describe.each([false, true])("streamed: %s", (isStream) => {
  test.each([
    ["half an object", '{"path":"/'],
    ["nothing of it yet", ""],
  ])("%s", async (_name, text) => {
    written = text;
    for (const path of ["chat", "messages"] as const) {
      const answer = await house.ask(PATHS[path], asking(isStream, path));
      const said = await answer.text();
      expect([answer.status, said.includes("call_1")]).toEqual([200, false]);
      expect(said).not.toContain('"wipe"');
      expect(said).toContain("Now.");
      expect(said).toContain("ended at its limit within this call");
      expect(said).toContain(path === "chat" ? '"length"' : '"max_tokens"');
    }
  });
});

describe("a call that came to its end before the limit is one", () => {
  const asked = {
    model: "served",
    messages: [{ role: "user" as const, content: "x" }],
    tools: [tool("wipe")],
  };
  const expected = { finish_reason: "length", message: { tool_calls: [{ function: { arguments: "{}" } }] } };

  test("whole", async () => {
    written = "{}";
    const client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
    const { choices } = await client.chat.completions.create(asked);
    expect(choices[0]).toMatchObject(expected);
  });

  test("streamed", async () => {
    written = "{}";
    const events = await (await house.ask(PATHS.chat, { ...asked, stream: true })).text();
    expect(events).toContain("call_1");
    expect(events).toContain('"finish_reason":"length"');
  });
});
