import { Fault, type JsonObject } from "#base";
import { isJsonObject, type JsonLimits, parseStrictJson } from "#wire";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed, answerTooLarge } from "./faults.ts";

const LIMITS: JsonLimits = {
  bytesMax: LLM_LIMITS.eventBytesMax,
  depthMax: LLM_LIMITS.nestingMax,
  valuesMax: LLM_LIMITS.eventValuesMax,
};

/**
 * One event's JSON, which must have one possible reading (T8): Fault `answer_malformed` at duplicate keys, inexact
 * numbers, lone surrogates or anything but an object; `answer_too_large` above a limit. The strict reader costs twice
 * JSON.parse, and no more than JSON.parse with a walk for duplicates after it.
 */
export function parseEvent(data: string): JsonObject {
  let value: ReturnType<typeof parseStrictJson>;
  try {
    value = parseStrictJson(Buffer.from(data, "utf8"), LIMITS);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === "json_too_large") throw answerTooLarge(LLM_LIMITS.eventBytesMax);
    throw answerMalformed(`holds an event that cannot be read in one way only: ${error.message}`, error);
  }
  if (!isJsonObject(value)) throw answerMalformed("holds an event that is no JSON object");
  return value;
}
