import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shapeSample } from "../../scripts/manifest-shapes.ts";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";

// The tools of coding agents as they declare them at the llm door, in the protocol that each speaks: once a person accepted
// the definitions, the shipped manifests are in force, whatever the descriptions say. Shapes: tests/samples/shapes.

let house: LlmHouse;
beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => void response.writeHead(400).end("{}") });
});
afterAll(async () => {
  await house.close();
});

function toolsOf(file: string) {
  const text = readFileSync(new URL(`../samples/shapes/${file}.json`, import.meta.url), "utf8");
  const { tools } = shapeSample.parse(JSON.parse(text));
  return Object.entries(tools).map(([name, [schema = {}]]) => ({ name, schema }));
}

const SAID = "Any words at all";
const HELLO = [{ role: "user", content: "hello" }];
const CLIENTS = [
  [
    "claude-code",
    "/v1/messages",
    {
      max_tokens: 10,
      messages: HELLO,
      tools: toolsOf("claude-code").map(({ name, schema }) => ({
        name,
        description: SAID,
        input_schema: schema,
      })),
    },
  ],
  [
    "codex",
    "/v1/responses",
    {
      input: "hello",
      tools: toolsOf("codex").map(({ name, schema }) => ({
        type: "function",
        name,
        description: SAID,
        strict: false,
        parameters: schema,
      })),
    },
  ],
  [
    "openclaw",
    "/v1/chat/completions",
    {
      messages: HELLO,
      tools: toolsOf("openclaw").map(({ name, schema }) => ({
        type: "function",
        function: { name, description: SAID, parameters: schema },
      })),
    },
  ],
] as const;

test.each(CLIENTS)("%s", async (client, path, body) => {
  const { key } = await house.admin.perform("agents.add", { name: client });
  await house.ask(path, { model: "up/served", ...body }, { key: String(key) });
  const server = `agent:${client}`;
  const standings = async (): Promise<Set<unknown>> => {
    const { items } = await house.admin.perform("manifests.list", { server, limit: 200 });
    const all = items as Record<string, unknown>[];
    expect(all).toHaveLength(body.tools.length);
    return new Set(all.map((one) => `${String(one["standing"])}, ${String(one["source"])}`));
  };
  expect(await standings()).toEqual(new Set(["none, null"]));
  await house.admin.perform("tools.accept", { tools: [`${server}/*`] });
  expect(await standings()).toEqual(new Set([`shipped, shipped for ${client}`]));
});
