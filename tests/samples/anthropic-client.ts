import Anthropic from "@anthropic-ai/sdk";
import type { JsonObject } from "#base";
import { type AnswerHead, faceOf, type ModelRequest, type Turn } from "#llm";

// The official client, @anthropic-ai/sdk 1.12.0, as the judge of what is written, and of what a stream says.

export const HEAD: AnswerHead = {
  id: "msg_01",
  model: "claude-sonnet-5-5",
  createdAt: 1_790_000_000,
  isUsageWanted: true,
  mark: {},
};

export const BODY: JsonObject = {
  model: "claude-sonnet-5-5",
  max_tokens: 1024,
  messages: [{ role: "user", content: "hello" }],
};

export const REQUEST: ModelRequest = faceOf("anthropic-messages").readRequest(BODY);

export function clientFor(body: string | Uint8Array, type: string, status = 200): Anthropic {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : Uint8Array.from(body);
  return new Anthropic({
    apiKey: "none",
    maxRetries: 0,
    baseURL: "http://127.0.0.1:9",
    fetch: () => Promise.resolve(new Response(bytes, { status, headers: { "content-type": type } })),
  });
}

/** What the official client makes of a stream; rejects where it refuses it. */
export async function sdkMessage(body: string | Uint8Array): Promise<Anthropic.Message> {
  const client = clientFor(body, "text/event-stream");
  return client.messages
    .stream({ model: "m", max_tokens: 10, messages: [{ role: "user", content: "hello" }] })
    .finalMessage();
}

/** The content of a message as the client sees it, in the words of a turn. */
export function contentOf(message: Anthropic.Message): readonly unknown[] {
  return message.content.map((each) => {
    if (each.type === "text") return ["text", each.text];
    if (each.type === "thinking") return ["reasoning", each.thinking, each.signature];
    if (each.type !== "tool_use") return ["opaque", each.type];
    const set = each.toolset_name ?? null;
    return ["call", each.id, set === null ? each.name : `${set}.${each.name}`, each.input];
  });
}

export function partsOf(turn: Turn): readonly unknown[] {
  return turn.parts.map((part) => {
    if (part.kind === "text") return ["text", part.text];
    if (part.kind === "reasoning") return ["reasoning", part.text, part.signature ?? ""];
    if (part.kind === "opaque") return ["opaque", part.json["type"]];
    const input: unknown = JSON.parse(part.call.arguments);
    return ["call", part.call.id, part.call.name, input];
  });
}

/** The turn of a stream cut at these offsets; every piece's bytes in order must be the stream's. */
export function readStream(bytes: Uint8Array, cuts: readonly number[] = []): Turn {
  const reader = faceOf("anthropic-messages").createReader(REQUEST);
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
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

export const START = event("message_start", {
  message: {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1 },
  },
});

export function block(index: number, start: JsonObject, ...deltas: readonly JsonObject[]): string {
  return [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ].join("");
}

export const textBlock = (index: number, ...texts: readonly string[]): string =>
  block(index, { type: "text", text: "" }, ...texts.map((text) => ({ type: "text_delta", text })));

export const callBlock = (index: number, id: string, name: string, ...json: readonly string[]): string =>
  block(
    index,
    { type: "tool_use", id, name, input: {} },
    ...json.map((partial_json) => ({ type: "input_json_delta", partial_json })),
  );

export const stopEvents = (reason: string): string =>
  event("message_delta", {
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 15 },
  }) + event("message_stop");

/**
 * Text, thinking, a hosted search and two calls, with keep-alives. Shapes: docs.claude.com, "Streaming messages", which
 * the types of @anthropic-ai/sdk 1.12.0 (`RawMessageStreamEvent`) confirm.
 */
export const FULL = [
  START,
  event("ping"),
  block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "Let me see. ✓" },
    { type: "signature_delta", signature: "EqQBCgIYAhIM" },
  ),
  textBlock(1, "Žluťoučký ", "kůň 🐎"),
  ": keep-alive\n\n",
  block(
    2,
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
    { type: "input_json_delta", partial_json: '{"query":' },
    { type: "input_json_delta", partial_json: '"horse"}' },
  ),
  block(3, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] }),
  callBlock(4, "toolu_1", "get_weather", "", '{"city": "Br', 'no"}'),
  callBlock(5, "toolu_2", "now"),
  stopEvents("tool_use"),
].join("");
