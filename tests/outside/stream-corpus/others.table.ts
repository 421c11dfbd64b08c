import type { Recording } from "./corpus.ts";

// Completions, Responses and Ollama's lines.

const OLLAMA =
  "github.com/ollama/ollama fb30760 api/types.go ChatResponse, GenerateResponse, Metrics; docs/api.md";
const line = (body: string): string =>
  `{"model":"qwen3","created_at":"2026-01-01T12:00:00.123456789Z",${body}}\n`;
const FIGURES = `"done_reason":"stop","total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":26,"prompt_eval_duration":383809000,"eval_count":298,"eval_duration":4799921000`;

const RESPONSES =
  "platform.openai.com/docs/api-reference/responses-streaming; resources/responses/responses.d.ts of openai 7.57.0";
const RESPONSE = `"id":"resp_1","object":"response","created_at":1741290958,"error":null,"incomplete_details":null,"instructions":null,"metadata":{},"model":"gpt-4.1","parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0`;
let sequence = 0;
const event = (type: string, body: string): string => {
  const number = sequence;
  sequence += 1;
  return `event: ${type}\ndata: {"type":"${type}",${body},"sequence_number":${number}}\n\n`;
};
const begin = (): string => {
  sequence = 0;
  const response = `"response":{${RESPONSE},"status":"in_progress","output":[],"usage":null}`;
  return event("response.created", response) + event("response.in_progress", response);
};
const completed = (output: string): string =>
  event(
    "response.completed",
    `"response":{${RESPONSE},"status":"completed","output":[${output}],"usage":{"input_tokens":37,"input_tokens_details":{"cached_tokens":0},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":48}}`,
  );
const message = (status: string, content: string): string =>
  `{"id":"msg_1","type":"message","status":"${status}","role":"assistant","content":[${content}]}`;
const PART = `{"type":"output_text","text":"Hi there 🐢","annotations":[]}`;
const AT = `"item_id":"msg_1","output_index":0,"content_index":0`;
const call = (status: string, text: string): string =>
  `{"id":"fc_1","type":"function_call","status":"${status}","arguments":${JSON.stringify(text)},"call_id":"call_9","name":"weather"}`;

export const OTHERS: readonly Recording[] = [
  {
    name: "OpenAI, completions",
    protocol: "openai-completions",
    source: "platform.openai.com/docs/api-reference/completions; resources/completions.d.ts of openai 7.57.0",
    stream:
      ["Once", " upon", ""]
        .map(
          (text, at) =>
            `data: {"id":"cmpl-7","object":"text_completion","created":1690759702,"choices":[{"text":"${text}","index":0,"logprobs":null,"finish_reason":${at === 2 ? `"length"` : "null"}}],"model":"gpt-3.5-turbo-instruct"}\n\n`,
        )
        .join("") + "data: [DONE]\n\n",
    text: "Once upon",
    calls: [],
  },
  {
    name: "Responses, text",
    protocol: "openai-responses",
    source: RESPONSES,
    stream:
      begin() +
      event("response.output_item.added", `"output_index":0,"item":${message("in_progress", "")}`) +
      event("response.content_part.added", `${AT},"part":{"type":"output_text","text":"","annotations":[]}`) +
      event("response.output_text.delta", `${AT},"delta":"Hi","logprobs":[],"obfuscation":"x1"`) +
      event("response.output_text.delta", `${AT},"delta":" there 🐢","logprobs":[],"obfuscation":""`) +
      event("response.output_text.done", `${AT},"text":"Hi there 🐢","logprobs":[]`) +
      event("response.content_part.done", `${AT},"part":${PART}`) +
      event("response.output_item.done", `"output_index":0,"item":${message("completed", PART)}`) +
      completed(message("completed", PART)),
    text: "Hi there 🐢",
    calls: [],
  },
  {
    name: "Responses, a call",
    protocol: "openai-responses",
    source: RESPONSES,
    stream:
      begin() +
      event("response.output_item.added", `"output_index":0,"item":${call("in_progress", "")}`) +
      event(
        "response.function_call_arguments.delta",
        `"item_id":"fc_1","output_index":0,"delta":"{\\"city\\":"`,
      ) +
      event(
        "response.function_call_arguments.delta",
        `"item_id":"fc_1","output_index":0,"delta":"\\"Vardø\\"}"`,
      ) +
      event(
        "response.function_call_arguments.done",
        `"item_id":"fc_1","output_index":0,"arguments":"{\\"city\\":\\"Vardø\\"}","name":"weather"`,
      ) +
      event("response.output_item.done", `"output_index":0,"item":${call("completed", `{"city":"Vardø"}`)}`) +
      completed(call("completed", `{"city":"Vardø"}`)),
    text: "",
    calls: ["weather"],
  },
  {
    name: "Ollama, thinking and text",
    protocol: "ollama-chat",
    source: OLLAMA,
    stream:
      line(`"message":{"role":"assistant","content":"","thinking":"Sky… "},"done":false`) +
      line(`"message":{"role":"assistant","content":"It's "},"done":false`) +
      line(`"message":{"role":"assistant","content":"Rayleigh → 青"},"done":false`) +
      line(`"message":{"role":"assistant","content":""},"done":true,${FIGURES}`),
    text: "It's Rayleigh → 青",
    calls: [],
  },
  {
    name: "Ollama, text and two calls",
    protocol: "ollama-chat",
    source: OLLAMA,
    stream:
      line(`"message":{"role":"assistant","content":"Both: "},"done":false`) +
      line(
        `"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"index":0,"name":"weather","arguments":{"city":"Łódź"}}}]},"done":false`,
      ) +
      line(
        `"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_2","function":{"index":1,"name":"clock","arguments":{}}}]},"done":false`,
      ) +
      line(`"message":{"role":"assistant","content":""},"done":true,${FIGURES}`),
    text: "Both: ",
    calls: ["weather", "clock"],
  },
  {
    name: "Ollama, CRLF and a last line without an end",
    protocol: "ollama-chat",
    source: `${OLLAMA}; the npm package (ollama 0.6.4 src/utils.ts parseJSON) reads a last line without a line feed`,
    stream: (
      line(`"message":{"role":"assistant","content":"a"},"done":false`) +
      line(`"message":{"role":"assistant","content":""},"done":true,${FIGURES}`)
    )
      .replaceAll("\n", "\r\n")
      .replace(/\r\n$/, ""),
    text: "a",
    calls: [],
  },
  {
    name: "Ollama, generate",
    protocol: "ollama-generate",
    source: OLLAMA,
    stream:
      line(`"response":"Why","done":false`) +
      line(`"response":" not?","done":false`) +
      line(`"response":"","done":true,"context":[1,2,3],${FIGURES}`),
    text: "Why not?",
    calls: [],
  },
];
