import type { ChatRequest, EmbedRequest, GenerateRequest } from "ollama";
import { expect, test } from "vitest";
import type { Face } from "../face.ts";
import { parameterOf } from "../strict.ts";
import { ollamaChat, ollamaEmbed, ollamaGenerate } from "./faces.ts";
import { faultOf, MODEL, USER, WEATHER, wire } from "../../../tests/samples/ollama.ts";

test("a chat is a stream unless it says otherwise, and always tells usage", () => {
  const asked: ChatRequest = { model: MODEL, messages: USER };
  const request = ollamaChat.readRequest(wire(asked));
  expect(request).toMatchObject({
    protocol: "ollama-chat",
    model: MODEL,
    isStream: true,
    isUsageWanted: true,
    outputTokensMax: null,
    hosted: [],
    fetches: [],
    previous: null,
    inputCharacters: 20,
    lastAssistantText: "",
  });
  expect(ollamaChat.readRequest(wire({ ...asked, stream: false })).isStream).toBe(false);
  expect(ollamaChat.readRequest(wire({ ...asked, stream: null })).isStream).toBe(true);
});

test("everything that is on the list passes, and is forwarded with nothing but the model changed", () => {
  const asked: ChatRequest = {
    model: MODEL,
    messages: [
      { role: "system", content: "be short" },
      { role: "user", content: "weather?", images: ["iVBORw0KGgo="] },
      {
        role: "assistant",
        content: "I look.",
        thinking: "hm",
        tool_calls: [{ function: { name: "get_weather", arguments: { city: "Oslo" } } }],
      },
      { role: "tool", content: "11 degrees", tool_name: "get_weather" },
    ],
    tools: [WEATHER],
    stream: false,
    format: { type: "object" },
    keep_alive: "10m",
    think: "high",
    logprobs: true,
    top_logprobs: 2,
    options: {
      num_predict: 100,
      temperature: 0.8,
      stop: ["\n"],
      num_ctx: 4096,
      seed: 42,
      penalize_newline: true,
    },
  };
  const body = wire(asked);
  const request = ollamaChat.readRequest(body);
  expect(request.tools).toEqual([
    {
      name: "get_weather",
      description: "Get the weather in a given city",
      inputSchema: WEATHER.function.parameters,
    },
  ]);
  expect(request.outputTokensMax).toBe(100);
  expect(request.lastAssistantText).toBe("I look.");
  expect(ollamaChat.forwarded(request, { model: "theirs" })).toEqual({ ...body, model: "theirs" });
});

test("a prompt with system text, suffix and pictures passes", () => {
  const asked: GenerateRequest = {
    model: MODEL,
    prompt: "def f(",
    suffix: "return 1",
    system: "code",
    images: ["aGk="],
    format: "json",
    think: false,
  };
  const request = ollamaGenerate.readRequest(wire(asked));
  expect(request).toMatchObject({ protocol: "ollama-generate", tools: [], isStream: true });
  expect(request.inputCharacters).toBe(6 + 8 + 4 + 4_000);
});

test("texts to embed pass", () => {
  const asked: EmbedRequest = {
    model: "all-minilm",
    input: ["a", "bc"],
    truncate: true,
    dimensions: 2,
    keep_alive: 60,
    options: { num_ctx: 8 },
  };
  expect(ollamaEmbed.readRequest(wire(asked))).toMatchObject({
    protocol: "ollama-embed",
    isStream: false,
    inputCharacters: 3,
  });
});

const chat = { model: MODEL, messages: USER };
const generate = { model: MODEL, prompt: "hi" };
test.each<[string, Face, object, string, string]>([
  ["an unknown field", ollamaChat, { ...chat, tempature: 1 }, "llm_field_unknown", "tempature"],
  ["a name that Go would fold", ollamaChat, { ...chat, Tools: [WEATHER] }, "llm_field_unknown", "Tools"],
  [
    "another template",
    ollamaGenerate,
    { ...generate, template: "{{ .Prompt }}" },
    "llm_field_refused",
    "template",
  ],
  ["no template at all", ollamaGenerate, { ...generate, raw: true }, "llm_field_refused", "raw"],
  [
    "tokens for a conversation",
    ollamaGenerate,
    { ...generate, context: [1, 2] },
    "llm_field_refused",
    "context",
  ],
  [
    "the rendered template",
    ollamaChat,
    { ...chat, _debug_render_only: true },
    "llm_field_refused",
    "_debug_render_only",
  ],
  [
    "unloading by chat",
    ollamaChat,
    { model: MODEL, messages: [], keep_alive: 0 },
    "llm_field_refused",
    "messages",
  ],
  ["loading by chat", ollamaChat, { model: MODEL, messages: [] }, "llm_field_refused", "messages"],
  ["loading without messages", ollamaChat, { model: MODEL }, "llm_value_invalid", "messages"],
  [
    "unloading by prompt",
    ollamaGenerate,
    { model: MODEL, prompt: "", keep_alive: 0 },
    "llm_field_refused",
    "prompt",
  ],
  ["loading without a prompt", ollamaGenerate, { model: MODEL }, "llm_value_invalid", "prompt"],
  ["loading by nothing to embed", ollamaEmbed, { model: MODEL, input: [] }, "llm_field_refused", "input"],
  ["loading by an empty text", ollamaEmbed, { model: MODEL, input: "" }, "llm_field_refused", "input"],
  [
    "the runtime's devices",
    ollamaChat,
    { ...chat, options: { num_gpu: 0 } },
    "llm_field_refused",
    "options.num_gpu",
  ],
  [
    "an unknown option",
    ollamaChat,
    { ...chat, options: { numa_cpu: 0 } },
    "llm_field_unknown",
    "options.numa_cpu",
  ],
  [
    "a picture by URL",
    ollamaChat,
    { ...chat, messages: [{ role: "user", content: "", images: ["https://a.example/b.png"] }] },
    "llm_value_invalid",
    "messages[0].images[0]",
  ],
  [
    "a picture by path",
    ollamaGenerate,
    { ...generate, images: ["../../etc/passwd"] },
    "llm_value_invalid",
    "images[0]",
  ],
  [
    "another role",
    ollamaChat,
    { ...chat, messages: [{ role: "SYSTEM", content: "" }] },
    "llm_value_invalid",
    "messages[0].role",
  ],
  [
    "arguments as text",
    ollamaChat,
    {
      ...chat,
      messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] }],
    },
    "llm_value_invalid",
    "messages[0].tool_calls[0].function.arguments",
  ],
  [
    "a tool of another kind",
    ollamaChat,
    { ...chat, tools: [{ ...WEATHER, type: "web_search" }] },
    "llm_value_invalid",
    "tools[0].type",
  ],
  [
    "a tool named twice",
    ollamaChat,
    { ...chat, tools: [WEATHER, WEATHER] },
    "llm_value_invalid",
    "tools[1].function.name",
  ],
  ["another format", ollamaChat, { ...chat, format: "yaml" }, "llm_value_invalid", "format"],
  ["another thought", ollamaChat, { ...chat, think: "ultra" }, "llm_value_invalid", "think"],
  ["making a picture", ollamaGenerate, { ...generate, width: 512 }, "llm_field_unknown", "width"],
  ["numbers to embed", ollamaEmbed, { model: MODEL, input: [[1, 2]] }, "llm_value_invalid", "input[0]"],
])("%s is refused", (...[_what, face, body, code, path]) => {
  const fault = faultOf(() => face.readRequest(wire(body)));
  expect(fault.code).toBe(code);
  expect(parameterOf(fault)).toBe(path);
});
