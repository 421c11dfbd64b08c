// Streams as runtimes sent them. Each names where it was recorded; texts were shortened, shapes were not touched.

export interface Recorded {
  readonly name: string;
  readonly events: readonly string[];
  /** How an event ends and what stands between events; the default is LF LF. */
  readonly end?: string;
  readonly text: string;
  readonly reasoning?: string;
  readonly calls?: readonly (readonly [name: string, args: string])[];
  readonly finish: string;
  readonly usage?: readonly [input: number, output: number];
}

export function bytesOf({ events, end = "\n\n" }: Pick<Recorded, "events" | "end">): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `${event}${end}`).join(""));
}

const TGI = `"created":1741265133,"id":"","model":"meta-llama/Llama-3.1-8B-Instruct","object":"chat.completion.chunk","service_tier":null,"system_fingerprint":"3.1.2-dev0-native"`;
const LLAMA = `"created":1762593253,"id":"chatcmpl-DHvcEyFobkuV4Xu1QSYo4bqNv18TDqaA","model":"gpt-oss:120b","system_fingerprint":"b6881-8b11deea4","object":"chat.completion.chunk"`;
const OLLAMA = `"id":"chatcmpl-18","object":"chat.completion.chunk","created":1744446075,"model":"qwen2.5-coder:7b-instruct-q8_0","system_fingerprint":"fp_ollama"`;
const OPENAI = `"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb"`;

export const RECORDED: readonly Recorded[] = [
  {
    // huggingface/text-generation-inference, commit db931fcf42da018a3657580c64bf2720f167f9ab,
    // integration-tests/models/__snapshots__/test_completion_prompts/test_chat_openai_usage.json
    name: "TGI with usage",
    events: [
      `data: {"choices":[{"delta":{"content":"OK","function_call":null,"refusal":null,"role":"assistant","tool_calls":null},"finish_reason":null,"index":0,"logprobs":null}],${TGI},"usage":null}`,
      `data: {"choices":[{"delta":{"content":"!","function_call":null,"refusal":null,"role":"assistant","tool_calls":null},"finish_reason":null,"index":0,"logprobs":null}],${TGI},"usage":null}`,
      `data: {"choices":[{"delta":{"content":"","function_call":null,"refusal":null,"role":"assistant","tool_calls":null},"finish_reason":"stop","index":0,"logprobs":null}],${TGI},"usage":null}`,
      `data: {"choices":[],${TGI},"usage":{"completion_tokens":3,"completion_tokens_details":null,"prompt_tokens":39,"prompt_tokens_details":null,"total_tokens":42}}`,
      "data: [DONE]",
    ],
    text: "OK!",
    finish: "stop",
    usage: [39, 3],
  },
  {
    // g0t4/ask-openai.nvim, lua/ask-openai/rewrites/harmony/NOTES.md: llama-server b6881 with gpt-oss; the last event is
    // its recording of b6097. `[DONE]` is llama.cpp's (tools/server/README.md).
    name: "llama.cpp with reasoning and timings",
    events: [
      `data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],${LLAMA}}`,
      `data: {"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"We"}}],${LLAMA}}`,
      `data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hello! 👋"}}],${LLAMA}}`,
      `data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],${LLAMA},"usage":{"completion_tokens":247,"prompt_tokens":1085,"total_tokens":1332},"timings":{"prompt_n":1085,"prompt_ms":203.378,"prompt_per_token_ms":0.18744516129032257,"prompt_per_second":5334.893646313762,"predicted_n":247,"predicted_ms":933.63,"predicted_per_token_ms":3.7798785425101213,"predicted_per_second":264.5587652496171}}`,
      "data: [DONE]",
    ],
    text: "Hello! 👋",
    reasoning: "We",
    finish: "stop",
    usage: [1085, 247],
  },
  {
    // g0t4/ask-openai.nvim, lua/ask-openai/backends/ollama/notes/sses.md: Ollama, two parallel calls, each in one delta.
    name: "Ollama with parallel calls",
    events: [
      `data: {${OLLAMA},"choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_wteop8bt","index":0,"type":"function","function":{"name":"run_command","arguments":"{\\"command\\":\\"ls\\"}"}}]},"finish_reason":null}]}`,
      `data: {${OLLAMA},"choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"id":"call_rk2xye1l","index":1,"type":"function","function":{"name":"run_command","arguments":"{\\"command\\":\\"ls -l\\"}"}}]},"finish_reason":null}]}`,
      `data: {${OLLAMA},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"tool_calls"}]}`,
      "data: [DONE]",
    ],
    text: "",
    calls: [
      ["run_command", '{"command":"ls"}'],
      ["run_command", '{"command":"ls -l"}'],
    ],
    finish: "calls",
  },
  {
    // Shape: npm `openai` 7.57.0, ChatCompletionChunk; the order of a streamed call: OpenAI's function calling guide,
    // "Streaming" (name and id first, then arguments). Comments, CRLF and a line of its own for each part: WHATWG HTML 9.2.
    name: "OpenAI with a call over many events, comments and CRLF",
    end: "\r\n\r\n",
    events: [
      ": OPENROUTER PROCESSING",
      `data: {${OPENAI},"choices":[{"index":0,"delta":{"role":"assistant","content":"Let me look. ","refusal":null},"logprobs":null,"finish_reason":null}],"obfuscation":"x1"}`,
      `data: {${OPENAI},"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]},"logprobs":null,"finish_reason":null}]}`,
      `data: {${OPENAI},"choices":[{"index":0,\r\ndata: "delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":"}}]},"logprobs":null,"finish_reason":null}]}`,
      `data: {${OPENAI},"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"Žďár\\"}"}}]},"logprobs":null,"finish_reason":null}]}`,
      ":",
      `data: {${OPENAI},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]}`,
      `data: {${OPENAI},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}`,
      "data: [DONE]",
    ],
    text: "Let me look. ",
    calls: [["get_weather", '{"city":"Žďár"}']],
    finish: "calls",
    usage: [9, 12],
  },
  {
    // Shape: npm `openai` 7.57.0, ChatCompletionChunk.Choice.Delta.FunctionCall.
    name: "a legacy function call",
    events: [
      `data: {${OPENAI},"choices":[{"index":0,"delta":{"role":"assistant","content":null,"function_call":{"name":"get_weather","arguments":""}},"finish_reason":null}]}`,
      `data: {${OPENAI},"choices":[{"index":0,"delta":{"function_call":{"arguments":"{}"}},"finish_reason":null}]}`,
      `data: {${OPENAI},"choices":[{"index":0,"delta":{},"finish_reason":"function_call"}]}`,
      "data: [DONE]",
    ],
    text: "",
    calls: [["get_weather", "{}"]],
    finish: "calls",
  },
];
