import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject, type JsonLimits, parseStrictJson } from "#wire";
import { LLM_LIMITS } from "./limits.ts";
import { answerMalformed } from "./stream/faults.ts";
import type { ToolCall } from "./turn.ts";

const LIMITS: JsonLimits = {
  // A UTF-16 unit is at most three bytes of UTF-8.
  bytesMax: 3 * LLM_LIMITS.argumentsUnitsMax,
  depthMax: LLM_LIMITS.nestingMax,
  valuesMax: LLM_LIMITS.eventValuesMax,
};

/**
 * A call's arguments as the model wrote them, which must be one JSON object with one reading (T8): clients differ on
 * duplicate keys and inexact numbers, and some repair text that was cut. Throws Fault `answer_malformed`.
 */
export function readArguments(text: string): JsonObject {
  let value: Json;
  try {
    value = parseStrictJson(Buffer.from(text, "utf8"), LIMITS);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw answerMalformed(
      `asks for a tool with arguments that cannot be read in one way only: ${error.message}`,
      error,
    );
  }
  if (!isJsonObject(value)) throw answerMalformed("asks for a tool with arguments that are no JSON object");
  return value;
}

/** Whether a text is whole: one JSON object is, once it has come to its end. */
export function areWholeArguments(text: string): boolean {
  try {
    readArguments(text);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/**
 * The same for a writer, where what is no object must still reach the client: as `{"input": text}`. So does every free
 * text, for it was decided as that even where it looks like an object.
 */
export function argumentsObject({ arguments: text, kind }: Pick<ToolCall, "arguments" | "kind">): JsonObject {
  if (kind === "custom") return { input: text };
  try {
    return readArguments(text);
  } catch (error) {
    if (error instanceof Fault) return { input: text };
    throw error;
  }
}
