import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// T9: hosted tools, upstream-held state and URLs for the upstream to fetch are actions, denied by default; what a
// protocol does not list is refused. Each field is tried at the door; nothing may reach the upstream.

const POLICY = `
@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);
@id("search") @reason("Searching is open.") permit (principal, action == Doorward::Action::"models/host-tool", resource == Doorward::HostedTool::"up/web_search_preview");
`;
const user = [{ role: "user", content: "hello" }];
const image = { type: "image_url", image_url: { url: "http://169.254.169.254/latest/meta-data/" } };
const block = { type: "image", source: { type: "url", url: "https://evil.example/pixel.png" } };
const claude = { model: "served", max_tokens: 10, messages: user };
const respond = { model: "served", input: "hello" };

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response) => json(response, 200, completion({ content: "hi" })),
    policy: POLICY,
  });
});
afterAll(async () => house?.close());

const ROWS: readonly (readonly [string, string, object])[] = [
  [
    "chat: a picture to fetch",
    "/v1/chat/completions",
    { model: "served", messages: [{ role: "user", content: [image] }] },
  ],
  ["chat: web search", "/v1/chat/completions", { model: "served", messages: user, web_search_options: {} }],
  ["chat: kept by the upstream", "/v1/chat/completions", { model: "served", messages: user, store: true }],
  [
    "responses: code interpreter",
    "/v1/responses",
    { ...respond, tools: [{ type: "code_interpreter", container: { type: "auto" } }] },
  ],
  [
    "responses: remote MCP server",
    "/v1/responses",
    { ...respond, tools: [{ type: "mcp", server_label: "x", server_url: "https://evil.example/mcp" }] },
  ],
  [
    "responses: file search",
    "/v1/responses",
    { ...respond, tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] },
  ],
  ["responses: conversation", "/v1/responses", { ...respond, conversation: "conv_1" }],
  ["responses: background", "/v1/responses", { ...respond, background: true }],
  ["responses: another's response", "/v1/responses", { ...respond, previous_response_id: "resp_somebody" }],
  ["responses: a stored prompt", "/v1/responses", { ...respond, prompt: { id: "pmpt_1" } }],
  [
    "messages: a picture to fetch",
    "/v1/messages",
    { ...claude, messages: [{ role: "user", content: [block] }] },
  ],
  [
    "messages: web search",
    "/v1/messages",
    { ...claude, tools: [{ type: "web_search_20250305", name: "web_search" }] },
  ],
  [
    "messages: MCP servers",
    "/v1/messages",
    { ...claude, mcp_servers: [{ type: "url", url: "https://evil.example", name: "x" }] },
  ],
  ["messages: a container", "/v1/messages", { ...claude, container: "container_1" }],
  ["ollama: another template", "/api/chat", { model: "served", messages: user, template: "{{ .Prompt }}" }],
  ["ollama: unload", "/api/generate", { model: "served", keep_alive: 0 }],
];

describe("refused by default", () => {
  test.each(ROWS)("%s", async (_what, path, body) => {
    const before = house.upstream.asked.length;
    const answer = await house.ask(path, body);
    expect([400, 403, 404].includes(answer.status)).toBe(true);
    const said = await answer.text();
    expect(said.length > 40).toBe(true);
    expect(house.upstream.asked.length).toBe(before);
  });
});

test("declaring a hosted tool is an action of its own, with a verdict on record", async () => {
  const before = (await entriesOf(house.admin, "verdict")).length;
  const body = { ...respond, tools: [{ type: "code_interpreter", container: { type: "auto" } }] };
  const answer = await house.ask("/v1/responses", body);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toMatch(/Refused by Doorward/);
  const verdicts = await entriesOf(house.admin, "verdict");
  expect(verdicts.length).toBe(before + 1);
  expect(verdicts.at(-1)?.["verb"]).toBe("models/host-tool");
  expect(verdicts.at(-1)?.["name"]).toBe("code_interpreter");
});

test("what policy permits is declared, recorded, and goes on", async () => {
  const before = house.upstream.asked.length;
  await house.ask("/v1/responses", { ...respond, tools: [{ type: "web_search_preview" }] });
  expect(house.upstream.asked.length).toBe(before + 1);
  const intents = await entriesOf(house.admin, "intent");
  expect(intents.some(({ verb, name }) => verb === "models/host-tool" && name === "web_search_preview")).toBe(
    true,
  );
});

test("a data URL is content, and goes on", async () => {
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const body = { model: "served", messages: [{ role: "user", content: [picture] }] };
  expect((await house.ask("/v1/chat/completions", body)).status).toBe(200);
});
