import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { Fault } from "#base";
import { parameterOf } from "../strict.ts";
import { openaiChat } from "./chat.ts";

const USER = { role: "user", content: "hi" } as const;
const withMessages = (...messages: Json[]): JsonObject => ({ model: "m", messages });
const withParts = (...content: Json[]): JsonObject => withMessages({ role: "user", content });
const withField = (name: string, value: Json): JsonObject => ({ ...withMessages(USER), [name]: value });

// Typed by npm `openai` 7.57.0: every field that this door takes, with a value that the official client would send.
const EVERYTHING = {
  model: "gpt-test",
  messages: [
    { role: "developer", content: "Be kind.", name: "dev" },
    { role: "system", content: [{ type: "text", text: "Be short." }] },
    {
      role: "user",
      content: [
        { type: "text", text: "look" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: "I " },
        { type: "text", text: "see" },
      ],
      refusal: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "x", arguments: "{}" } },
        { id: "b", type: "custom", custom: { name: "y", input: "z" } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "ok" },
    { role: "assistant", content: null, function_call: { name: "x", arguments: "{}" } },
    { role: "function", name: "x", content: null },
    { role: "assistant", content: "the last words" },
    { role: "user", content: "go on" },
  ],
  frequency_penalty: 0,
  function_call: "auto",
  functions: [{ name: "legacy", parameters: { type: "object" } }],
  logit_bias: { "50256": -100 },
  logprobs: true,
  max_completion_tokens: 100,
  max_tokens: 200,
  metadata: { a: "b" },
  modalities: ["text"],
  moderation: null,
  n: 1,
  parallel_tool_calls: true,
  prediction: { type: "content", content: "x" },
  presence_penalty: 0,
  prompt_cache_key: "k",
  prompt_cache_options: { mode: "implicit", ttl: "30m" },
  prompt_cache_retention: "24h",
  reasoning_effort: "low",
  response_format: { type: "json_schema", json_schema: { name: "s", schema: {}, strict: true } },
  safety_identifier: "s",
  seed: 7,
  service_tier: "auto",
  stop: ["a"],
  store: false,
  stream: true,
  stream_options: { include_obfuscation: false },
  temperature: 1,
  tool_choice: { type: "function", function: { name: "x" } },
  tools: [
    {
      type: "function",
      function: { name: "x", description: "d", parameters: { type: "object" }, strict: true },
    },
    { type: "custom", custom: { name: "y", format: { type: "text" } } },
  ],
  top_logprobs: 2,
  top_p: 1,
  user: "u",
  verbosity: "low",
} satisfies ChatCompletionCreateParams;

test("everything that the official client can send and that stays here is read", () => {
  const request = openaiChat.readRequest(EVERYTHING);
  expect(request).toMatchObject({
    protocol: "openai-chat",
    model: "gpt-test",
    isStream: true,
    hosted: [],
    fetches: [],
    previous: null,
    outputTokensMax: 200,
    isUsageWanted: false,
    lastAssistantText: "the last words",
  });
  expect(request.tools.map(({ name, inputSchema }) => [name, inputSchema])).toEqual([
    ["x", { type: "object" }],
    ["y", null],
    ["legacy", { type: "object" }],
  ]);
  // Three media at 4,000 each, and some text.
  expect(request.inputCharacters).toBeGreaterThan(12_000);
  expect(request.inputCharacters).toBeLessThan(12_600);
});

test("the forwarded body differs in the model and in the usage asked for, and keeps its order", () => {
  const request = openaiChat.readRequest(EVERYTHING);
  const body = openaiChat.forwarded(request, { model: "upstream/name" });
  expect(JSON.stringify(body)).toBe(
    JSON.stringify(EVERYTHING)
      .replace('"gpt-test"', '"upstream/name"')
      .replace('{"include_obfuscation":false}', '{"include_obfuscation":false,"include_usage":true}'),
  );
  const still = openaiChat.readRequest(withMessages(USER));
  expect(JSON.stringify(openaiChat.forwarded(still, { model: "n" }))).toBe(
    '{"model":"n","messages":[{"role":"user","content":"hi"}]}',
  );
  const stream = openaiChat.readRequest(withField("stream", true));
  expect(openaiChat.forwarded(stream, { model: "n" })["stream_options"]).toEqual({ include_usage: true });
});

test("usage is wanted where the client says so", () => {
  const body = { ...withField("stream", true), stream_options: { include_usage: true } };
  expect(openaiChat.readRequest(body).isUsageWanted).toBe(true);
});

test("what the upstream would fetch, and what it would run, is told", () => {
  const url = "https://example.org/cat.png";
  const image = { type: "image_url", image_url: { url } };
  const file = { type: "file", file: { file_data: "http://example.org/a.pdf" } };
  expect(openaiChat.readRequest(withParts(image, file)).fetches).toEqual([url, "http://example.org/a.pdf"]);
  expect(openaiChat.readRequest(withField("web_search_options", {})).hosted).toEqual([
    { type: "web_search", definition: {} },
  ]);
});

test.each([
  [
    "an assistant message as vLLM answered it",
    { role: "assistant", content: "a", reasoning: "b", tool_calls: [] },
  ],
  ["as llama.cpp answered it", { role: "assistant", content: "a", reasoning_content: "b" }],
  [
    "as the Python client gives it back",
    {
      role: "assistant",
      content: "a",
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      tool_calls: null,
    },
  ],
  [
    "as Gemini answered it",
    {
      role: "assistant",
      tool_calls: [
        {
          id: "a",
          type: "function",
          index: 0,
          extra_content: { google: { thought_signature: "s" } },
          function: { name: "x", arguments: "{}" },
        },
      ],
    },
  ],
])("%s can come back", (_name, message) => {
  expect(() => openaiChat.readRequest(withMessages(message, USER))).not.toThrow();
});

test.each<[string, Json]>([
  ["top_k", 40],
  ["min_p", 0.05],
  ["repetition_penalty", 1.1],
  ["guided_json", { type: "object" }],
  ["structured_outputs", { regex: "a+" }],
  ["chat_template_kwargs", { enable_thinking: false }],
  ["grammar", 'root ::= "a"'],
  ["json_schema", { type: "object" }],
  ["cache_prompt", true],
  ["mirostat", 2],
  ["reasoning", { effort: "high" }],
  ["extra_body", { google: { thinking_config: { include_thoughts: true } } }],
])("the runtimes' own %s passes", (name, value) => {
  expect(() => openaiChat.readRequest(withField(name, value))).not.toThrow();
});

function faultOf(body: JsonObject): Fault {
  try {
    openaiChat.readRequest(body);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error("the request was not refused");
}

const call = { id: "a", type: "function", function: { name: "x", arguments: "{}" } };

test.each<[string, JsonObject, string, string]>([
  ["unknown field", withField("plugins", []), "llm_field_unknown", "plugins"],
  [
    "state at the upstream",
    withField("previous_response_id", "r"),
    "llm_field_unknown",
    "previous_response_id",
  ],
  ["conversation kept", withField("store", true), "llm_field_refused", "store"],
  ["128 answers", withField("n", 128), "llm_value_invalid", "n"],
  ["no answers", withField("n", 0), "llm_value_invalid", "n"],
  ["best of two", withField("best_of", 2), "llm_value_invalid", "best_of"],
  ["audio answer", withField("audio", { voice: "ash", format: "wav" }), "llm_field_refused", "audio"],
  ["audio modality", withField("modalities", ["text", "audio"]), "llm_value_invalid", "modalities"],
  ["another template", withField("chat_template", "{{x}}"), "llm_field_refused", "chat_template"],
  ["an adapter", withField("lora", [{ id: 0, scale: 1 }]), "llm_field_refused", "lora"],
  ["code to run", withField("logits_processors", ["os.system"]), "llm_field_refused", "logits_processors"],
  ["state from elsewhere", withField("kv_transfer_params", {}), "llm_field_refused", "kv_transfer_params"],
  ["a second name for a limit", withField("n_predict", 9), "llm_field_refused", "n_predict"],
  [
    "a template within",
    withField("chat_template_kwargs", { a: { b: 1 } }),
    "llm_value_invalid",
    "chat_template_kwargs.a",
  ],
  [
    "cached content",
    withField("extra_body", { google: { cached_content: "c" } }),
    "llm_field_refused",
    "extra_body.google.cached_content",
  ],
  [
    "an unknown stream option",
    withField("stream_options", { continuous_usage_stats: true }),
    "llm_field_unknown",
    "stream_options.continuous_usage_stats",
  ],
  ["a stream of text", withField("stream", "true"), "llm_value_invalid", "stream"],
  [
    "a hosted tool",
    withField("tools", [{ type: "mcp", server_url: "https://x" }]),
    "llm_field_unknown",
    "tools[0].type",
  ],
  [
    "an unknown field in a tool",
    withField("tools", [{ type: "function", function: { name: "x" }, run: 1 }]),
    "llm_field_unknown",
    "tools[0].run",
  ],
  [
    "two tools of one name",
    withField("tools", [
      { type: "function", function: { name: "x" } },
      { type: "custom", custom: { name: "x" } },
    ]),
    "llm_value_invalid",
    "tools[1].custom.name",
  ],
  [
    "an unknown format",
    withField("response_format", { type: "structural_tag" }),
    "llm_field_unknown",
    "response_format.type",
  ],
  ["an unknown choice", withField("tool_choice", "any"), "llm_value_invalid", "tool_choice"],
  [
    "a choice of another type",
    withField("tool_choice", { type: "mcp" }),
    "llm_field_unknown",
    "tool_choice.type",
  ],
  ["no messages", withMessages(), "llm_value_invalid", "messages"],
  ["an unknown role", withMessages({ role: "root", content: "x" }), "llm_field_unknown", "messages[0].role"],
  ["no role", withMessages({ content: "x" }), "llm_value_invalid", "messages[0].role"],
  [
    "an unknown field in a message",
    withMessages({ ...USER, cache_control: {} }),
    "llm_field_unknown",
    "messages[0].cache_control",
  ],
  [
    "an unknown block",
    withParts({ type: "video_url", video_url: { url: "x" } }),
    "llm_field_unknown",
    "messages[0].content[0].type",
  ],
  [
    "an unknown field in a block",
    withParts({ type: "text", text: "a", x: 1 }),
    "llm_field_unknown",
    "messages[0].content[0].x",
  ],
  [
    "an image in a system message",
    withMessages({ role: "system", content: [{ type: "image_url", image_url: { url: "x" } }] }),
    "llm_field_unknown",
    "messages[0].content[0].type",
  ],
  [
    "a file that is kept",
    withParts({ type: "file", file: { file_id: "f" } }),
    "llm_field_refused",
    "messages[0].content[0].file.file_id",
  ],
  [
    "audio that is kept",
    withMessages({ role: "assistant", audio: { id: "a" } }),
    "llm_field_refused",
    "messages[0].audio",
  ],
  [
    "a file of the upstream",
    withParts({ type: "image_url", image_url: { url: "file:///etc/passwd" } }),
    "llm_value_invalid",
    "messages[0].content[0].image_url.url",
  ],
  [
    "a path of the upstream",
    withParts({ type: "image_url", image_url: { url: "/etc/passwd" } }),
    "llm_value_invalid",
    "messages[0].content[0].image_url.url",
  ],
  [
    "a URL behind a space",
    withParts({ type: "image_url", image_url: { url: " https://x" } }),
    "llm_value_invalid",
    "messages[0].content[0].image_url.url",
  ],
  [
    "a URL as audio",
    withParts({ type: "input_audio", input_audio: { data: "ftp://x", format: "wav" } }),
    "llm_value_invalid",
    "messages[0].content[0].input_audio.data",
  ],
  [
    "arguments of an object",
    withMessages({ role: "assistant", tool_calls: [{ ...call, function: { name: "x", arguments: {} } }] }),
    "llm_value_invalid",
    "messages[0].tool_calls[0].function.arguments",
  ],
  [
    "an unknown field in a call",
    withMessages({ role: "assistant", tool_calls: [{ ...call, x: 1 }] }),
    "llm_field_unknown",
    "messages[0].tool_calls[0].x",
  ],
  ["another spelling", { Model: "m", messages: [USER] }, "llm_field_unknown", "Model"],
])("%s is refused", (_name, body, code, path) => {
  const fault = faultOf(body);
  expect([fault.code, parameterOf(fault)]).toEqual([code, path]);
});

test("more than a table holds is refused", () => {
  const many = withMessages({
    role: "user",
    content: Array.from({ length: 1_001 }, () => ({ type: "text", text: "" })),
  });
  expect(parameterOf(faultOf(many))).toBe("messages[0].content");
  const tools = Array.from({ length: 513 }, (_, n) => ({ type: "function", function: { name: `t${n}` } }));
  expect(parameterOf(faultOf(withField("tools", tools)))).toBe("tools");
});
