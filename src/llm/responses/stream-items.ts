import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Delta } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { textAt } from "../openai/fields.ts";
import { answerMalformed, answerTooLarge } from "../stream/faults.ts";
import type { Part } from "../turn.ts";
import { checkKnown, isCall, listed, partText, readItem, saidAt, shown } from "./output.ts";
import { typeOf } from "./request.ts";

/** Text that grows: a content part (`content_index`) or a summary part (`summary_index`) of an item. */
export interface StreamPart {
  readonly type: string;
  text: string;
  isDone: boolean;
  readonly annotations: Json[];
}

/** One item of the answer between `output_item.added` and `output_item.done`, and after. */
export interface StreamItem {
  readonly index: number;
  readonly start: JsonObject;
  readonly content: StreamPart[];
  readonly summary: StreamPart[];
  /** Arguments or input of a call as its deltas said them. */
  written: string;
  done: JsonObject | null;
}

/**
 * Follows the items of a streamed answer. A client may act on an item's deltas, on its last event, or on the whole answer
 * at the end: they must say the same, or it is Fault `answer_malformed`.
 */
export interface StreamItems {
  /** Reads an event that is about an item; null for any other. */
  readonly read: (event: JsonObject) => readonly Delta[] | null;
  /** Adds an item that is written whole. */
  readonly put: (item: JsonObject) => void;
  readonly all: () => readonly StreamItem[];
}

type Handler = (item: StreamItem, event: JsonObject) => readonly Delta[];

export function createStreamItems(): StreamItems {
  const items: StreamItem[] = [];
  let units = 0;

  function read(event: JsonObject): readonly Delta[] | null {
    const type = typeOf(event);
    if (type === "response.output_item.added") return add(items, event);
    const handler = HANDLERS.get(type);
    if (handler === undefined) return null;
    if (type.endsWith("arguments.delta") || type.endsWith("input.delta")) {
      units += (saidAt(event, "delta") ?? "").length;
      if (units > LLM_LIMITS.argumentsUnitsMax) throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
    }
    const item = itemOf(items, event);
    const deltas = handler(item, event);
    if (deltas.some((one) => one.kind === "text")) checkLast(items, item);
    return deltas;
  }

  function put(item: JsonObject): void {
    items.push({ index: items.length, start: item, content: [], summary: [], written: "", done: item });
  }

  return { read, put, all: () => items };
}

/** What can be told of an item by now; nothing of a call before its end. */
export function partsOf(item: StreamItem): readonly Part[] {
  if (item.done !== null) return readItem(item.done);
  const type = typeOf(item.start);
  if (type === "message") return item.content.map(({ text }) => ({ kind: "text", text }));
  if (type !== "reasoning") return [];
  const said = item.content.length > 0 ? item.content : item.summary;
  return [{ kind: "reasoning", text: said.map(({ text }) => text).join(""), signature: null }];
}

/** A call that was not ended by its model, as its upstream would end it. */
export function cutItem({ start, written }: StreamItem): JsonObject {
  const text = typeOf(start) === "custom_tool_call" ? { input: written } : { arguments: written };
  const isOwn = typeOf(start) === "custom_tool_call" || typeOf(start) === "function_call";
  return { ...start, ...(isOwn ? text : {}), status: "incomplete" };
}

function add(items: StreamItem[], event: JsonObject): readonly Delta[] {
  const start = event["item"];
  if (event["output_index"] !== items.length)
    throw answerMalformed(`begins item ${shown(event["output_index"])} where ${items.length} comes next`);
  if (!isJsonObject(start)) throw answerMalformed("begins an item without saying what it is");
  if (items.length >= LLM_LIMITS.partsMax) throw answerMalformed("has too many items");
  checkKnown(start);
  const item: StreamItem = { index: items.length, start, content: [], summary: [], written: "", done: null };
  items.push(item);
  if (isCall(start)) {
    item.written = saidAt(start, "arguments") ?? saidAt(start, "input") ?? "";
    if (items.filter((each) => isCall(each.start)).length > LLM_LIMITS.callsMax)
      throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tools`);
    return [{ kind: "call" }];
  }
  if (typeOf(start) !== "message") return [];
  return listed(start, "content").flatMap((part, at) => openPart(item, item.content, at, part));
}

function itemOf(items: readonly StreamItem[], event: JsonObject): StreamItem {
  const index = event["output_index"];
  const item = typeof index === "number" ? items[index] : undefined;
  if (item === undefined || item.done !== null)
    throw answerMalformed(`goes on in item ${shown(index)}, which is not open`);
  const said = event["item_id"];
  const id = textAt(item.start, "id");
  if (said !== undefined && id !== null && said !== id)
    throw answerMalformed(`goes on in item ${shown(said)} at the place of ${shown(id)}`);
  return item;
}

/**
 * Text in the order of its places only: a call that is written as text would be seen by a client that reads each place by
 * itself, and by nobody who reads the stream as it comes.
 */
function checkLast(items: readonly StreamItem[], { index }: StreamItem): void {
  const isBehind = items
    .slice(index + 1)
    .some((later) => typeOf(later.start) === "message" && hasText(later.content));
  if (isBehind) throw answerMalformed("goes on with a message after a later one has begun");
}

function hasText(parts: readonly StreamPart[]): boolean {
  return parts.some(({ text }) => text !== "");
}

function checkLastPart(item: StreamItem, part: StreamPart): void {
  const at = item.content.indexOf(part);
  if (at !== -1 && hasText(item.content.slice(at + 1)))
    throw answerMalformed("goes on with a part of a message after a later one has begun");
}

function say(item: StreamItem, text: string): readonly Delta[] {
  if (text === "") return [];
  return [{ kind: typeOf(item.start) === "reasoning" ? "reasoning" : "text", text }];
}

function openPart(
  item: StreamItem,
  parts: StreamPart[],
  at: Json | undefined,
  part: JsonObject,
): readonly Delta[] {
  if (at !== parts.length) throw answerMalformed(`begins part ${shown(at)} where ${parts.length} comes next`);
  if (parts.length >= LLM_LIMITS.partsMax) throw answerMalformed("has too many parts");
  const type = typeOf(part);
  if (typeOf(item.start) !== (type.startsWith("output_") || type === "refusal" ? "message" : "reasoning"))
    throw answerMalformed(`holds ${shown(type)} in an item of type ${shown(item.start["type"])}`);
  const text = partText(part);
  const annotations = Array.isArray(part["annotations"]) ? [...part["annotations"]] : [];
  parts.push({ type, text, isDone: false, annotations });
  return say(item, text);
}

/** The part that an event is about; the first event of a part may come without one that begins it. */
function partOf(item: StreamItem, parts: StreamPart[], at: Json | undefined, type: string): StreamPart {
  if (at === parts.length) openPart(item, parts, at, { type, text: "", refusal: "" });
  const part = typeof at === "number" ? parts[at] : undefined;
  if (part === undefined || part.type !== type || part.isDone)
    throw answerMalformed(`goes on in part ${shown(at)}, which is not open or not of type ${type}`);
  return part;
}

function delta(place: "content" | "summary", type: string): Handler {
  return (item, event) => {
    const part = partOf(item, item[place], event[`${place}_index`], type);
    const text = saidAt(event, "delta") ?? "";
    if (text !== "") checkLastPart(item, part);
    part.text += text;
    return say(item, text);
  };
}

/** The whole text of a part again, or for the first time. */
function settle(item: StreamItem, part: StreamPart, text: string): readonly Delta[] {
  if (part.text === text) return [];
  if (part.text !== "") throw answerMalformed("ends a text as another than it was");
  checkLastPart(item, part);
  part.text = text;
  return say(item, text);
}

function textDone(place: "content" | "summary", type: string, field: string): Handler {
  return (item, event) => {
    const part = partOf(item, item[place], event[`${place}_index`], type);
    return settle(item, part, saidAt(event, field) ?? "");
  };
}

function partAdded(place: "content" | "summary"): Handler {
  return (item, event) => {
    const part = event["part"];
    if (!isJsonObject(part)) throw answerMalformed("begins a part without saying what it is");
    return openPart(item, item[place], event[`${place}_index`], part);
  };
}

function partDone(place: "content" | "summary"): Handler {
  return (item, event) => {
    const part = event["part"];
    if (!isJsonObject(part)) throw answerMalformed("ends a part without saying what it was");
    const open = partOf(item, item[place], event[`${place}_index`], typeOf(part));
    const deltas = settle(item, open, partText(part));
    open.isDone = true;
    return deltas;
  };
}

const annotated: Handler = (item, event) => {
  const at = event["content_index"];
  const part = typeof at === "number" ? item.content[at] : undefined;
  if (part === undefined) throw answerMalformed(`annotates part ${shown(at)}, which is not there`);
  part.annotations.push(event["annotation"] ?? null);
  return [];
};

function callDelta(type: string): Handler {
  return (item, event) => {
    mustBe(item, type);
    item.written += saidAt(event, "delta") ?? "";
    return [{ kind: "call" }];
  };
}

function callDone(type: string, field: string): Handler {
  return (item, event) => {
    mustBe(item, type);
    settleCall(item, saidAt(event, field) ?? "");
    return [{ kind: "call" }];
  };
}

function mustBe(item: StreamItem, type: string): void {
  if (typeOf(item.start) !== type)
    throw answerMalformed(`goes on with ${type} in an item of type ${shown(item.start["type"])}`);
}

function settleCall(item: StreamItem, text: string): void {
  if (item.written !== "" && item.written !== text)
    throw answerMalformed("ends a call as another than it was");
  item.written = text;
}

const itemDone: Handler = (item, event) => {
  const done = event["item"];
  if (!isJsonObject(done)) throw answerMalformed("ends an item without saying what it was");
  const isOther = ["type", "id", "call_id", "name"].some((name) => {
    const before = item.start[name] ?? "";
    return before !== "" && before !== (done[name] ?? "");
  });
  if (isOther) throw answerMalformed("ends an item as another than it began");
  const deltas = settleItem(item, done);
  // Throws where it cannot be read.
  const parts = readItem(done);
  item.done = done;
  return [...deltas, ...parts.flatMap(sealOf)];
};

/** What no text says of a part: it is told once the part is whole. */
function sealOf(part: Part): readonly Delta[] {
  if (part.kind === "opaque") return [part];
  if (part.kind !== "reasoning" || part.signature === null) return [];
  return [{ kind: "sealed", signature: part.signature }];
}

function settleItem(item: StreamItem, done: JsonObject): readonly Delta[] {
  const type = typeOf(done);
  if (type === "function_call") settleCall(item, saidAt(done, "arguments") ?? "");
  if (type === "custom_tool_call") settleCall(item, saidAt(done, "input") ?? "");
  if (type !== "message") return isCall(done) ? [{ kind: "call" }] : [];
  const content = listed(done, "content");
  if (content.length < item.content.length) throw answerMalformed("ends a message with less than it said");
  return content.flatMap((part, at) => {
    const open = item.content[at];
    if (open === undefined) return openPart(item, item.content, at, part);
    if (open.type !== typeOf(part)) throw answerMalformed("ends a text as another than it was");
    return settle(item, open, partText(part));
  });
}

const shell: Handler = (item) => {
  mustBe(item, "shell_call");
  return [{ kind: "call" }];
};

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["response.output_item.done", itemDone],
  ["response.content_part.added", partAdded("content")],
  ["response.content_part.done", partDone("content")],
  ["response.output_text.delta", delta("content", "output_text")],
  ["response.output_text.done", textDone("content", "output_text", "text")],
  ["response.output_text.annotation.added", annotated],
  ["response.refusal.delta", delta("content", "refusal")],
  ["response.refusal.done", textDone("content", "refusal", "refusal")],
  ["response.reasoning_text.delta", delta("content", "reasoning_text")],
  ["response.reasoning_text.done", textDone("content", "reasoning_text", "text")],
  ["response.reasoning_summary_part.added", partAdded("summary")],
  ["response.reasoning_summary_part.done", partDone("summary")],
  ["response.reasoning_summary_text.delta", delta("summary", "summary_text")],
  ["response.reasoning_summary_text.done", textDone("summary", "summary_text", "text")],
  ["response.function_call_arguments.delta", callDelta("function_call")],
  ["response.function_call_arguments.done", callDone("function_call", "arguments")],
  ["response.custom_tool_call_input.delta", callDelta("custom_tool_call")],
  ["response.custom_tool_call_input.done", callDone("custom_tool_call", "input")],
  ["response.shell_call_command.added", shell],
  ["response.shell_call_command.delta", shell],
  ["response.shell_call_command.done", shell],
]);
