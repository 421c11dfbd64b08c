import type OpenAI from "openai";
import { type Asked, type Reply, type ReplyPart, replyTo, slices } from "./script.ts";
import { event, plain, problemOf } from "./openai.ts";
import { type Body, type ModelServer, type Said, serveModels } from "./server.ts";

// OpenAI's Responses, as the types of `openai` 7.57.0 have them (resources/responses/responses.d.ts): events numbered by
// `sequence_number`, named as their `type`, from response.created to response.completed, with nothing after
// (https://platform.openai.com/docs/api-reference/responses-streaming).

type StreamEvent = OpenAI.Responses.ResponseStreamEvent;
type Item = OpenAI.Responses.ResponseOutputItem;
type Whole = OpenAI.Responses.Response;
/** An event before it has its number. */
type Unnumbered = StreamEvent extends infer E
  ? E extends StreamEvent
    ? Omit<E, "sequence_number">
    : never
  : never;

const CREATED = 1_767_268_800;
const USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 18,
} satisfies OpenAI.Responses.ResponseUsage;

const MODELS = {
  object: "list",
  data: [{ id: "responses-model", object: "model", created: CREATED, owned_by: "tests" }],
} satisfies { object: "list"; data: OpenAI.Models.Model[] };

export function serveResponses(): Promise<ModelServer> {
  return serveModels({
    "POST /v1/responses": responses,
    "GET /v1/models": () => plain(MODELS),
  });
}

function responses(body: Body): Said {
  const request = body as Partial<OpenAI.Responses.ResponseCreateParams>;
  const reply = replyTo(askedOf(request));
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  const whole = wholeOf(request, itemsOf(parts));
  const events = eventsOf(reply, whole);
  return {
    reply,
    streamType: request.stream === true ? "text/event-stream; charset=utf-8" : null,
    whole,
    frames: events.map(named),
    more: named(textDelta("la ", 0), events.length),
    problem: problemOf(reply),
  };
}

function named(data: Unnumbered, sequence_number: number): string {
  return `event: ${data.type}\n${event({ ...data, sequence_number })}`;
}

function askedOf({ input = [] }: Partial<OpenAI.Responses.ResponseCreateParams>): Asked {
  if (typeof input === "string") return { text: input, results: [], mustCall: null };
  const at = input.findLastIndex((item) => "role" in item && item.role === "user");
  const asked = input[at];
  const results = input
    .slice(at + 1)
    .flatMap((item) => (item.type === "function_call_output" ? [item.output] : []));
  const content: unknown = asked !== undefined && "content" in asked ? asked.content : "";
  return { text: textOf(content), results: results.map(textOf), mustCall: null };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (Array.isArray(content) ? (content as { text?: string }[]) : [])
    .map(({ text = "" }) => text)
    .join("");
}

function itemsOf(parts: readonly ReplyPart[]): Item[] {
  return parts.map((part, at): Item => {
    if (part.kind === "reasoning") {
      return { type: "reasoning", id: `rs_${at}`, summary: [{ type: "summary_text", text: part.text }] };
    }
    if (part.kind === "call") {
      const { name, input } = part;
      const called = { call_id: `call_${at}`, name, arguments: JSON.stringify(input) };
      return { type: "function_call", id: `fc_${at}`, status: "completed", ...called };
    }
    const content: OpenAI.Responses.ResponseOutputMessage["content"] =
      part.kind === "refusal"
        ? [{ type: "refusal", refusal: part.text }]
        : [{ type: "output_text", text: part.text, annotations: [], logprobs: [] }];
    return { type: "message", id: `msg_${at}`, role: "assistant", status: "completed", content };
  });
}

function wholeOf(request: Partial<OpenAI.Responses.ResponseCreateParams>, output: Item[]) {
  return {
    id: "resp_1",
    object: "response",
    created_at: CREATED,
    status: "completed",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: typeof request.instructions === "string" ? request.instructions : null,
    metadata: {},
    model: String(request.model),
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: USAGE,
    // The API itself leaves these two out: `output_text` is the SDK's own sum, and programs are new in its types.
  } satisfies Omit<Whole, "output_text" | "access_programs">;
}

function eventsOf(reply: Reply, whole: ReturnType<typeof wholeOf>): Unnumbered[] {
  const response = whole as unknown as Whole;
  const { usage: _, ...unused } = whole;
  const begun = { ...unused, status: "in_progress", output: [], usage: null } as unknown as Whole;
  const start: Unnumbered[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
  ];
  if (reply.kind === "endless") {
    const [item] = itemsOf([{ kind: "text", text: "" }]);
    return item === undefined ? start : [...start, ...itemEvents(item, 0).slice(0, 2)];
  }
  return [...start, ...whole.output.flatMap(itemEvents), { type: "response.completed", response }];
}

function itemEvents(item: Item, output_index: number): Unnumbered[] {
  const done: Unnumbered = { type: "response.output_item.done", output_index, item };
  if (item.type === "function_call") {
    const item_id = item.id ?? "";
    return [
      added({ ...item, status: "in_progress", arguments: "" }, output_index),
      ...slices(item.arguments, 3).map(
        (delta): Unnumbered => ({
          type: "response.function_call_arguments.delta",
          item_id,
          output_index,
          delta,
        }),
      ),
      {
        type: "response.function_call_arguments.done",
        item_id,
        output_index,
        arguments: item.arguments,
        name: item.name,
      } as Unnumbered,
      done,
    ];
  }
  if (item.type === "reasoning")
    return [added({ ...item, summary: [] }, output_index), ...summaryEvents(item, output_index), done];
  if (item.type !== "message") return [];
  const begun = added({ ...item, status: "in_progress", content: [] }, output_index);
  return [begun, ...item.content.flatMap((part) => partEvents(item.id, part, output_index)), done];
}

function added(item: Item, output_index: number): Unnumbered {
  return { type: "response.output_item.added", output_index, item };
}

function partEvents(
  item_id: string,
  part: OpenAI.Responses.ResponseOutputText | OpenAI.Responses.ResponseOutputRefusal,
  output_index: number,
): Unnumbered[] {
  const at = { item_id, output_index, content_index: 0 };
  const done: Unnumbered = { type: "response.content_part.done", ...at, part };
  if (part.type === "refusal") {
    return [
      { type: "response.content_part.added", ...at, part: { ...part, refusal: "" } },
      ...slices(part.refusal).map((delta): Unnumbered => ({ type: "response.refusal.delta", ...at, delta })),
      { type: "response.refusal.done", ...at, refusal: part.refusal },
      done,
    ];
  }
  return [
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...slices(part.text).map((delta) => textDelta(delta, output_index, item_id)),
    { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
    done,
  ];
}

function textDelta(delta: string, output_index: number, item_id = "msg_0"): Unnumbered {
  return { type: "response.output_text.delta", item_id, output_index, content_index: 0, delta, logprobs: [] };
}

function summaryEvents(item: OpenAI.Responses.ResponseReasoningItem, output_index: number): Unnumbered[] {
  const at = { item_id: item.id, output_index, summary_index: 0 };
  const [part] = item.summary;
  if (part === undefined) return [];
  return [
    { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
    ...slices(part.text).map(
      (delta): Unnumbered => ({ type: "response.reasoning_summary_text.delta", ...at, delta }),
    ),
    { type: "response.reasoning_summary_text.done", ...at, text: part.text },
    { type: "response.reasoning_summary_part.done", ...at, part },
  ];
}
