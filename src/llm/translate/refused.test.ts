import { describe, expect, test } from "vitest";
import { CHAT, HI_CHAT, HI_MESSAGES, MODEL, PNG, USER } from "../../../tests/samples/conversations.ts";
import { refusalOf, through } from "../../../tests/samples/translated.ts";
import type { Protocol } from "../protocol.ts";

describe("what matters and has no place is refused, by its path", () => {
  const tool = { role: "tool", tool_call_id: "x", content: "ok" };
  test.each<[Protocol, object, Protocol, string]>([
    ["openai-chat", { ...HI_CHAT, logprobs: true }, "ollama-chat", "logprobs"],
    ["openai-chat", { ...HI_CHAT, logit_bias: { 5: -100 } }, "ollama-chat", "logit_bias"],
    ["openai-chat", { ...HI_CHAT, guided_regex: "a+" }, "ollama-chat", "guided_regex"],
    [
      "openai-chat",
      { ...HI_CHAT, response_format: { type: "json_object" } },
      "anthropic-messages",
      "response_format",
    ],
    ["openai-chat", { ...HI_CHAT, tools: CHAT.tools, tool_choice: "required" }, "ollama-chat", "tool_choice"],
    [
      "openai-chat",
      { ...HI_CHAT, tools: CHAT.tools, parallel_tool_calls: false },
      "ollama-chat",
      "parallel_tool_calls",
    ],
    [
      "openai-chat",
      { ...HI_CHAT, tools: [{ type: "custom", custom: { name: "f" } }] },
      "ollama-chat",
      "tools[0].custom",
    ],
    ["openai-chat", { ...HI_CHAT, functions: [{ name: "f" }] }, "anthropic-messages", "functions"],

    ["openai-chat", { ...HI_CHAT, stop: " " }, "anthropic-messages", "stop"],
    ["openai-chat", { ...HI_CHAT, web_search_options: {} }, "anthropic-messages", "web_search"],
    [
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          { role: "user", content: [{ type: "input_audio", input_audio: { data: "aGk=", format: "wav" } }] },
        ],
      },
      "anthropic-messages",
      "messages[0].content[0].input_audio",
    ],
    [
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }] },
        ],
      },
      "ollama-chat",
      "messages[0]",
    ],
    [
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "data:image/bmp;base64,Qk0=" } }],
          },
        ],
      },
      "anthropic-messages",
      "messages[0]",
    ],
    [
      "openai-chat",
      { ...HI_CHAT, messages: [...USER, { role: "assistant", content: "{" }] },
      "anthropic-messages",
      "",
    ],
    [
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          ...USER,
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "x", type: "function", function: { name: "f", arguments: '{"a":1,"a":2}' } }],
          },
          tool,
        ],
      },
      "anthropic-messages",
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "openai-chat",
      {
        ...HI_CHAT,
        messages: [
          ...USER,
          { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
          ...USER,
        ],
      },
      "anthropic-messages",
      "messages[1].function_call",
    ],
    ["openai-chat", { ...HI_CHAT, add_generation_prompt: false }, "ollama-chat", "add_generation_prompt"],
    [
      "openai-responses",
      { model: MODEL, input: "hi", previous_response_id: "resp_1" },
      "openai-chat",
      "previous_response_id",
    ],
    [
      "openai-responses",
      { model: MODEL, input: "hi", include: ["message.output_text.logprobs"] },
      "openai-chat",
      "include[0]",
    ],
    [
      "openai-responses",
      { model: MODEL, input: "hi", tools: [{ type: "local_shell" }] },
      "openai-chat",
      "tools[0].local_shell",
    ],
    ["openai-responses", { model: MODEL, input: "hi", max_tool_calls: 3 }, "openai-chat", "max_tool_calls"],
    [
      "openai-responses",
      {
        model: MODEL,
        input: [
          {
            role: "user",
            content: [
              { type: "input_file", file_data: "data:application/pdf;base64,JVBE", filename: "a.pdf" },
            ],
          },
        ],
      },
      "openai-chat",
      "input[0].content[0].input_file",
    ],
    [
      "anthropic-messages",
      { ...HI_MESSAGES, stop_sequences: ["a", "b", "c", "d", "e"] },
      "openai-chat",
      "stop_sequences",
    ],
    [
      "anthropic-messages",
      { ...HI_MESSAGES, tools: [{ type: "bash_20250124", name: "bash" }] },
      "openai-chat",
      "tools[0].bash_20250124",
    ],
    [
      "anthropic-messages",
      { ...HI_MESSAGES, messages: [...USER, { role: "assistant", content: "{" }] },
      "openai-chat",
      "messages[1]",
    ],
    [
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        messages: [
          {
            role: "user",
            content: [{ type: "document", source: { type: "text", media_type: "text/plain", data: "x" } }],
          },
        ],
      },
      "openai-chat",
      "messages[0].content[0].document",
    ],
    [
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        messages: [
          ...USER,
          { role: "assistant", content: [{ type: "tool_use", id: "x", name: "f", input: {} }] },
          {
            role: "user",
            content: [
              {
                type: "tool_result",
                tool_use_id: "x",
                content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
              },
            ],
          },
        ],
      },
      "openai-chat",
      "messages[2]",
    ],
    ["anthropic-messages", { ...HI_MESSAGES, inference_geo: "eu" }, "openai-chat", "inference_geo"],
    ["ollama-chat", { ...HI_CHAT, logprobs: true }, "openai-chat", "logprobs"],
    [
      "ollama-chat",
      { ...HI_CHAT, messages: [...USER, { role: "tool", tool_name: "f", content: "x" }] },
      "openai-chat",
      "messages[1]",
    ],
    [
      "ollama-chat",
      { ...HI_CHAT, messages: [{ role: "user", content: "", images: ["Qk0="] }] },
      "openai-chat",
      "messages[0]",
    ],
    ["openai-completions", { model: MODEL, prompt: [1, 2] }, "ollama-generate", "prompt"],
    ["openai-completions", { model: MODEL, prompt: "a", suffix: "b" }, "openai-chat", "suffix"],
    ["openai-completions", { model: MODEL, prompt: "a", logprobs: 1 }, "ollama-generate", "logprobs"],
    ["ollama-generate", { model: MODEL, prompt: "a", system: "b" }, "openai-completions", "system"],
    ["ollama-generate", { model: MODEL, prompt: "a", format: "json" }, "openai-completions", "format"],
    ["ollama-generate", { model: MODEL, prompt: "a", images: [PNG] }, "openai-completions", "prompt"],
    ["openai-chat", HI_CHAT, "openai-responses", ""],
    ["openai-chat", HI_CHAT, "openai-embeddings", ""],
    ["openai-embeddings", { model: MODEL, input: "a" }, "ollama-chat", ""],
  ])("%s %j to %s: %s", (from, body, to, path) => {
    const refused = refusalOf(from, body, to);
    expect(path === "" ? "" : refused).toBe(path);
  });
});

describe("what is harmless is lost, and said", () => {
  test.each<[Protocol, object, Protocol, readonly string[]]>([
    [
      "openai-chat",
      { ...HI_CHAT, user: "u1", metadata: { a: "b" }, verbosity: "low" },
      "ollama-chat",
      ["user", "metadata", "verbosity"],
    ],
    [
      "openai-chat",
      { ...HI_CHAT, seed: 1, presence_penalty: 1, top_k: 5 },
      "anthropic-messages",
      ["seed", "presence_penalty", "top_k", "max_tokens: Anthropic needs one; 4096 was said"],
    ],
    [
      "openai-chat",
      { ...HI_CHAT, tools: [{ type: "function", function: { name: "f", strict: true } }] },
      "ollama-chat",
      ["tools[].strict: strict-tools"],
    ],
    [
      "ollama-chat",
      { ...HI_CHAT, keep_alive: "5m", options: { num_ctx: 4096, top_k: 5, mirostat: 1 } },
      "openai-chat",
      ["keep_alive", "options.num_ctx", "options.top_k", "options.mirostat"],
    ],
    [
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        metadata: { user_id: "u" },
        top_k: 3,
        system: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }],
      },
      "openai-chat",
      ["metadata", "top_k", "system[].cache_control"],
    ],
    ["anthropic-messages", { ...HI_MESSAGES, thinking: { type: "adaptive" } }, "openai-chat", []],
    [
      "anthropic-messages",
      {
        ...HI_MESSAGES,
        messages: [
          ...USER,
          {
            role: "assistant",
            content: [
              { type: "redacted_thinking", data: "x" },
              { type: "thinking", thinking: "Hm", signature: "s" },
              { type: "tool_use", id: "x", name: "f", input: {} },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "x", is_error: true }] },
        ],
      },
      "openai-chat",
      [
        "messages[].content[]: thinking that only its provider can read",
        "messages[]: reasoning",
        "messages[]: result-errors",
      ],
    ],
    [
      "openai-responses",
      {
        model: MODEL,
        input: "hi",
        store: true,
        include: ["reasoning.encrypted_content"],
        reasoning: { effort: "low", summary: "auto" },
      },
      "anthropic-messages",
      [
        "reasoning.summary",
        "reasoning.effort",
        "include: reasoning.encrypted_content",
        "max_tokens: Anthropic needs one; 4096 was said",
      ],
    ],
    [
      "openai-chat",
      { ...HI_CHAT, logprobs: false, n: 1, store: false, logit_bias: {}, top_logprobs: 0 },
      "ollama-chat",
      [],
    ],
  ])("%s %j to %s: %j", (from, body, to, lost) => {
    expect([...through(from, body, to).lost].toSorted()).toEqual([...lost].toSorted());
  });
});
