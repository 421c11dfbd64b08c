import type Anthropic from "@anthropic-ai/sdk";
import { type Asked, type Reply, type ReplyPart, replyTo, slices } from "./script.ts";
import { type Body, type ModelServer, type Said, serveModels } from "./server.ts";

// Anthropic's Messages, as the types of `@anthropic-ai/sdk` 1.12.0 have them (resources/messages/messages.d.ts), in the
// order that https://docs.anthropic.com/en/docs/build-with-claude/streaming describes: message_start, per block start,
// deltas, stop, then message_delta and message_stop; `ping` events anywhere. Errors: core/error.ts and
// https://docs.anthropic.com/en/api/errors, `{"type":"error","error":{type,message},"request_id"}`.

type StreamEvent = Anthropic.RawMessageStreamEvent;
type Block = Anthropic.ContentBlock;

const USAGE = {
  cache_creation: null,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  inference_geo: null,
  input_tokens: 11,
  output_tokens: 7,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: "standard",
  speed: null,
} satisfies Anthropic.Usage;

export function serveAnthropic(): Promise<ModelServer> {
  return serveModels({
    "POST /v1/messages": messages,
    "GET /v1/models": () => ({ ...SILENT, whole: MODELS }),
  });
}

const SILENT = {
  reply: { kind: "turn", parts: [] },
  streamType: null,
  frames: [],
  more: "",
  problem: {},
} as const;
/** A page of https://docs.anthropic.com/en/api/models-list; unverified beyond `id`, `type`, `display_name` and the page's own fields. */
const MODELS = {
  data: [{ type: "model", id: "anthropic-model", display_name: "Test", created_at: "2026-01-01T00:00:00Z" }],
  has_more: false,
  first_id: "anthropic-model",
  last_id: "anthropic-model",
};

function messages(body: Body): Said {
  const request = body as Partial<Anthropic.MessageCreateParams>;
  const reply = replyTo(askedOf(request));
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  const whole = messageOf(parts, String(request.model));
  return {
    reply,
    streamType: request.stream === true ? "text/event-stream; charset=utf-8" : null,
    whole,
    frames: eventsOf(reply, whole).map(frame),
    more: frame({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "la " } }),
    problem: problemOf(reply),
    headers: { "request-id": "req_test" },
  };
}

function askedOf({
  messages: given = [],
  tool_choice: choice,
}: Partial<Anthropic.MessageCreateParams>): Asked {
  const mustCall = choice?.type === "tool" ? choice.name : null;
  const results = blocksOf(given.at(-1)).filter(({ type }) => type === "tool_result");
  const asking = given.findLast(
    (message) => message.role === "user" && blocksOf(message).some(({ type }) => type === "text"),
  );
  return {
    text: textsOf(asking?.content),
    results: results.map((block) => textsOf(contentOf(block))),
    mustCall,
  };
}

function blocksOf(message: Anthropic.MessageParam | undefined): readonly Anthropic.ContentBlockParam[] {
  const content = message?.content ?? [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function contentOf(block: Anthropic.ContentBlockParam): unknown {
  return "content" in block ? block.content : "";
}

function textsOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (Array.isArray(content) ? (content as { text?: string }[]) : [])
    .map(({ text = "" }) => text)
    .join("");
}

function messageOf(parts: readonly ReplyPart[], model: string): Anthropic.Message {
  const content = parts.map(blockOf);
  const isRefusal = parts.some(({ kind }) => kind === "refusal");
  const hasCalls = content.some(({ type }) => type === "tool_use");
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content,
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: isRefusal ? "refusal" : hasCalls ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: USAGE,
  };
}

function blockOf(part: ReplyPart, at: number): Block {
  if (part.kind === "reasoning") return { type: "thinking", thinking: part.text, signature: "c2lnbmVk" };
  if (part.kind !== "call") return { type: "text", text: part.text, citations: null };
  return {
    type: "tool_use",
    id: `toolu_${at}`,
    name: part.name,
    input: part.input,
    caller: { type: "direct" },
  };
}

function eventsOf(reply: Reply, whole: Anthropic.Message): (StreamEvent | { type: "ping" })[] {
  const begun: Anthropic.Message = {
    ...whole,
    content: [],
    stop_reason: null,
    usage: { ...USAGE, output_tokens: 1 },
  };
  const start: (StreamEvent | { type: "ping" })[] = [
    { type: "message_start", message: begun },
    { type: "ping" },
  ];
  if (reply.kind === "endless") {
    return [
      ...start,
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "", citations: null } },
    ];
  }
  const { cache_creation_input_tokens, cache_read_input_tokens, server_tool_use, output_tokens_details } =
    USAGE;
  return [
    ...start,
    ...whole.content.flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { container: null, stop_details: null, stop_reason: whole.stop_reason, stop_sequence: null },
      usage: {
        cache_creation_input_tokens,
        cache_read_input_tokens,
        server_tool_use,
        output_tokens_details,
        input_tokens: 11,
        output_tokens: 7,
      },
    },
    { type: "message_stop" },
  ];
}

function blockEvents(block: Block, index: number): StreamEvent[] {
  const deltas = deltasOf(block).map((delta): StreamEvent => ({ type: "content_block_delta", index, delta }));
  return [
    { type: "content_block_start", index, content_block: emptied(block) },
    ...deltas,
    { type: "content_block_stop", index },
  ];
}

function emptied(block: Block): Anthropic.RawContentBlockStartEvent["content_block"] {
  if (block.type === "text") return { ...block, text: "" };
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  if (block.type === "tool_use") return { ...block, input: {} };
  throw new Error(`the script has no ${block.type}`);
}

function deltasOf(block: Block): Anthropic.RawContentBlockDelta[] {
  if (block.type === "text") return slices(block.text).map((text) => ({ type: "text_delta", text }));
  if (block.type === "thinking") {
    return [
      ...slices(block.thinking).map((thinking) => ({
        type: "thinking_delta" as const,
        thinking,
        estimated_tokens: null,
      })),
      { type: "signature_delta", signature: block.signature },
    ];
  }
  if (block.type !== "tool_use") return [];
  const pieces = ["", ...slices(JSON.stringify(block.input), 3)];
  return pieces.map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

function problemOf(reply: Reply) {
  const status = reply.kind === "fail" ? reply.status : 500;
  const error =
    status === 429
      ? { type: "rate_limit_error", message: "Number of requests has exceeded your rate limit." }
      : status === 400
        ? { type: "invalid_request_error", message: "temperature: must be at most 1" }
        : { type: "api_error", message: "Internal server error" };
  return { type: "error", error, request_id: "req_test" };
}

function frame(data: StreamEvent | { readonly type: "ping" }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
