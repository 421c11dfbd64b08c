import { assert, type Json, type JsonObject } from "#base";
import { textAt } from "../openai/fields.ts";
import { isCall } from "./output.ts";
import { typeOf } from "./request.ts";
import type { StreamItem, StreamPart } from "./stream-items.ts";

// How an item that is still open ends: `...done` for each of its texts, then for itself.

/** Writes one event and follows it. */
type Send = (type: string, members: JsonObject) => string;

export function placeOf(item: StreamItem): JsonObject {
  return { output_index: item.index, item_id: textAt(item.start, "id") };
}

/** The event that ends a text, by the type of its part; `field` names the text. */
const ENDS: Readonly<Record<string, { readonly type: string; readonly field: string }>> = {
  output_text: { type: "response.output_text.done", field: "text" },
  refusal: { type: "response.refusal.done", field: "refusal" },
  reasoning_text: { type: "response.reasoning_text.done", field: "text" },
  summary_text: { type: "response.reasoning_summary_text.done", field: "text" },
};

/** `more`: members that the item has only at its end. */
export function closeItem(send: Send, item: StreamItem, more: JsonObject = {}): string {
  // INVARIANT: what was decided is the whole call; a client would run half of one.
  assert(!isCall(item.start), "a call is passed on whole or not at all");
  const parts =
    item.content.map((part, at) => closePart(send, item, part, { content_index: at })).join("") +
    item.summary.map((part, at) => closePart(send, item, part, { summary_index: at })).join("");
  const ended = { ...endedItem(item), ...more };
  return parts + send("response.output_item.done", { output_index: item.index, item: ended });
}

function closePart(send: Send, item: StreamItem, part: StreamPart, index: JsonObject): string {
  const ended = ENDS[part.type];
  if (part.isDone || ended === undefined) return "";
  const at = { ...placeOf(item), ...index };
  const rest = part.type === "output_text" ? { logprobs: [] } : {};
  const place = part.type === "summary_text" ? "reasoning_summary_part" : "content_part";
  return (
    send(ended.type, { ...at, [ended.field]: part.text, ...rest }) +
    send(`response.${place}.done`, { ...at, part: partOf(part.type, part.text, part.annotations) })
  );
}

export function partOf(type: string, text: string, annotations: readonly Json[]): JsonObject {
  if (type === "output_text") return { type, text, annotations, logprobs: [] };
  return type === "refusal" ? { type, refusal: text } : { type, text };
}

/** The item as it was said: whole messages are `completed`, for the answer goes on after them. */
function endedItem({ start, content, summary }: StreamItem): JsonObject {
  const contents = content.map(({ type, text, annotations }) => partOf(type, text, annotations));
  const type = typeOf(start);
  if (type === "message") return { ...start, status: "completed", content: contents };
  if (type !== "reasoning") return start;
  const summaries = summary.map((part) => partOf(part.type, part.text, []));
  return { ...start, summary: summaries, ...(contents.length === 0 ? {} : { content: contents }) };
}
