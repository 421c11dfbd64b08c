import type { JsonObject } from "#base";
import type { Problem } from "../face.ts";

/** Types by HTTP status: `ErrorType` in resources/shared.d.ts of @anthropic-ai/sdk 1.12.0 and docs.claude.com/en/api/errors. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

/** `details.error_code` is what the official client shows as `errorCode`. */
export function problem({ status, code, message, parameter, refusal }: Problem): JsonObject {
  const type = TYPES.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
  const details: JsonObject = parameter === null ? { error_code: code } : { error_code: code, parameter };
  const own = refusal === undefined ? {} : { doorward: refusal };
  return { type: "error", error: { type, message, details: { ...details, ...own } } };
}
