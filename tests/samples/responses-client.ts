import OpenAI from "openai";
import type { JsonObject } from "#base";
import { type AnswerHead, faceOf, type ModelRequest, type Turn } from "#llm";

// The official client, npm `openai` 7.57.0, as the judge of what is written, and of what a stream says.

export const HEAD: AnswerHead = {
  id: "resp_01",
  model: "gpt-5.1",
  createdAt: 1_790_000_000,
  isUsageWanted: true,
  mark: {},
};

export const BODY: JsonObject = { model: "gpt-5.1", input: "hello" };
export const REQUEST: ModelRequest = faceOf("openai-responses").readRequest(BODY);

export function clientFor(body: string | Uint8Array, type: string, status = 200): OpenAI {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : Uint8Array.from(body);
  return new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    baseURL: "http://127.0.0.1:9/v1",
    fetch: () => Promise.resolve(new Response(bytes, { status, headers: { "content-type": type } })),
  });
}

type Response = Awaited<ReturnType<ReturnType<OpenAI["responses"]["stream"]>["finalResponse"]>>;

/** What the official client makes of a stream; rejects where it refuses it. */
export async function sdkResponse(body: string | Uint8Array): Promise<Response> {
  const client = clientFor(body, "text/event-stream");
  return client.responses.stream({ model: "m", input: "hello" }).finalResponse();
}

/** The same without its accumulator: the items of `output_item.done`, which many clients act on. */
export async function sdkItems(
  body: string | Uint8Array,
): Promise<readonly OpenAI.Responses.ResponseOutputItem[]> {
  const stream = await clientFor(body, "text/event-stream").responses.create({
    model: "m",
    input: "",
    stream: true,
  });
  const items: OpenAI.Responses.ResponseOutputItem[] = [];
  for await (const each of stream) if (each.type === "response.output_item.done") items.push(each.item);
  return items;
}

/** The content of a response as the client sees it, in the words of a turn. */
export function contentOf(response: {
  readonly output: readonly OpenAI.Responses.ResponseOutputItem[];
}): readonly unknown[] {
  return response.output.flatMap((item): readonly unknown[] => {
    if (item.type === "message")
      return item.content.map((part) => ["text", part.type === "refusal" ? part.refusal : part.text]);
    if (item.type === "reasoning") {
      const said = (item.content ?? []).length > 0 ? (item.content ?? []) : item.summary;
      return [["reasoning", said.map((part) => part.text).join(""), item.encrypted_content ?? null]];
    }
    if (item.type === "function_call") return [["call", item.call_id, item.name, item.arguments]];
    if (item.type === "custom_tool_call") return [["custom", item.call_id, item.name, item.input]];
    if (item.type !== "local_shell_call") return [["opaque", item.type]];
    return [["call", item.call_id, "openai.local_shell", JSON.stringify({ action: item.action })]];
  });
}

export function partsOf(turn: Turn): readonly unknown[] {
  return turn.parts.map((part) => {
    if (part.kind === "text") return ["text", part.text];
    if (part.kind === "reasoning") return ["reasoning", part.text, part.signature];
    if (part.kind === "opaque") return ["opaque", part.json["type"]];
    const { id, name, kind } = part.call;
    return [kind === "custom" ? "custom" : "call", id, name, part.call.arguments];
  });
}

/** The turn of a stream cut at these offsets; every piece's bytes in order must be the stream's. */
export function readStream(bytes: Uint8Array, cuts: readonly number[] = []): Turn {
  const reader = faceOf("openai-responses").createReader(REQUEST);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    pieces.push(...reader.push(bytes.slice(from, cut)).map((piece) => piece.bytes));
    from = cut;
  }
  pieces.push(...reader.end().map((piece) => piece.bytes));
  if (!Buffer.concat(pieces).equals(Buffer.from(bytes))) throw new Error("the pieces are not the stream");
  return reader.turn();
}

export function event(type: string, members: JsonObject = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, ...members })}\n\n`;
}

export const RESPONSE: JsonObject = {
  id: "resp_01",
  object: "response",
  created_at: 1_790_000_000,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: "Be brief.",
  metadata: {},
  model: "gpt-5.1-2025-11-13",
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
};

export const START =
  event("response.created", { response: RESPONSE }) + event("response.in_progress", { response: RESPONSE });

export const added = (output_index: number, item: JsonObject): string =>
  event("response.output_item.added", { output_index, item });
export const done = (output_index: number, item: JsonObject): string =>
  event("response.output_item.done", { output_index, item });

export function message(id: string, text: string): JsonObject {
  const content = [{ type: "output_text", text, annotations: [], logprobs: [] }];
  return { id, type: "message", role: "assistant", status: "completed", content };
}

export function messageEvents(output_index: number, id: string, ...texts: readonly string[]): string {
  const at = { output_index, item_id: id, content_index: 0 };
  const text = texts.join("");
  const part = { type: "output_text", text, annotations: [], logprobs: [] };
  return [
    added(output_index, { ...message(id, ""), status: "in_progress", content: [] }),
    event("response.content_part.added", { ...at, part: { ...part, text: "" } }),
    ...texts.map((delta) => event("response.output_text.delta", { ...at, delta, logprobs: [] })),
    event("response.output_text.done", { ...at, text, logprobs: [] }),
    event("response.content_part.done", { ...at, part }),
    done(output_index, message(id, text)),
  ].join("");
}

export function call(id: string, name: string, text: string): JsonObject {
  return {
    id: `fc_${id}`,
    type: "function_call",
    status: "completed",
    call_id: id,
    name,
    arguments: text,
  };
}

export function callEvents(
  output_index: number,
  id: string,
  name: string,
  ...json: readonly string[]
): string {
  const item = call(id, name, json.join(""));
  const at = { output_index, item_id: `fc_${id}` };
  return [
    added(output_index, { ...item, status: "in_progress", arguments: "" }),
    ...json.map((delta) => event("response.function_call_arguments.delta", { ...at, delta })),
    event("response.function_call_arguments.done", { ...at, name, arguments: json.join("") }),
    done(output_index, item),
  ].join("");
}

export const USAGE: JsonObject = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 22,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 33,
};

export const completed = (...output: readonly JsonObject[]): string =>
  event("response.completed", { response: { ...RESPONSE, status: "completed", output, usage: USAGE } });

const REASONING: JsonObject = {
  id: "rs_1",
  type: "reasoning",
  summary: [{ type: "summary_text", text: "Let me see. ✓" }],
  encrypted_content: "gAAAA",
};
const SEARCH: JsonObject = {
  id: "ws_1",
  type: "web_search_call",
  status: "completed",
  action: { type: "search", query: "x" },
};
const SHELL: JsonObject = {
  id: "lsh_1",
  type: "local_shell_call",
  status: "completed",
  call_id: "c3",
  action: { command: ["ls"], env: {}, type: "exec" },
};
const CUSTOM: JsonObject = {
  id: "ctc_1",
  type: "custom_tool_call",
  status: "completed",
  call_id: "c4",
  name: "sql",
  input: "SELECT 1",
};

/**
 * Reasoning, a hosted search, text and calls of three kinds. Shapes: the types of npm `openai` 7.57.0
 * (`ResponseStreamEvent`), whose own accumulator accepts the stream.
 */
export const FULL = [
  START,
  added(0, { ...REASONING, summary: [] }),
  event("response.reasoning_summary_part.added", {
    output_index: 0,
    item_id: "rs_1",
    summary_index: 0,
    part: { type: "summary_text", text: "" },
  }),
  ...["Let me ", "see. ✓"].map((delta) =>
    event("response.reasoning_summary_text.delta", {
      output_index: 0,
      item_id: "rs_1",
      summary_index: 0,
      delta,
    }),
  ),
  event("response.reasoning_summary_text.done", {
    output_index: 0,
    item_id: "rs_1",
    summary_index: 0,
    text: "Let me see. ✓",
  }),
  event("response.reasoning_summary_part.done", {
    output_index: 0,
    item_id: "rs_1",
    summary_index: 0,
    part: { type: "summary_text", text: "Let me see. ✓" },
  }),
  done(0, REASONING),
  added(1, { ...SEARCH, status: "in_progress" }),
  event("response.web_search_call.searching", { output_index: 1, item_id: "ws_1" }),
  event("response.web_search_call.completed", { output_index: 1, item_id: "ws_1" }),
  done(1, SEARCH),
  ": keep-alive\n\n",
  messageEvents(2, "msg_1", "Žluťoučký ", "kůň 🐎"),
  callEvents(3, "c1", "get_weather", '{"city": "Br', 'no"}'),
  callEvents(4, "c2", "now", "{}"),
  added(5, { ...SHELL, status: "in_progress" }),
  done(5, SHELL),
  added(6, { ...CUSTOM, status: "in_progress", input: "" }),
  event("response.custom_tool_call_input.delta", { output_index: 6, item_id: "ctc_1", delta: "SELECT 1" }),
  event("response.custom_tool_call_input.done", { output_index: 6, item_id: "ctc_1", input: "SELECT 1" }),
  done(6, CUSTOM),
  completed(
    REASONING,
    SEARCH,
    message("msg_1", "Žluťoučký kůň 🐎"),
    call("c1", "get_weather", '{"city": "Brno"}'),
    call("c2", "now", "{}"),
    SHELL,
    CUSTOM,
  ),
].join("");
