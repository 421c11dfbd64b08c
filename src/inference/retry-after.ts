import { RETRY_AFTER_MS_MAX } from "./limits.ts";

/**
 * Milliseconds that an answer asks to be left alone, bounded; null where it does not say. `Retry-After` in seconds or as a
 * date (RFC 9110, section 10.2.3); `retry-after-ms` as OpenAI's and Anthropic's clients read it (`client.ts`, `retryRequest`).
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const exact = headers["retry-after-ms"];
  if (exact !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(exact)) return bounded(Number(exact));
  const after = headers["retry-after"]?.trim();
  if (after === undefined || after === "") return null;
  if (/^\d{1,9}(\.\d{1,9})?$/.test(after)) return bounded(Number(after) * 1_000);
  const at = Date.parse(after);
  return Number.isNaN(at) ? null : bounded(at - now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), RETRY_AFTER_MS_MAX);
}
