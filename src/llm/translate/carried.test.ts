import type { GenerateRequest } from "ollama";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import type { CompletionCreateParams } from "openai/resources/completions";
import { describe, expect, test } from "vitest";
import {
  CHAT,
  HI_CHAT,
  HI_MESSAGES,
  MESSAGES,
  MODEL,
  PNG,
  RESPONSES,
  SCHEMA,
  USER,
} from "../../../tests/samples/conversations.ts";
import { through, wire } from "../../../tests/samples/translated.ts";
import type { Protocol } from "../protocol.ts";

function call(name: string): object {
  return { function: { name, arguments: {} } };
}

describe("what each field becomes", () => {
  test.each<[string, Protocol, object, Protocol, object]>([
    [
      "a schema",
      "openai-chat",
      {
        ...HI_CHAT,
        response_format: { type: "json_schema", json_schema: { name: "city", schema: SCHEMA, strict: true } },
      },
      "ollama-chat",
      { format: SCHEMA },
    ],
    [
      "a schema",
      "openai-chat",
      { ...HI_CHAT, response_format: { type: "json_schema", json_schema: { name: "city", schema: SCHEMA } } },
      "anthropic-messages",
      { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    ],
    [
      "a schema",
      "openai-responses",
      {
        model: MODEL,
        input: "hi",
        text: { format: { type: "json_schema", name: "city", schema: SCHEMA, strict: true } },
      },
      "openai-chat",
      {
        response_format: { type: "json_schema", json_schema: { name: "city", schema: SCHEMA, strict: true } },
      },
    ],
    [
      "a schema",
      "ollama-chat",
      { ...HI_CHAT, format: SCHEMA },
      "openai-chat",
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: SCHEMA, strict: true },
        },
      },
    ],
    [
      "a schema",
      "anthropic-messages",
      { ...HI_MESSAGES, output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      "ollama-chat",
      { format: SCHEMA },
    ],
    [
      "any JSON",
      "openai-chat",
      { ...HI_CHAT, response_format: { type: "json_object" } },
      "ollama-chat",
      { format: "json" },
    ],
    [
      "any JSON",
      "ollama-chat",
      { ...HI_CHAT, format: "json" },
      "openai-chat",
      { response_format: { type: "json_object" } },
    ],
    [
      "a forced tool",
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        tools: MESSAGES.tools,
        tool_choice: { type: "tool", name: "look", disable_parallel_tool_use: true },
      },
      "openai-chat",
      { tool_choice: { type: "function", function: { name: "look" } }, parallel_tool_calls: false },
    ],
    [
      "a forced tool",
      "openai-responses",
      {
        model: MODEL,
        input: "hi",
        tools: RESPONSES.tools,
        tool_choice: { type: "function", name: "look" },
        parallel_tool_calls: false,
      },
      "anthropic-messages",
      { tool_choice: { type: "tool", name: "look", disable_parallel_tool_use: true } },
    ],
    [
      "any tool",
      "openai-chat",
      { ...HI_CHAT, tools: CHAT.tools, tool_choice: "required" },
      "anthropic-messages",
      { tool_choice: { type: "any" } },
    ],
    [
      "one call at a time",
      "openai-chat",
      { ...HI_CHAT, tools: CHAT.tools, parallel_tool_calls: false },
      "anthropic-messages",
      { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    ],
    [
      "an effort",
      "openai-chat",
      { ...HI_CHAT, reasoning_effort: "minimal" },
      "ollama-chat",
      { think: "low" },
    ],
    [
      "an effort",
      "openai-responses",
      { model: MODEL, input: "hi", reasoning: { effort: "none" } },
      "ollama-chat",
      { think: false },
    ],
    ["an effort", "ollama-chat", { ...HI_CHAT, think: "high" }, "openai-chat", { reasoning_effort: "high" }],
    [
      "thinking",
      "anthropic-messages",
      { ...HI_MESSAGES, thinking: { type: "enabled", budget_tokens: 1024 } },
      "ollama-chat",
      { think: true },
    ],
    [
      "a picture's URL",
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }] },
        ],
      },
      "anthropic-messages",
      {
        messages: [
          {
            role: "user",
            content: [{ type: "image", source: { type: "url", url: "https://a.example/b.png" } }],
          },
        ],
      },
    ],
    [
      "two limits",
      "openai-chat",
      { ...HI_CHAT, max_tokens: 7, max_completion_tokens: 5 },
      "ollama-chat",
      { options: { num_predict: 5 } },
    ],
    [
      "a seed",
      "ollama-chat",
      { ...HI_CHAT, options: { seed: 7, presence_penalty: 0.5 } },
      "openai-chat",
      { seed: 7, presence_penalty: 0.5 },
    ],
    ["no stream", "openai-chat", HI_CHAT, "ollama-chat", { stream: false }],
    [
      "no limit",
      "ollama-chat",
      { ...HI_CHAT, options: { num_predict: -1 } },
      "anthropic-messages",
      { max_tokens: 4096, stream: true },
    ],
    [
      "an odd id",
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          ...USER,
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "a|b", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "a|b", content: "ok" },
        ],
      },
      "anthropic-messages",
      {
        messages: [
          ...USER,
          {
            role: "assistant",
            content: [{ type: "tool_use", id: "toolu_68e4cd15131c71d46cd8bdfa", name: "f", input: {} }],
          },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: "toolu_68e4cd15131c71d46cd8bdfa", content: "ok" }],
          },
        ],
      },
    ],
    [
      "a later system message",
      "openai-chat",
      { ...HI_CHAT, messages: [...USER, { role: "system", content: "Now in rhyme." }, ...USER] },
      "anthropic-messages",
      { messages: [...USER, { role: "system", content: "Now in rhyme." }, ...USER] },
    ],
    [
      "a start of an answer",
      "anthropic-messages",
      { ...HI_MESSAGES, messages: [...USER, { role: "assistant", content: "{" }] },
      "ollama-chat",
      { messages: [...USER, { role: "assistant", content: "{" }] },
    ],
    [
      "reasoning",
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        messages: [
          ...USER,
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm", signature: "s" },
              { type: "text", text: "Yes." },
            ],
          },
          ...USER,
        ],
      },
      "ollama-chat",
      { messages: [...USER, { role: "assistant", content: "Yes.", thinking: "Hm" }, ...USER] },
    ],
  ])("%s of %s", (...[_what, from, body, to, expected]) => {
    expect(through(from, body, to).body).toMatchObject(expected);
  });

  test("that no tool may be called leaves Ollama without tools", () => {
    const { body } = through(
      "openai-chat",
      { ...HI_CHAT, tools: CHAT.tools, tool_choice: "none" },
      "ollama-chat",
    );
    expect(body).not.toHaveProperty("tools");
  });

  test("results find their calls in Ollama's chats by name and order", () => {
    const body = {
      ...HI_CHAT,
      messages: [
        ...USER,
        { role: "assistant", content: "", tool_calls: [call("a"), call("b")] },
        { role: "tool", tool_name: "b", content: "of b" },
        { role: "tool", tool_name: "a", content: "of a" },
      ],
    };
    const made = wire(
      through("ollama-chat", body, "openai-chat").body,
    ) as unknown as ChatCompletionCreateParams;
    const calls = made.messages.flatMap((message) =>
      message.role === "assistant" ? (message.tool_calls ?? []) : [],
    );
    const results = made.messages.flatMap((message) =>
      message.role === "tool" ? [[message.tool_call_id, message.content]] : [],
    );
    expect(results).toEqual([
      [calls[1]?.id, "of b"],
      [calls[0]?.id, "of a"],
    ]);
  });
});

describe("plain completions", () => {
  const completion: CompletionCreateParams = {
    model: MODEL,
    prompt: "def f(",
    suffix: "return 1",
    max_tokens: 5,
    temperature: 0,
    stop: "\n",
    stream: true,
  };
  const generate: GenerateRequest = {
    model: MODEL,
    prompt: "def f(",
    suffix: "return 1",
    stream: false,
    options: { num_predict: 5 },
  };

  test("OpenAI's become Ollama's, and back", () => {
    const there = through("openai-completions", completion, "ollama-generate");
    expect(there.body).toEqual({
      model: "theirs",
      prompt: "def f(",
      suffix: "return 1",
      options: { num_predict: 5, temperature: 0, stop: ["\n"] },
      stream: true,
    });
    expect(there.lost).toEqual(["prompt: the model reads it as a user's message"]);
    const back = through("ollama-generate", generate, "openai-completions");
    expect(back.body).toEqual({ model: "theirs", prompt: "def f(", suffix: "return 1", max_tokens: 5 });
    expect(back.lost).toEqual(["prompt: the model reads it without its template"]);
  });

  test("a prompt can be asked as a chat", () => {
    const asked = { model: MODEL, prompt: "hi", system: "Be short.", images: [PNG], stream: false };
    expect(through("ollama-generate", asked, "openai-chat").body).toMatchObject({
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: [{ type: "text", text: "hi" }, { type: "image_url" }] },
      ],
    });
    expect(
      through("openai-completions", { model: MODEL, prompt: ["hi"] }, "anthropic-messages").body,
    ).toMatchObject({ messages: USER });
  });
});
