import { AsyncLocalStorage } from "node:async_hooks";
import { TooLong } from "./driver.ts";
import type { Failure } from "./lines.ts";
import { at } from "./sdk.ts";

/** The last answer of the platform that was no success, within one call of ours. */
interface Noted {
  status: number | null;
  retryAfterMs: number | null;
}

const noted = new AsyncLocalStorage<Noted>();
const WHY_LENGTH_MAX = 300;

/** Runs one call and remembers what the platform last said no with: adapters hand on words, not the status. */
export function noting<T>(run: () => Promise<T>): Promise<T> {
  return noted.run({ status: null, retryAfterMs: null }, run);
}

/** From here on `fetch` notes the status and `Retry-After` (seconds, RFC 9110 10.2.3) of each answer that is no success. */
export function watchAnswers(): void {
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await plain(input, init);
    const here = noted.getStore();
    if (here !== undefined) {
      here.status = answer.ok ? null : answer.status;
      const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
      here.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
    }
    return answer;
  };
}

/** Why an adapter failed, by what it says and by what the platform answered. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof TooLong) return failure("tooLong", cause);
  const here = noted.getStore() ?? { status: null, retryAfterMs: null };
  const status = statusOf(cause) ?? here.status;
  if (status === null) return failure(isRefusal(cause) ? "refused" : "unreachable", cause);
  const said = failure(kindOf(status), cause);
  return status === 429 ? { ...said, retryAfterMs: pauseOf(cause) ?? here.retryAfterMs } : said;
}

function kindOf(status: number): Failure["kind"] {
  if (status === 413) return "tooLong";
  return status >= 500 || status === 408 || status === 429 ? "unreachable" : "refused";
}

export function failure(kind: Failure["kind"], cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return { kind, why: why.slice(0, WHY_LENGTH_MAX), retryAfterMs: null };
}

/** Where clients put a status: axios, gaxios, octokit, Slack's, discord.js's, the adapters' own. */
const STATUS_PATHS = [
  ["response", "status"],
  ["status"],
  ["statusCode"],
  ["originalError", "status"],
  ["innerHttpError", "statusCode"],
  ["originalError", "response", "status"],
  ["raw", "response", "status"],
] as const;

function statusOf(cause: unknown): number | null {
  if (at(cause, "name") === "AdapterRateLimitError") return 429;
  for (const path of STATUS_PATHS) {
    const found = at(cause, ...path);
    if (typeof found === "number" && found >= 400 && found < 600) return found;
  }
  const inner = at(cause, "cause");
  return inner === undefined || inner === cause ? null : statusOf(inner);
}

function pauseOf(cause: unknown): number | null {
  const headers = at(cause, "response", "headers");
  const get = at(headers, "get");
  const said: unknown =
    typeof get === "function" ? Reflect.apply(get, headers, ["retry-after"]) : at(headers, "retry-after");
  for (const found of [at(cause, "retryAfter"), at(cause, "data", "retryAfter"), said]) {
    const seconds = Number(found ?? Number.NaN);
    if (Number.isFinite(seconds)) return seconds * 1000;
  }
  return null;
}

/** Whether it is code that could not read what it was given, and no connection that failed (`fetch` throws those with a cause). */
export function isMisread(cause: unknown): boolean {
  return cause instanceof TypeError && cause.cause === undefined;
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  "AuthenticationError",
  "PermissionError",
  "ResourceNotFoundError",
  "ValidationError",
]);

function isRefusal(cause: unknown): boolean {
  return REFUSALS.has(at(cause, "name"));
}
