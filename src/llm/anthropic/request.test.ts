import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { Fault } from "#base";
import { parameterOf } from "../strict.ts";
import { BODY } from "../../../tests/samples/anthropic-client.ts";
import { anthropicMessages } from "./messages.ts";

const read = (more: JsonObject) => anthropicMessages.readRequest({ ...BODY, ...more });
const said = (...content: readonly Json[]): JsonObject => ({ messages: [{ role: "user", content }] });

function flawOf(more: JsonObject): readonly [string, string | null] {
  try {
    read(more);
  } catch (error) {
    if (error instanceof Fault) return [error.code, parameterOf(error)];
    throw error;
  }
  throw new Error("the request was read");
}

/** Everything that the official client's own types allow and this door lets through; the compiler checks the shapes. */
const RICH = {
  model: "claude-sonnet-5-5",
  max_tokens: 2048,
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
  messages: [
    { role: "user", content: "hello" },
    {
      role: "user",
      content: [
        { type: "text", text: "see", citations: null },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "QUJD" } },
        { type: "image", source: { type: "url", url: "https://a.test/1.png" } },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" }, title: "t" },
        { type: "document", source: { type: "url", url: "https://a.test/2.pdf" } },
        {
          type: "document",
          source: {
            type: "content",
            content: [{ type: "image", source: { type: "url", url: "https://a.test/3.png" } }],
          },
        },
        { type: "search_result", source: "kb", title: "t", content: [{ type: "text", text: "found" }] },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "sig" },
        { type: "redacted_thinking", data: "xyz" },
        { type: "text", text: "I will " },
        { type: "text", text: "look." },
        { type: "tool_use", id: "t1", name: "bash", input: { command: "ls" } },
        { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } },
        { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "t1",
          is_error: false,
          content: [
            { type: "text", text: "a.txt" },
            { type: "image", source: { type: "url", url: "https://a.test/4.png" } },
          ],
        },
      ],
    },
  ],
  tools: [
    {
      name: "get_weather",
      description: "Weather",
      input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      strict: true,
    },
    { type: "custom", name: "now", input_schema: { type: "object" } },
    { type: "bash_20250124", name: "bash" },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 1000 },
    { type: "memory_20250818", name: "memory" },
    { type: "computer_toolset_20260801", configs: { zoom: { enabled: false } } },
    { type: "web_search_20250305", name: "web_search", max_uses: 3, allowed_domains: ["a.test"] },
    { type: "code_execution_20250825", name: "code_execution" },
  ],
  tool_choice: { type: "auto", disable_parallel_tool_use: true },
  thinking: { type: "enabled", budget_tokens: 1024 },
  metadata: { user_id: "u" },
  output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
  service_tier: "auto",
  stop_sequences: ["END"],
  stream: true,
} satisfies Anthropic.MessageCreateParams;

test("everything that a request may say is read", () => {
  const request = anthropicMessages.readRequest(RICH);
  expect(request).toMatchObject({
    protocol: "anthropic-messages",
    model: "claude-sonnet-5-5",
    isStream: true,
    isUsageWanted: true,
    previous: null,
    outputTokensMax: 2048,
    lastAssistantText: "I will look.",
    body: RICH,
    fetches: ["https://a.test/1.png", "https://a.test/2.pdf", "https://a.test/3.png", "https://a.test/4.png"],
  });
  expect(request.hosted.map(({ type }) => type)).toEqual(["web_search_20250305", "code_execution_20250825"]);
  expect(request.hosted[0]?.definition).toEqual(RICH.tools[6]);
  const names = request.tools.map(({ name }) => name);
  expect(names.slice(0, 5)).toEqual(["get_weather", "now", "bash", "str_replace_based_edit_tool", "memory"]);
  expect(names.slice(5)).toContain("computer.key");
  expect(names).not.toContain("computer.zoom");
  expect(request.tools[0]).toEqual({
    name: "get_weather",
    description: "Weather",
    inputSchema: RICH.tools[0]?.input_schema,
  });
});

test("what goes to an upstream is the body with its own name of the model", () => {
  const request = anthropicMessages.readRequest(RICH);
  expect(anthropicMessages.forwarded(request, { model: "up-1" })).toEqual({ ...RICH, model: "up-1" });
});

test("media count flat, words count whole", () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "A".repeat(1_000_000) },
  };
  const { inputCharacters } = read(said(image, { type: "text", text: "x".repeat(10_000) }));
  expect(inputCharacters).toBeGreaterThan(10_000);
  expect(inputCharacters).toBeLessThan(20_000);
});

const URL_IMAGE = (url: string): JsonObject => said({ type: "image", source: { type: "url", url } });

/** T9: what an upstream would hold, fetch, run or choose by itself, and what nobody knows. One line per field. */
const REFUSED: readonly (readonly [string, JsonObject, string, string])[] = [
  ["container by id", { container: "c_1" }, "llm_field_refused", "container"],
  ["container with skills", { container: { skills: [] } }, "llm_field_refused", "container"],
  ["thread", { thread: { id: "th_1" } }, "llm_field_refused", "thread"],
  ["diagnostics", { diagnostics: { previous_message_id: "m" } }, "llm_field_refused", "diagnostics"],
  ["fallbacks", { fallbacks: [{ model: "other" }] }, "llm_field_refused", "fallbacks"],
  ["fallback_credit_token", { fallback_credit_token: "x" }, "llm_field_refused", "fallback_credit_token"],
  ["workspace_id", { workspace_id: "w" }, "llm_field_refused", "workspace_id"],
  ["user_profile_id", { user_profile_id: "p" }, "llm_field_refused", "user_profile_id"],
  ["betas", { betas: ["x"] }, "llm_field_refused", "betas"],
  [
    "a credential for an MCP server",
    { mcp_servers: [{ type: "url", name: "m", url: "https://m.test", authorization_token: "s" }] },
    "llm_field_refused",
    "mcp_servers[0].authorization_token",
  ],
  [
    "an image that the provider keeps",
    said({ type: "image", source: { type: "file", file_id: "f" } }),
    "llm_field_refused",
    "messages[0].content[0].source.file_id",
  ],
  [
    "a document that the provider keeps",
    said({ type: "document", source: { type: "file", file_id: "f" } }),
    "llm_field_refused",
    "messages[0].content[0].source.file_id",
  ],
  [
    "a file for a container",
    said({ type: "container_upload", file_id: "f" }),
    "llm_field_refused",
    "messages[0].content[0].file_id",
  ],
  [
    "calls from hosted code",
    { tools: [{ name: "f", input_schema: {}, allowed_callers: ["direct", "code_execution_20250825"] }] },
    "llm_field_refused",
    "tools[0].allowed_callers",
  ],
  [
    "a call that hosted code made",
    said({ type: "tool_use", id: "t", name: "f", input: {}, caller: { type: "code_execution_20250825" } }),
    "llm_field_refused",
    "messages[0].content[0].caller.type",
  ],
  [
    "a document within a fetched page that is fetched again",
    said({
      type: "web_fetch_tool_result",
      tool_use_id: "s",
      content: {
        type: "web_fetch_result",
        url: "https://a.test",
        content: { type: "document", source: { type: "url", url: "https://evil.test" } },
      },
    }),
    "llm_field_unknown",
    "messages[0].content[0].content.content.source.type",
  ],
  ["an unknown field", { web_access: true }, "llm_field_unknown", "web_access"],
  [
    "an unknown tool",
    { tools: [{ type: "shell_20300101", name: "x" }] },
    "llm_field_unknown",
    "tools[0].type",
  ],
  [
    "an unknown field of a tool",
    { tools: [{ name: "f", input_schema: {}, run: "server" }] },
    "llm_field_unknown",
    "tools[0].run",
  ],
  [
    "an unknown block",
    said({ type: "remote", url: "x" }),
    "llm_field_unknown",
    "messages[0].content[0].type",
  ],
  [
    "an unknown role",
    { messages: [{ role: "tool", content: "x" }] },
    "llm_field_unknown",
    "messages[0].role",
  ],
  [
    "an edit of the context that is not known",
    { context_management: { edits: [{ type: "compact_20260112" }] } },
    "llm_field_unknown",
    "context_management.edits[0].type",
  ],
  ["no max_tokens", { max_tokens: null }, "llm_value_invalid", "max_tokens"],
  ["no messages", { messages: [] }, "llm_value_invalid", "messages"],
  ["a stream that is text", { stream: "true" }, "llm_value_invalid", "stream"],
  [
    "one name for two tools",
    {
      tools: [
        { name: "bash", input_schema: {} },
        { type: "bash_20250124", name: "bash" },
      ],
    },
    "llm_value_invalid",
    "tools",
  ],
  [
    "a name that reads as a toolset's",
    { tools: [{ name: "computer.key", input_schema: {} }] },
    "llm_value_invalid",
    "tools[0].name",
  ],
  ["a file of the upstream's disk", URL_IMAGE("file:///etc/passwd"), "llm_value_invalid", "messages"],
];

test.each(REFUSED)("%s is refused", (_name, more, code, parameter) => {
  expect(flawOf(more)).toEqual([code, parameter]);
});

test("values that ask for nothing pass, and sampling as the API takes it", () => {
  read({ temperature: 0.5, top_k: 5, top_p: 0.9 });
  read({ container: null, thread: null, fallbacks: null, diagnostics: null });
  expect(read(URL_IMAGE("data:image/png;base64,QUJD")).fetches).toEqual([]);
});

test("each hosted tool and MCP server is an action of its own", () => {
  const tools = [
    "web_search_20250305",
    "web_search_20260209",
    "web_search_20260318",
    "web_fetch_20250910",
    "web_fetch_20260209",
    "web_fetch_20260309",
    "web_fetch_20260318",
    "code_execution_20250522",
    "code_execution_20250825",
    "code_execution_20260120",
    "code_execution_20260521",
    "tool_search_tool_bm25",
    "tool_search_tool_bm25_20251119",
    "tool_search_tool_regex",
    "tool_search_tool_regex_20251119",
  ].map((type) => ({ type, name: "x" }));
  const request = read({
    tools: [...tools, { type: "mcp_toolset", mcp_server_name: "m" }],
    mcp_servers: [{ type: "url", name: "m", url: "https://m.test" }],
  });
  expect(request.tools).toEqual([]);
  expect(request.hosted.map(({ type }) => type)).toEqual([
    ...tools.map(({ type }) => type),
    "mcp_toolset",
    "mcp",
  ]);
});

test("each tool that the client runs is its own to declare", () => {
  const tools = [
    "bash_20241022",
    "bash_20250124",
    "memory_20250818",
    "text_editor_20241022",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
    "computer_20241022",
    "computer_20250124",
    "computer_20251124",
  ].map((type, n) => ({ type, name: `n${n}` }));
  const request = read({ tools });
  expect(request.hosted).toEqual([]);
  expect(request.tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
});
