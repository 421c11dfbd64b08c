import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { readArguments } from "../arguments.ts";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import type { Finish, Part, ToolCall, Usage } from "../turn.ts";
import { TOOLSETS } from "./tools.table.ts";

// Content blocks of an answer: `ContentBlock` of @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts, and the MCP
// blocks of resources/beta/messages.

/** What the provider ran itself, or sealed: decided when the tool was declared, and passed on as it came. */
const OPAQUE: ReadonlySet<string> = new Set([
  "redacted_thinking",
  "server_tool_use",
  "web_search_tool_result",
  "web_fetch_tool_result",
  "code_execution_tool_result",
  "bash_code_execution_tool_result",
  "text_editor_code_execution_tool_result",
  "tool_search_tool_result",
  "container_upload",
  "mcp_tool_use",
  "mcp_tool_result",
]);

export function isOpaque(block: JsonObject): boolean {
  return OPAQUE.has(typeOf(block));
}

/** The discriminator of an event or a block; empty where there is none. */
export function typeOf(value: JsonObject): string {
  return typeof value["type"] === "string" ? value["type"] : "";
}

const INPUT: ReadonlySet<string> = new Set(["input"]);
const NOTHING: ReadonlySet<string> = new Set();

/** Throws Fault `answer_malformed` for a block with more in it than its type says. What the provider ran itself is its own. */
export function checkBlock(block: JsonObject): void {
  if (!isOpaque(block)) checkHiddenBut(block, typeOf(block) === "tool_use" ? INPUT : NOTHING);
}

/** One whole block. A block of a type that is not known may be a call, so it is Fault `answer_malformed`. */
export function readBlock(block: JsonObject): Part {
  switch (typeOf(block)) {
    case "text":
      return { kind: "text", text: textOf(block, "text") };
    case "thinking":
      return {
        kind: "reasoning",
        text: textOf(block, "thinking"),
        signature: typeof block["signature"] === "string" ? block["signature"] : null,
      };
    case "tool_use":
      return { kind: "call", call: readCall(block, JSON.stringify(objectOf(block, "input"))) };
    default:
      if (isOpaque(block)) return { kind: "opaque", json: block };
      throw answerMalformed(`holds a block of type ${shown(block["type"])}, which this door does not know`);
  }
}

/** A `tool_use` block with its arguments as they were written; empty ones are `{}`, as the official client reads them. */
export function readCall(block: JsonObject, written: string): ToolCall {
  const text = written === "" ? "{}" : written;
  const call = callOf(block, text);
  readArguments(text);
  return call;
}

/** The same, of one that may not have come to its end. */
export function cutCall(block: JsonObject, written: string): ToolCall {
  return { ...callOf(block, written), isCut: true };
}

function callOf(block: JsonObject, text: string): ToolCall {
  const caller = block["caller"];
  if (isJsonObject(caller) && caller["type"] !== "direct")
    throw answerMalformed("asks for a tool from the provider's code execution, which is not governed");
  if (text.length > LLM_LIMITS.argumentsUnitsMax)
    throw answerMalformed("asks for a tool with too much at once");
  const id = textOf(block, "id");
  // The result that the client sends back names the call by it.
  if (id === "") throw answerMalformed("asks for a tool without an id");
  return { id, name: callName(block), arguments: text, kind: "function" };
}

/** Members of a toolset carry the set beside their name; both together say what would run. */
function callName(block: JsonObject): string {
  const name = textOf(block, "name");
  const set = block["toolset_name"];
  if (name === "") throw answerMalformed("asks for a tool without a name");
  if (typeof set !== "string") return name;
  if (!Object.hasOwn(TOOLSETS, set))
    throw answerMalformed(`asks for a tool of the toolset ${shown(set)}, which this door does not know`);
  return `${set}.${name}`;
}

/** The fields that say which tool a call is for: the inverse of `callName`. */
export function nameFields(name: string): JsonObject {
  const dot = name.indexOf(".");
  const set = dot === -1 ? "" : name.slice(0, dot);
  return Object.hasOwn(TOOLSETS, set) ? { name: name.slice(dot + 1), toolset_name: set } : { name };
}

/** Why the model stopped (`StopReason`). A paused turn goes on when the client sends it back: to us it has stopped. */
export function readStopReason(reason: Json | undefined): Finish {
  switch (typeof reason === "string" ? reason : "") {
    case "tool_use":
      return "calls";
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "refusal":
      return "filter";
    default:
      return "stop";
  }
}

export function stopReasonOf(finish: Finish, calls: number): string {
  if (finish === "length") return "max_tokens";
  if (finish === "filter") return "refusal";
  return calls > 0 ? "tool_use" : "end_turn";
}

/** `Usage` and `MessageDeltaUsage`: three kinds of input, counted apart; what is absent keeps its value from `before`. */
export function readUsage(usage: Json | undefined, before: Usage | null): Usage | null {
  if (!isJsonObject(usage)) return before;
  const input = tokens(usage["input_tokens"]);
  const cached =
    (tokens(usage["cache_creation_input_tokens"]) ?? 0) + (tokens(usage["cache_read_input_tokens"]) ?? 0);
  return {
    inputTokens: input === null ? (before?.inputTokens ?? null) : input + cached,
    outputTokens: tokens(usage["output_tokens"]) ?? before?.outputTokens ?? null,
  };
}

/** Nothing negative or broken is believed: it would give a budget back. */
function tokens(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Throws Fault `answer_malformed`, `answer_too_large` for more than one turn may ask for, or two calls of one id. */
export function checkCalls(calls: readonly ToolCall[]): void {
  if (calls.length > LLM_LIMITS.callsMax)
    throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tools`);
  if (new Set(calls.map((call) => call.id)).size < calls.length)
    throw answerMalformed("has two tool calls with the same id");
  const units = calls.reduce((sum, call) => sum + call.arguments.length, 0);
  if (units > LLM_LIMITS.argumentsUnitsMax) throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
}

export function textOf(block: JsonObject, name: string): string {
  const value = block[name];
  if (typeof value !== "string") throw answerMalformed(`holds a block whose \`${name}\` is no text`);
  return value;
}

export function objectOf(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  if (!isJsonObject(found)) throw answerMalformed(`holds \`${name}\` that is no object`);
  return found;
}

export function shown(value: Json | undefined): string {
  return JSON.stringify(value ?? null).slice(0, 60);
}
