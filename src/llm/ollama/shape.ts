import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { answerMalformed } from "../stream/faults.ts";

// Shapes after ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7: api/types.go (ChatResponse, GenerateResponse,
// Message, ToolCall, Metrics), docs/api.md and server/routes.go; and the interfaces of the npm package `ollama` 0.6.4.

/** Where an answer of Ollama's holds what the model wrote: /api/chat in a message, /api/generate at the top. */
export interface OllamaShape {
  readonly protocol: "ollama-chat" | "ollama-generate";
  readonly textField: "content" | "response";
  /** The object that holds text, thinking and calls. */
  readonly bearerOf: (body: JsonObject) => JsonObject;
  /** The body with that object replaced. */
  readonly withBearer: (body: JsonObject, bearer: JsonObject) => JsonObject;
}

export const CHAT_SHAPE: OllamaShape = {
  protocol: "ollama-chat",
  textField: "content",
  bearerOf: messageOf,
  withBearer: (body, bearer) => ({ ...body, message: bearer }),
};

export const GENERATE_SHAPE: OllamaShape = {
  protocol: "ollama-generate",
  textField: "response",
  bearerOf: (body) => body,
  withBearer: (body, bearer) => ({ ...body, ...bearer }),
};

/** The message of a chat's answer; the last line of a stream may come without one (docs/api.md). */
function messageOf(body: JsonObject): JsonObject {
  const { message } = body;
  if (message === undefined || message === null) return {};
  if (!isJsonObject(message)) throw answerMalformed("has a message that is no object");
  return message;
}

const TOP_FIELDS = [
  "model",
  "created_at",
  "message",
  "response",
  "thinking",
  "tool_calls",
  "done",
  "done_reason",
  "error",
  "prompt_eval_count",
  "eval_count",
];
const MESSAGE_FIELDS = ["role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"];
const CALL_FIELDS = ["id", "function"];
const FUNCTION_FIELDS = ["index", "name", "arguments"];

type Level = "answer" | "message" | "call" | "function";

const FIELDS: Readonly<Record<Level, ReadonlySet<string>>> = {
  answer: new Set(TOP_FIELDS),
  message: new Set(MESSAGE_FIELDS),
  call: new Set(CALL_FIELDS),
  function: new Set(FUNCTION_FIELDS),
};

/**
 * Go's JSON reader takes a field's name in any case (encoding/json, "preferring exact matches but accepting
 * case-insensitive matches", with Unicode's simple folding); JavaScript and Python take it exactly. What the two would
 * read differently is refused.
 */
export function checkNames(object: JsonObject, level: Level): void {
  const known = FIELDS[level];
  for (const name of Object.keys(object)) {
    if (known.has(name)) continue;
    if (known.has(folded(name)))
      throw answerMalformed(`names a field "${name}", which some clients read as "${folded(name)}"`);
  }
}

/** The long s and the Kelvin sign are what else folds to ASCII letters. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll("ſ", "s").replaceAll("K", "k");
}

/** A text field; empty where it is not there. */
export function textIn(object: JsonObject, name: string): string {
  const value: Json | undefined = object[name];
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw answerMalformed(`has a field "${name}" that is no text`);
  return value;
}
