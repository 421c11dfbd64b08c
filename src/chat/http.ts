import { Fault, type Json } from "#base";
import type { Egress } from "#egress";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "./faults.ts";

/** Largest answer of a platform that is read. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** Most of a platform's own words about a refusal that are passed on. */
const SAID_LENGTH_MAX = 200;

export interface Asked {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Under the base address, with the query; every part that came from elsewhere encoded. */
  readonly path: string;
  readonly json?: Json;
  /** Bytes as they are signed; instead of `json`. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a long poll; else `CHANNEL_CALL_MS_MAX`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As the platform sent it; null where it is no JSON. */
  readonly json: unknown;
}

interface PlatformAddress {
  readonly egress: Egress;
  /** As people write it, for faults. */
  readonly title: string;
  /** Origin and path under which the API is; nothing else is asked. */
  readonly base: string;
  readonly allowPrivate: boolean;
  /** What proves who we are. Never leaves for another origin: redirects are not followed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Removed from whatever the platform says of a refusal. */
  readonly secrets: readonly string[];
  /** What this platform means by an answer that is not a 2xx, where it says more than its status; null: its status counts. */
  readonly judge?: (told: Told) => Fault | null;
  /** Milliseconds to wait, where the platform says so in its answer's body. */
  readonly pauseOf?: (told: Told) => number | null;
}

/** One request, one answer with a 2xx status. Faults: `channel_unreachable`, `channel_refused`. */
export type Caller = (asked: Asked) => Promise<Told>;

/** The only way of a channel to its platform. */
export function createCaller(address: PlatformAddress): Caller {
  const { origin, href } = new URL(address.base);
  const base = href.replace(/\/+$/, "");
  return async (asked) => {
    const path = `${base}${asked.path}`;
    refuseSteps(path, origin);
    const told = await send(address, { ...asked, path }, origin);
    if (told.status >= 200 && told.status < 300) return told;
    throw address.judge?.(told) ?? refusalOf(address, told);
  };
}

/** Encoding leaves `.` and `..` as they are: an id of these letters would lead elsewhere. */
function refuseSteps(url: string, origin: string): void {
  const [path = ""] = url.slice(origin.length).split("?");
  if (new URL(url).pathname !== path)
    throw channelRefused(
      "an id leads elsewhere in the platform's API",
      "Give the id as the platform shows it.",
    );
}

async function send(address: PlatformAddress, asked: Asked, origin: string): Promise<Told> {
  const { allowPrivate, headers, title } = address;
  const timeoutMs = asked.timeoutMs ?? CHANNEL_CALL_MS_MAX;
  const body = asked.body ?? (asked.json === undefined ? undefined : JSON.stringify(asked.json));
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await address.egress.request(
      { allowPrivate, bytesMax: ANSWER_BYTES_MAX, timeoutMs, origin },
      {
        url: asked.path,
        method: asked.method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          accept: "application/json",
          ...headers,
          ...asked.headers,
        },
        ...(body === undefined ? {} : { body }),
        signal: asked.signal === undefined ? limit : AbortSignal.any([limit, asked.signal]),
      },
    );
    return { status: answer.status, headers: answer.headers, json: parsed(await answer.text()) };
  } catch (cause) {
    throw lostOf(title, cause);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What no later try would change: the address itself may not be asked. */
const FORBIDDEN = /^egress_(?:address_|own_listener|url_refused|request_invalid)/;

function lostOf(title: string, cause: unknown): Fault {
  if (cause instanceof Fault && FORBIDDEN.test(cause.code)) {
    return channelRefused(
      `${title}: ${cause.message}`,
      "Correct the address in the channel's settings; if it really is on a private network, set allowPrivate there.",
    );
  }
  const what = cause instanceof Fault ? cause.message : "no answer in time";
  return channelUnreachable(`${title}: ${what}`, cause);
}

function refusalOf(address: PlatformAddress, told: Told): Fault {
  const { status, headers } = told;
  const what = `${address.title} answers ${status}${saidOf(told.json, address.secrets)}`;
  if (status >= 300 && status < 400)
    return channelRefused(what, "It redirects elsewhere: give the address that it really has.");
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const pause = address.pauseOf?.(told) ?? retryAfter(headers["retry-after"], headers["date"]);
    return channelUnreachable(what, undefined, pause);
  }
  return channelRefused(what);
}

/** RFC 9110, 10.2.3: seconds, or a date; the date is read against the platform's own clock. */
function retryAfter(value: string | undefined, date: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const pause = Date.parse(value) - Date.parse(date ?? "");
  return Number.isFinite(pause) ? pause : null;
}

/** The platform's own words, without our secrets, of bounded length, in one line. */
function saidOf(json: unknown, secrets: readonly string[]): string {
  const words = wordsOf(json);
  const bare = secrets
    .filter((one) => one.length > 0)
    .reduce((text, one) => text.replaceAll(one, "(secret)"), words);
  const line = bare.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line === "" ? "" : `: ${line.slice(0, SAID_LENGTH_MAX)}`;
}

function wordsOf(json: unknown): string {
  if (typeof json !== "object" || json === null) return "";
  for (const name of ["error", "message", "detail", "title", "errcode"]) {
    const value: unknown = Reflect.get(json, name);
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null) return wordsOf(value);
  }
  return "";
}

/** A text in what a platform sent, by its path; null where it is none. */
export function textAt(json: unknown, ...path: readonly (string | number)[]): string | null {
  const value = valueAt(json, ...path);
  return typeof value === "string" ? value : null;
}

/** Own properties only: `__proto__` and its like are none. */
export function valueAt(json: unknown, ...path: readonly (string | number)[]): unknown {
  let at: unknown = json;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}

export function listAt(json: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = valueAt(json, ...path);
  return Array.isArray(value) ? value : [];
}
