import type { IncomingHttpHeaders } from "node:http";

/** Which of the two answer types a client takes: `application/json` and `text/event-stream`. */
export interface Acceptable {
  readonly json: boolean;
  readonly events: boolean;
}

/** Reads `Accept` (RFC 9110 section 12.5.1); a range with `q=0` is not acceptable, a missing header accepts nothing. */
export function acceptableOf(accept: string | undefined): Acceptable {
  const ranges = (accept ?? "").split(",").filter(isWanted).map(typeOf);
  const has = (type: string, family: string): boolean =>
    ranges.includes(type) || ranges.includes(family) || ranges.includes("*/*");
  return { json: has("application/json", "application/*"), events: has("text/event-stream", "text/*") };
}

/** Whether the body is JSON in UTF-8 and not encoded further: anything else would need a second reading. */
export function isPlainJson(headers: IncomingHttpHeaders): boolean {
  const [, ...parameters] = (headers["content-type"] ?? "").split(";");
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  return (
    typeOf(headers["content-type"] ?? "") === "application/json" &&
    encoding === "identity" &&
    parameters.every((parameter) => isUtf8Charset(parameter))
  );
}

function isUtf8Charset(parameter: string): boolean {
  return /^\s*(charset\s*=\s*"?utf-8"?\s*)?$/i.test(parameter);
}

function typeOf(range: string): string {
  return (range.split(";")[0] ?? "").trim().toLowerCase();
}

function isWanted(range: string): boolean {
  return !/;\s*q\s*=\s*0(\.0*)?\s*(;|$)/i.test(range);
}
