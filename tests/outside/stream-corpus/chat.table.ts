import type { Recording } from "./corpus.ts";

// OpenAI's Chat Completions as different servers stream them. Shapes are theirs, words are ours.

const head = (model: string): string =>
  `"id":"chatcmpl-A1","object":"chat.completion.chunk","created":1694268190,"model":"${model}"`;
const chunk = (delta: string, finish = "null", more = ""): string =>
  `{${head("gpt-4o-mini")},"system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${more}}`;
const data = (...chunks: readonly string[]): string => chunks.map((one) => `data: ${one}\n\n`).join("");
const DONE = "data: [DONE]\n\n";
const CALL_HEAD = `"type":"function","function":{"name":`;
const SAFE = `{"hate":{"filtered":false,"severity":"safe"}}`;

export const CHAT: readonly Recording[] = [
  {
    name: "OpenAI, text",
    protocol: "openai-chat",
    source:
      "platform.openai.com/docs/api-reference/chat-streaming; resources/chat/completions/completions.d.ts of openai 7.57.0",
    stream:
      data(
        chunk(`{"role":"assistant","content":"","refusal":null}`),
        chunk(`{"content":"Grüß"}`),
        chunk(`{"content":" Gott, 世界 🌍"}`),
        chunk("{}", `"stop"`),
      ) + DONE,
    text: "Grüß Gott, 世界 🌍",
    calls: [],
  },
  {
    name: "OpenAI, usage late and obfuscation",
    protocol: "openai-chat",
    source:
      "completions.d.ts of openai 7.57.0: ChatCompletionChunk.usage, .obfuscation (include_obfuscation)",
    stream:
      data(
        chunk(`{"role":"assistant","content":""}`, "null", `,"usage":null,"obfuscation":"qT"`),
        chunk(`{"content":"Hi"}`, "null", `,"usage":null,"obfuscation":"a1Zx9"`),
        chunk("{}", `"stop"`, `,"usage":null,"obfuscation":"k"`),
        `{${head("gpt-4o-mini")},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"obfuscation":""}`,
      ) + DONE,
    text: "Hi",
    calls: [],
  },
  {
    name: "OpenAI, refusal",
    protocol: "openai-chat",
    source: "completions.d.ts of openai 7.57.0: ChatCompletionChunk.Choice.Delta.refusal",
    stream:
      data(
        chunk(`{"role":"assistant","content":null,"refusal":""}`),
        chunk(`{"refusal":"I can't "}`),
        chunk(`{"refusal":"help."}`),
        chunk("{}", `"stop"`),
      ) + DONE,
    text: "I can't help.",
    calls: [],
  },
  {
    name: "OpenAI, text, then two calls in parallel",
    protocol: "openai-chat",
    source:
      "platform.openai.com/docs/guides/function-calling (streaming); Delta.ToolCall in completions.d.ts of openai 7.57.0",
    stream:
      data(
        chunk(`{"role":"assistant","content":"One "}`),
        chunk(`{"content":"moment."}`),
        chunk(`{"tool_calls":[{"index":0,"id":"call_a",${CALL_HEAD}"weather","arguments":""}}]}`),
        chunk(`{"tool_calls":[{"index":0,"function":{"arguments":"{\\"ci"}}]}`),
        chunk(`{"tool_calls":[{"index":0,"function":{"arguments":"ty\\":\\"Tromsø\\"}"}}]}`),
        chunk(`{"tool_calls":[{"index":1,"id":"call_b",${CALL_HEAD}"clock","arguments":""}}]}`),
        chunk(`{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}`),
        chunk("{}", `"tool_calls"`),
      ) + DONE,
    text: "One moment.",
    calls: ["weather", "clock"],
  },
  {
    name: "OpenAI, the old function_call",
    protocol: "openai-chat",
    source: "Delta.FunctionCall (deprecated) in completions.d.ts of openai 7.57.0",
    stream:
      data(
        chunk(`{"role":"assistant","content":null,"function_call":{"name":"weather","arguments":""}}`),
        chunk(`{"function_call":{"arguments":"{\\"city\\":"}}`),
        chunk(`{"function_call":{"arguments":"\\"Oslo\\"}"}}`),
        chunk("{}", `"function_call"`),
      ) + DONE,
    text: "",
    calls: ["weather"],
  },
  {
    name: "OpenRouter, comments while it waits",
    protocol: "openai-chat",
    source: "openrouter.ai/docs/api_reference/streaming: comments `: OPENROUTER PROCESSING`",
    stream:
      ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" +
      data(chunk(`{"role":"assistant","content":"Still "}`)) +
      ": OPENROUTER PROCESSING\n\n" +
      data(chunk(`{"content":"here"}`), chunk(`{"content":""}`, `"stop"`)) +
      DONE,
    text: "Still here",
    calls: [],
  },
  {
    name: "llama-server, bare comment pings and timings",
    protocol: "openai-chat",
    source:
      "github.com/ollama/ollama/pull/16443: llama.cpp b9478 sends `:\\n\\n` while idle; `timings` beside choices (unverified)",
    stream:
      ":\n\n" +
      data(chunk(`{"role":"assistant","content":null}`), chunk(`{"content":"ok"}`)) +
      ":\n\n:\n\n" +
      data(chunk("{}", `"stop"`, `,"timings":{"prompt_n":1,"predicted_per_second":42.5}`)) +
      DONE,
    text: "ok",
    calls: [],
  },
  {
    name: "sse-starlette, CRLF and dated pings",
    protocol: "openai-chat",
    source:
      "github.com/abetlen/llama-cpp-python/pull/1188 (CRLF was sse-starlette's default) and ztjhz/BetterChatGPT/issues/538 (ping comments)",
    stream: (
      data(chunk(`{"role":"assistant"}`)) +
      ": ping - 2024-02-14 21:14:03.177+00:00\n\n" +
      data(chunk(`{"content":"a\\r\\nb"}`), chunk("{}", `"stop"`)) +
      DONE
    ).replaceAll("\n", "\r\n"),
    text: "a\r\nb",
    calls: [],
  },
  {
    name: "data over several lines, no space, other fields, a byte order mark",
    protocol: "openai-chat",
    source: "HTML Living Standard 9.2.5 and 9.2.6: parsing and interpreting an event stream",
    stream:
      "\u{feff}retry: 3000\n\n" +
      `id: 1\nevent: message\ndata:${chunk(`{"role":"assistant","content":"x"}`)}\n\n` +
      `data: {${head("m")},\ndata:  "choices":[{"index":0,\ndata: "delta":{"content":"y"},"finish_reason":null}]}\n\n` +
      `data: ${chunk("{}", `"stop"`)}\nid: 9\n\n` +
      DONE,
    text: "xy",
    calls: [],
  },
  {
    name: "Azure, filter results before, beside and after",
    protocol: "openai-chat",
    source:
      "github.com/AbanteAI/archive-old-cli-mentat/issues/429 (first chunk), langchain4j/langchain4j/issues/2385 (beside), langchain-ai/langchain/issues/18977 (a choice without a delta)",
    stream:
      data(
        `{"id":"","choices":[],"created":0,"model":"","object":"","system_fingerprint":null,"prompt_filter_results":[{"prompt_index":0,"content_filter_results":${SAFE}}]}`,
        `{"choices":[{"content_filter_results":${SAFE},"delta":{"role":"assistant","content":"fine"},"finish_reason":null,"index":0,"logprobs":null}],${head("gpt-4o-mini-2024-07-18")}}`,
        chunk("{}", `"stop"`),
      ) + DONE,
    text: "fine",
    calls: [],
  },
  {
    name: "vLLM, reasoning and continuous usage",
    protocol: "openai-chat",
    source:
      "docs.vllm.ai reasoning outputs (`reasoning_content`) and `stream_options.continuous_usage_stats`: usage in every chunk",
    stream:
      data(
        chunk(
          `{"role":"assistant","content":"","reasoning_content":null}`,
          "null",
          `,"usage":{"prompt_tokens":9,"total_tokens":9,"completion_tokens":0}`,
        ),
        chunk(
          `{"reasoning_content":"9.11 has"}`,
          "null",
          `,"usage":{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}`,
        ),
        chunk(
          `{"reasoning_content":" two digits."}`,
          "null",
          `,"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}`,
        ),
        chunk(
          `{"content":"9.8"}`,
          "null",
          `,"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3}`,
        ),
        chunk(
          `{"content":""}`,
          `"stop"`,
          `,"usage":{"prompt_tokens":9,"total_tokens":13,"completion_tokens":4}`,
        ),
      ) + DONE,
    text: "9.8",
    calls: [],
  },
  {
    name: "Ollama's OpenAI face, a whole call in one chunk",
    protocol: "openai-chat",
    source:
      "github.com/ollama/ollama fb30760 openai/openai.go: Delta {role, content, reasoning, tool_calls}, whole calls with their index",
    stream:
      data(
        `{${head("qwen3")},"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Hm."},"finish_reason":null}]}`,
        `{${head("qwen3")},"choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_x1","index":0,${CALL_HEAD}"weather","arguments":"{\\"city\\":\\"Bergen\\"}"}}]},"finish_reason":null}]}`,
        `{${head("qwen3")},"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
      ) + DONE,
    text: "",
    calls: ["weather"],
  },
  {
    name: "calls whose arguments alternate",
    protocol: "openai-chat",
    source:
      "allowed by ChatCompletionChunk.Choice.Delta.ToolCall.index in completions.d.ts of openai 7.57.0: pieces belong to their index",
    stream:
      data(
        chunk(
          `{"role":"assistant","tool_calls":[{"index":0,"id":"c0",${CALL_HEAD}"weather","arguments":""}},{"index":1,"id":"c1",${CALL_HEAD}"clock","arguments":""}}]}`,
        ),
        chunk(
          `{"tool_calls":[{"index":1,"function":{"arguments":"{\\"zone\\""}},{"index":0,"function":{"arguments":"{\\"ci"}}]}`,
        ),
        chunk(`{"tool_calls":[{"index":0,"function":{"arguments":"ty\\":\\"A\\"}"}}]}`),
        chunk(`{"tool_calls":[{"index":1,"function":{"arguments":":\\"B\\"}"}}]}`),
        chunk("{}", `"tool_calls"`),
      ) + DONE,
    text: "",
    calls: ["weather", "clock"],
  },
];
