import type { JsonObject } from "#base";
import type { Problem } from "../face.ts";

/** `error.type` as OpenAI names it; the official clients pick their error class by the status alone. */
function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

/** The body of an error: npm `openai` 7.57.0, core/error.js, reads `error.message`, `.type`, `.param` and `.code`. */
export function openaiProblem({ status, code, message, parameter, refusal }: Problem): JsonObject {
  const own = refusal === undefined ? {} : { doorward: refusal };
  return { error: { message, type: typeOf(status), param: parameter, code, ...own } };
}
