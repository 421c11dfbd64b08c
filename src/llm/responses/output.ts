import { canonicalJson, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { readArguments } from "../arguments.ts";
import { LLM_LIMITS } from "../limits.ts";
import { textOrNull } from "../openai/open-call.ts";
import { textAt } from "../openai/fields.ts";
import { answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { checkHidden, checkHiddenBut } from "../stream/hidden.ts";
import { callsOf, type Part, textOf, type ToolCall, type Turn } from "../turn.ts";
import { typeOf } from "./request.ts";
import { BUILT_IN } from "./tools.table.ts";

// Items of an answer: npm `openai` 7.57.0, resources/responses/responses.d.ts (`ResponseOutputItem`).

/** What the upstream ran itself, or sealed: decided when the tool was declared, and passed on as it came. */
const OPAQUE: ReadonlySet<string> = new Set([
  "file_search_call",
  "web_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "mcp_list_tools",
  "mcp_call",
  "mcp_approval_request",
  "compaction",
]);

const CALLS: ReadonlySet<string> = new Set(["function_call", "custom_tool_call", ...Object.keys(BUILT_IN)]);

/** What an item of a built-in tool says beside what it asks for. */
const FRAME: ReadonlySet<string> = new Set(["id", "type", "call_id", "status", "caller", "created_by"]);

export function isOpaque(item: JsonObject): boolean {
  return OPAQUE.has(typeOf(item));
}

export function isCall(item: JsonObject): boolean {
  return CALLS.has(typeOf(item));
}

/**
 * A text of an answer; null where it is absent. Anything else throws: taken for nothing here, it would still be there for
 * the client.
 */
export function saidAt(holder: JsonObject, name: string): string | null {
  return textOrNull(holder[name], name);
}

/** The objects of a list of an answer, as strictly. */
export function listed(holder: JsonObject, name: string): readonly JsonObject[] {
  const value = holder[name] ?? [];
  if (!Array.isArray(value)) throw answerMalformed(`has a field ${name} that is no list`);
  return value.map((entry: Json) => {
    if (isJsonObject(entry)) return entry;
    throw answerMalformed(`has a field ${name} with something in it that is no object`);
  });
}

/** Where a call's item holds what it is asked for. */
const GIVEN: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["function_call", new Set(["arguments"])],
  ["custom_tool_call", new Set(["input"])],
]);
const NOTHING: ReadonlySet<string> = new Set();

function builtInOf(item: JsonObject): string | undefined {
  return BUILT_IN[typeOf(item)];
}

/** Throws Fault `answer_malformed` for an item of a type that is not known: it may be a call that nobody decides. */
export function checkKnown(item: JsonObject): void {
  const type = typeOf(item);
  // What built-in tools are asked for stands all over the item, and is decided whole.
  if (isOpaque(item) || builtInOf(item) !== undefined) return;
  checkHiddenBut(item, GIVEN.get(type) ?? NOTHING);
  if (type === "message" || type === "reasoning" || isCall(item)) return;
  throw answerMalformed(`holds an item of type ${shown(item["type"])}, which this door does not know`);
}

/** The parts of one whole item. */
export function readItem(item: JsonObject): readonly Part[] {
  checkKnown(item);
  if (isCall(item)) return [{ kind: "call", call: readCall(item) }];
  if (isOpaque(item)) return [{ kind: "opaque", json: item }];
  if (typeOf(item) === "reasoning") return [readReasoning(item)];
  return listed(item, "content").map((part) => ({ kind: "text", text: partText(part) }));
}

function readReasoning(item: JsonObject): Part {
  const said = listed(item, "content").length > 0 ? "content" : "summary";
  const text = listed(item, said)
    .map((part) => saidAt(part, "text") ?? "")
    .join("");
  return { kind: "reasoning", text, signature: textAt(item, "encrypted_content") };
}

/** Text or refusal of one content part; a part of another type is Fault `answer_malformed`. */
export function partText(part: JsonObject): string {
  const type = typeOf(part);
  const text = type === "refusal" ? part["refusal"] : part["text"];
  const isKnown =
    type === "output_text" || type === "refusal" || type === "reasoning_text" || type === "summary_text";
  if (!isKnown || typeof text !== "string")
    throw answerMalformed(`holds content of type ${shown(part["type"])}, which this door does not know`);
  return text;
}

function readCall(item: JsonObject): ToolCall {
  checkCaller(item);
  const call = callIn(item);
  // The upstream's word for an item that its limit cut (`ResponseFunctionToolCall.status`).
  if (item["status"] === "incomplete") return { ...call, isCut: true };
  if (typeOf(item) === "function_call" && call.arguments !== "") readArguments(call.arguments);
  return call;
}

function callIn(item: JsonObject): ToolCall {
  const id = saidAt(item, "call_id") ?? "";
  if (id === "") throw answerMalformed("asks for a tool without an id");
  const builtIn = builtInOf(item);
  if (builtIn !== undefined)
    return { id, name: builtIn, arguments: builtInArguments(item), kind: "function" };
  const name = saidAt(item, "name") ?? "";
  if (name === "" || name.startsWith("openai."))
    throw answerMalformed(`asks for a tool by the name ${shown(name)}, which no tool has`);
  if (typeOf(item) === "custom_tool_call")
    return { id, name, arguments: saidAt(item, "input") ?? "", kind: "custom" };
  return { id, name, arguments: saidAt(item, "arguments") ?? "", kind: "function" };
}

/** Only the model itself may call, and by a tool's own name. */
function checkCaller(item: JsonObject): void {
  const caller = item["caller"];
  if (isJsonObject(caller) && caller["type"] !== "direct")
    throw answerMalformed("asks for a tool from a program of the upstream's, which is not governed");
  if ((item["namespace"] ?? null) !== null)
    throw answerMalformed("asks for a tool of a namespace, which is not governed");
}

/** Everything that a built-in call asks for: what is decided, and what `builtInItem` makes the item of again. */
function builtInArguments(item: JsonObject): string {
  const asked: Record<string, Json> = {};
  for (const name in item) if (!FRAME.has(name)) asked[name] = item[name] ?? null;
  return canonicalJson(asked);
}

/** Type of the item that asks for a built-in tool of this name; null for any other name. */
export function builtInType(name: string): string | null {
  const found = Object.entries(BUILT_IN).find(([, builtIn]) => builtIn === name);
  return found === undefined ? null : found[0];
}

/** Throws Fault `answer_malformed`, `answer_too_large` for more than one turn may ask for, or two calls of one id. */
export function checkCalls(turn: Turn): void {
  const calls = callsOf(turn);
  if (calls.length > LLM_LIMITS.callsMax)
    throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tools`);
  if (new Set(calls.map((call) => call.id)).size < calls.length)
    throw answerMalformed("has two tool calls with the same id");
  const units = calls.reduce((sum, call) => sum + call.arguments.length, 0);
  if (units > LLM_LIMITS.argumentsUnitsMax) throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
}

/** What is told back of the request is the client's own. */
const RESPONSE: ReadonlySet<string> = new Set(["output", "tools", "metadata", "instructions", "prompt"]);

/** Throws Fault `answer_malformed` for a response that holds calls elsewhere than among its items. */
export function checkResponse(response: JsonObject): void {
  checkHiddenBut(response, RESPONSE);
  // Names and texts of the client's choice, and nothing deeper.
  const { metadata } = response;
  if (isJsonObject(metadata)) for (const value of Object.values(metadata)) checkHidden(value);
}

/** A server may say the whole text again beside the items (`output_text`), and a client may believe it. */
export function checkOutputText(response: JsonObject): void {
  const said = response["output_text"] ?? null;
  if (said === null) return;
  const parts = listed(response, "output").flatMap((item) => listed(item, "content"));
  const texts = parts.map((part) => (typeOf(part) === "output_text" ? partText(part) : ""));
  if (said !== texts.join("")) throw answerMalformed("says another text beside its items than in them");
}

/** Whether two readings of one answer ask for the same and say the same. */
export function isSameAnswer(a: readonly Part[], b: readonly Part[]): boolean {
  const [one, other] = [a, b].map((parts) => ({
    id: null,
    model: null,
    parts,
    finish: "stop" as const,
    usage: null,
  }));
  if (one === undefined || other === undefined) return false;
  return JSON.stringify(callsOf(one)) === JSON.stringify(callsOf(other)) && textOf(one) === textOf(other);
}

export function shown(value: Json | undefined): string {
  return JSON.stringify(value ?? null).slice(0, 60);
}
