import { digestOf, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import type { Finish, Part, ToolCall, Turn, Usage } from "../turn.ts";
import { checkNames, type OllamaShape, textIn } from "./shape.ts";

/** What one line of a stream, or a whole answer, says. */
export interface OllamaAnswer {
  readonly model: string | null;
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** Base64 of what the model drew; passed on, never read. */
  readonly images: readonly Json[];
  readonly isDone: boolean;
  readonly doneReason: string;
  readonly usage: Usage | null;
}

const CALLS = new Set(["tool_calls"]);
const MESSAGE = new Set(["message"]);
const FUNCTION = new Set(["function"]);
const ARGUMENTS = new Set(["arguments"]);

/** Reads one line or whole answer; `callsBefore` calls came in earlier lines. Throws Fault `answer_malformed`. */
export function readOllamaAnswer(body: JsonObject, shape: OllamaShape, callsBefore: number): OllamaAnswer {
  checkNames(body, "answer");
  const bearer = shape.bearerOf(body);
  if (bearer !== body) checkNames(bearer, "message");
  checkHiddenBut(body, bearer === body ? CALLS : MESSAGE);
  if (bearer !== body) checkHiddenBut(bearer, CALLS);
  if (body["done"] !== undefined && typeof body["done"] !== "boolean")
    throw answerMalformed('has a "done" that is no boolean');
  return {
    model: typeof body["model"] === "string" ? body["model"] : null,
    reasoning: textIn(bearer, "thinking"),
    text: textIn(bearer, shape.textField),
    calls: callsIn(bearer["tool_calls"], callsBefore, textIn(body, "created_at")),
    images: listIn(bearer["images"], "images"),
    isDone: body["done"] === true,
    doneReason: textIn(body, "done_reason"),
    usage: usageOf(body),
  };
}

/** Throws Fault `answer_malformed` unless `body` is one whole answer. */
export function readWholeAnswer(body: JsonObject, shape: OllamaShape): Turn {
  if (body["error"] !== undefined) throw answerMalformed("reports an error where it should answer");
  const answer = readOllamaAnswer(body, shape, 0);
  const ids = new Set<string>();
  for (const { id } of answer.calls) noneTwice(ids, id);
  if (!answer.isDone) throw answerMalformed('is not whole: "done" is not true');
  return {
    id: null,
    model: answer.model,
    parts: partsOf(answer),
    finish: finishOf(answer.doneReason, answer.calls.length > 0),
    usage: answer.usage,
  };
}

/** Throws Fault `answer_malformed` for a second call of one id: a result that names it could be either's. */
export function noneTwice(ids: Set<string>, id: string): void {
  if (ids.has(id)) throw answerMalformed("has two tool calls with the same id");
  ids.add(id);
}

export function partsOf(answer: OllamaAnswer): readonly Part[] {
  const parts: Part[] = [];
  if (answer.reasoning !== "") parts.push({ kind: "reasoning", text: answer.reasoning, signature: null });
  if (answer.text !== "") parts.push({ kind: "text", text: answer.text });
  if (answer.images.length > 0) parts.push({ kind: "opaque", json: { images: answer.images } });
  return [...parts, ...answer.calls.map((call): Part => ({ kind: "call", call }))];
}

/** `done_reason` is `stop`, `length`, `load` or `unload` (api/types.go, server/routes.go); a call ends with `stop` too. */
export function finishOf(doneReason: string, hasCalls: boolean): Finish {
  if (doneReason === "length") return "length";
  if (doneReason === "content_filter") return "filter";
  return hasCalls ? "calls" : "stop";
}

function callsIn(value: Json | undefined, before: number, salt: string): readonly ToolCall[] {
  const items = listIn(value, "tool_calls");
  if (before + items.length > LLM_LIMITS.callsMax) {
    throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tool calls`);
  }
  return items.map((item, index) => callIn(item, `${salt}/${before + index}`));
}

function callIn(item: Json, salt: string): ToolCall {
  if (!isJsonObject(item)) throw answerMalformed("holds a tool call that is no object");
  checkNames(item, "call");
  const made = item["function"];
  if (!isJsonObject(made)) throw answerMalformed("holds a tool call without a function");
  checkNames(made, "function");
  checkHiddenBut(item, FUNCTION);
  checkHiddenBut(made, ARGUMENTS);
  const name = textIn(made, "name");
  if (name === "" || name.length > LLM_LIMITS.toolNameUnitsMax)
    throw answerMalformed("holds a tool call without a usable name");
  const given = made["arguments"] ?? {};
  if (!isJsonObject(given)) throw answerMalformed("holds a tool call whose arguments are no object");
  const text = JSON.stringify(given);
  if (text.length > LLM_LIMITS.argumentsUnitsMax) throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
  const id = textIn(item, "id");
  return { id: id === "" ? madeId(salt, name, given) : id, name, arguments: text, kind: "function" };
}

/**
 * An id for a call that came without one (Ollama before 0.12): the same for the same answer, so that a replay names it
 * as the first reading did, and different between answers, for `created_at` is part of the salt.
 */
function madeId(salt: string, name: string, given: JsonObject): string {
  return `call_${digestOf({ salt, name, arguments: given }).slice(7, 31)}`;
}

function listIn(value: Json | undefined, name: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw answerMalformed(`has a field "${name}" that is no list`);
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function usageOf(body: JsonObject): Usage | null {
  const inputTokens = countIn(body["prompt_eval_count"]);
  const outputTokens = countIn(body["eval_count"]);
  return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
}

/** Go leaves a count of 0 out, so a missing one says nothing. */
function countIn(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
