import type { MessageCreateParams } from "@anthropic-ai/sdk/resources/messages";
import type { ChatRequest } from "ollama";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import type { ResponseCreateParams } from "openai/resources/responses/responses";
import type { Protocol } from "#llm";

// One conversation in four protocols, typed by the official packages: openai 7.57.0, @anthropic-ai/sdk 1.12.0, ollama 0.6.4.

export const SCHEMA = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
};
export const PNG = "iVBORw0KGgoAAAANSUhEUg==";
export const MODEL = "asked";

export const CHAT: ChatCompletionCreateParams = {
  model: MODEL,
  messages: [
    { role: "system", content: "Be short." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      ],
    },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "look", arguments: '{"city":"Oslo"}' } },
        { id: "call_2", type: "function", function: { name: "look", arguments: "" } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: "a ship" },
    { role: "tool", tool_call_id: "call_2", content: "a mast" },
    { role: "user", content: "And now?" },
  ],
  tools: [{ type: "function", function: { name: "look", description: "Looks.", parameters: SCHEMA } }],
  max_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  stop: ["END"],
  stream: true,
};

export const MESSAGES: MessageCreateParams = {
  model: MODEL,
  max_tokens: 100,
  system: "Be short.",
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: "I look." },
        { type: "tool_use", id: "call_1", name: "look", input: { city: "Oslo" } },
        { type: "tool_use", id: "call_2", name: "look", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "call_1", content: "a ship" },
        { type: "tool_result", tool_use_id: "call_2", content: "a mast" },
        { type: "text", text: "And now?" },
      ],
    },
  ],
  tools: [{ name: "look", description: "Looks.", input_schema: SCHEMA }],
  stop_sequences: ["END"],
  stream: true,
};

/** Anthropic's newest models have no such parameters, and its SDK no longer types them; older ones do. */
export const SAMPLED = { ...MESSAGES, temperature: 0.5, top_p: 0.9 };

export const OLLAMA: ChatRequest & { stream: boolean } = {
  model: MODEL,
  messages: [
    { role: "system", content: "Be short." },
    { role: "user", content: "What is this?", images: [PNG] },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [
        { function: { name: "look", arguments: { city: "Oslo" } } },
        { function: { name: "look", arguments: {} } },
      ],
    },
    { role: "tool", content: "a ship", tool_name: "look" },
    { role: "tool", content: "a mast", tool_name: "look" },
    { role: "user", content: "And now?" },
  ],
  tools: [{ type: "function", function: { name: "look", description: "Looks.", parameters: SCHEMA } }],
  options: { num_predict: 100, temperature: 0.5, top_p: 0.9, stop: ["END"] },
  stream: true,
};

export const RESPONSES: ResponseCreateParams = {
  model: MODEL,
  instructions: "Be short.",
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "What is this?" },
        { type: "input_image", image_url: `data:image/png;base64,${PNG}`, detail: "auto" },
      ],
    },
    {
      type: "message",
      role: "assistant",
      id: "msg_1",
      status: "completed",
      content: [{ type: "output_text", text: "I look.", annotations: [] }],
    },
    { type: "function_call", call_id: "call_1", name: "look", arguments: '{"city":"Oslo"}' },
    { type: "function_call", call_id: "call_2", name: "look", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "a ship" },
    { type: "function_call_output", call_id: "call_2", output: "a mast" },
    { role: "user", content: "And now?" },
  ],
  tools: [{ type: "function", name: "look", description: "Looks.", parameters: SCHEMA, strict: false }],
  max_output_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  stream: true,
};

export const SOURCES: readonly (readonly [Protocol, object])[] = [
  ["openai-chat", CHAT],
  ["anthropic-messages", SAMPLED],
  ["ollama-chat", OLLAMA],
  ["openai-responses", RESPONSES],
];

export const USER = [{ role: "user", content: "hi" }];
export const HI_CHAT = { model: MODEL, messages: USER };
export const HI_MESSAGES = { model: MODEL, max_tokens: 9, messages: USER };
