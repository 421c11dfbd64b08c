import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, DONE, json, stream } from "../support/model-upstream.ts";

// T5: a call written as plain text is a call, wherever the network cuts it. No policy of this house permits the agent's
// own tools, so nothing that looks like one may reach the client.

const POLICY = `@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);`;
const CHAT = "/v1/chat/completions";
const asking = (isStream: boolean): object => ({
  model: "served",
  messages: [{ role: "user", content: "clean up" }],
  stream: isStream,
});

/** As the chat templates named in src/llm/dialects write them. */
const CALLS: Readonly<Record<string, string>> = {
  hermes: `<tool_call>\n{"name": "bash", "arguments": {"command": "rm -rf /"}}\n</tool_call>`,
  llama: `<|python_tag|>{"name": "bash", "parameters": {"command": "rm -rf /"}}`,
  function: `<function=bash>{"command": "rm -rf /"}</function>`,
  mistral: `[TOOL_CALLS][{"name": "bash", "arguments": {"command": "rm -rf /"}}]`,
  invoke: `<function_calls><invoke name="bash"><parameter name="command">rm -rf /</parameter></invoke></function_calls>`,
};

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => response.destroy(), policy: POLICY });
});
afterAll(async () => house?.close());

/** What the client has as text in the end. */
function contentOf(events: string): string {
  return [...events.matchAll(/^data: (\{.*)$/gm)]
    .map(([, data]) => {
      const event: { choices: { delta?: { content?: string } }[] } = JSON.parse(data ?? "{}");
      return event.choices[0]?.delta?.content ?? "";
    })
    .join("");
}

describe.each(Object.entries(CALLS))("%s", (_dialect, call) => {
  const text = `I will clean up now. ${call} Done.`;

  test("whole", async () => {
    house.upstream.behave = (response) => json(response, 200, completion({ content: text }));
    const answer = await (await house.ask(CHAT, asking(false))).text();
    expect(!answer.includes("rm -rf")).toBe(true);
    expect(answer).toMatch(/Refused by Doorward/);
    expect(answer).toMatch(/I will clean up now/);
  });

  test("streamed in pieces of one, two, three and seven characters", async () => {
    for (const size of [1, 2, 3, 7]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [];
      house.upstream.behave = (response) => {
        const words = pieces.map((content) => chunk({ content }));
        stream(response, [chunk({ role: "assistant", content: "" }), ...words, chunk({}, "stop")]);
        response.end(DONE);
      };
      const events = await (await house.ask(CHAT, asking(true))).text();
      const content = contentOf(events);
      expect(!content.includes("rm -rf")).toBe(true);
      // Not a character of the opener has left either: what a runtime's parser would still take for a call.
      expect(content.startsWith("I will clean up now.")).toBe(true);
      expect(!content.includes(call.slice(0, 6))).toBe(true);
      expect(content).toMatch(/Refused by Doorward/);
      expect(events.endsWith(DONE)).toBe(true);
    }
  });
});

test("text that only looks like the beginning of a call arrives whole", async () => {
  const text = "a < b, <tool box>, [TOOL] and <function> are no calls";
  house.upstream.behave = (response) => {
    const words = Array.from(text, (content) => chunk({ content }));
    stream(response, [chunk({ role: "assistant", content: "" }), ...words, chunk({}, "stop")]);
    response.end(DONE);
  };
  expect(contentOf(await (await house.ask(CHAT, asking(true))).text())).toBe(text);
});

test("an undeclared dialect shows as not governed, a declared one is held like the others", async () => {
  const react = 'Thought: clean.\nAction: bash\nAction Input: {"command": "rm -rf /"}\nObservation:';
  house.upstream.behave = (response) => json(response, 200, completion({ content: react }));
  const agent = await house.admin.perform("agents.add", { name: "reactor" });
  const key = String(agent["key"]);
  const shown = await house.admin.perform("agents.get", { agent: "reactor" });
  expect(shown["ownTools"]).toBe("not governed");
  const loose = await (await house.ask(CHAT, asking(false), { key })).text();
  expect(loose.includes("rm -rf")).toBe(true);
  await house.admin.perform("agents.set-dialects", { agent: "reactor", dialects: ["react"] });
  expect((await house.admin.perform("agents.get", { agent: "reactor" }))["ownTools"]).toBe("governed");
  const held = await (await house.ask(CHAT, asking(false), { key })).text();
  expect(!held.includes("rm -rf")).toBe(true);
});

test("every refused call is on record", async () => {
  const verdicts = await entriesOf(house.admin, "verdict");
  expect(verdicts.length > 10).toBe(true);
  expect(verdicts.every(({ door, verb }) => door === "llm" && verb === "tools/call")).toBe(true);
});
