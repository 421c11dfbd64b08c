import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject, parseStrictJson } from "#wire";
import { readArguments } from "../arguments.ts";
import { LLM_LIMITS } from "../limits.ts";
import { type ReadCall, type SaidCall, skipSpace } from "./reading.ts";

const LIMITS = {
  bytesMax: 3 * LLM_LIMITS.argumentsUnitsMax,
  depthMax: LLM_LIMITS.nestingMax,
  valuesMax: LLM_LIMITS.eventValuesMax,
};

const STEPS: Readonly<Record<string, number>> = { "{": 1, "[": 1, "}": -1, "]": -1 };

/** Offset after the object or list that begins at `from`, strings heeded; -1: it does not end, or none begins there. */
export function jsonEnd(text: string, from: number): number {
  if (text[from] !== "{" && text[from] !== "[") return -1;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text[at] ?? "";
    if (unit === '"') {
      at = stringEnd(text, at);
      if (at === -1) return -1;
    }
    depth += STEPS[unit] ?? 0;
    if (depth === 0) return at + 1;
  }
  return -1;
}

function stringEnd(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** The value that a text is; undefined where it has no one reading. */
export function strictJson(text: string): Json | undefined {
  try {
    return parseStrictJson(Buffer.from(text, "utf8"), LIMITS);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** What one JSON value says, and the offset after it. */
export interface JsonCalls {
  readonly calls: readonly ReadCall[];
  readonly end: number;
}

/**
 * The calls of the object or list that begins at `from`, each with the offset after its own object. Null: they cannot be
 * read in one way, or do not end. Undefined: the value is there and asks for nothing.
 */
export function jsonCallsAt(text: string, from: number): JsonCalls | null | undefined {
  const end = jsonEnd(text, from);
  const value = end === -1 ? undefined : strictJson(text.slice(from, end));
  if (value === undefined) return null;
  const said = (isList(value) ? value : [value]).map(jsonCall);
  if (said.every((call) => call === undefined)) return undefined;
  const ends = isList(value) ? itemEnds(text, from) : [end];
  const calls = said.flatMap((call, index) => (call ? [{ ...call, end: ends[index] ?? end }] : []));
  return calls.length === said.length && ends.length === said.length ? { calls, end } : null;
}

/** Offsets after the objects of a list. */
function itemEnds(text: string, from: number): readonly number[] {
  const ends: number[] = [];
  let at = skipSpace(text, from + 1);
  while (text[at] === "{") {
    at = jsonEnd(text, at);
    ends.push(at);
    at = skipSpace(text, at);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return ends;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const NAME_FIELDS = ["name", "tool_name", "function_name", "tool", "action"];
const ARGUMENT_FIELDS = ["arguments", "parameters", "args", "input", "action_input", "tool_input"];

/**
 * A call as JSON says it: `{"name", "arguments" | "parameters"}`, OpenAI's `{"function": {...}}` around it, or LangChain's
 * `{"action", "action_input"}`. Null where the names are there and two readers could differ on what they say; undefined
 * where this is no call.
 */
export function jsonCall(value: Json): SaidCall | null | undefined {
  if (!isJsonObject(value)) return undefined;
  const inner = value["function"];
  if (isJsonObject(inner)) return jsonCall(inner) ?? null;
  const names = [...NAME_FIELDS, "function"].filter((name) => typeof value[name] === "string");
  const given = ARGUMENT_FIELDS.filter((name) => value[name] !== undefined);
  if (names.length === 0 || (given.length === 0 && Object.keys(value).length > 1)) return undefined;
  return names.length > 1 || given.length > 1 ? null : saidCall(value[names[0] ?? ""], value[given[0] ?? ""]);
}

function saidCall(name: Json | undefined, given: Json | undefined): SaidCall | null {
  const text = argumentsText(given);
  return typeof name === "string" && isName(name) && text !== null ? { name, arguments: text } : null;
}

/** Arguments as an object, or as JSON text of one (some models write them so, and most readers take both). */
export function argumentsText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return "{}";
  if (isJsonObject(value)) return JSON.stringify(value);
  if (typeof value !== "string") return null;
  return value.trimStart().startsWith("{") ? objectText(value) : JSON.stringify({ input: value });
}

/** The text of an object that has one reading; null for anything else. */
export function objectText(text: string): string | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: JsonObject = readArguments(text.trim());
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

export function isName(name: string): boolean {
  return name !== "" && name.length <= LLM_LIMITS.toolNameUnitsMax && name === name.trim();
}
