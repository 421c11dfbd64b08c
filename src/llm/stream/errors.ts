import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Delta } from "../face.ts";

type SaidError = Extract<Delta, { kind: "error" }>;

const ERROR_TEXT_MAX = 2_000;

/**
 * HTTP statuses of errors that are said in an answer with status 200, by their `type` or `code`: what the same error has
 * where it comes before the answer. Sources: `ErrorType` of @anthropic-ai/sdk 1.12.0, resources/shared.d.ts, with
 * docs.claude.com/en/api/errors; `ResponseError.code` of npm `openai` 7.57.0, resources/responses/responses.d.ts, and its
 * core/error.js.
 */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["invalid_prompt", 400],
  ["context_length_exceeded", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["insufficient_quota", 429],
  ["api_error", 500],
  ["server_error", 500],
  ["timeout_error", 504],
  ["overloaded_error", 529],
]);

/** For programs; what is no name is left out. */
const NAME = /^[\w.[\]-]{1,200}$/;

/** What an upstream's error says: text, `{message}` (OpenAI), `{error}` (Ollama, llama.cpp) or whatever else, cut. */
export function errorText(error: Json): string {
  if (typeof error === "string") return error.slice(0, ERROR_TEXT_MAX);
  if (isJsonObject(error)) {
    const text = error["message"] ?? error["error"];
    if (typeof text === "string") return text.slice(0, ERROR_TEXT_MAX);
  }
  return JSON.stringify(error).slice(0, ERROR_TEXT_MAX);
}

/** An error as it stands in an answer of any protocol; status and code where it says them. */
export function saidError(error: Json): SaidError {
  const message = errorText(error);
  if (!isJsonObject(error)) return { kind: "error", message };
  const { code, type } = error;
  const names = [code, type].filter((one) => typeof one === "string");
  const status = names.flatMap((name) => STATUSES.get(name) ?? [])[0] ?? (isStatus(code) ? code : undefined);
  const isCode = typeof code === "string" && NAME.test(code);
  return {
    kind: "error",
    message,
    ...(status === undefined ? {} : { status }),
    ...(isCode ? { code } : {}),
  };
}

/** OpenRouter and llama.cpp put the HTTP status itself there. */
function isStatus(code: Json | undefined): code is number {
  return typeof code === "number" && Number.isInteger(code) && code >= 400 && code < 600;
}

/** The error that a whole answer is in spite of its status 200; null for an answer. */
export function errorInAnswer(body: JsonObject): SaidError | null {
  const error = body["error"] ?? null;
  if (error !== null && error !== false && error !== "") return saidError(error);
  return body["type"] === "error" ? saidError(body) : null;
}
