import { Readable } from "node:stream";
import type { Socket } from "node:net";
import { Agent, buildConnector } from "undici";
import { Fault } from "#base";
import { openConnection, type Station } from "./connect.ts";
import { Exchange } from "./exchange.ts";
import { redirect, urlRefused } from "./faults.ts";
import { createGuard, type Guard, literalOf, type OwnAddress, type Reach } from "./guard.ts";
import type { EgressResponse } from "./response.ts";
import {
  CONNECT_TIMEOUT_MS,
  CONNECTIONS_PER_ORIGIN_MAX,
  type EgressRequest,
  type EgressRules,
  type FetchLike,
  REDIRECTS_MAX,
  RESPONSE_HEADERS_BYTES_MAX,
} from "./rules.ts";

export type { OwnAddress } from "./guard.ts";

export interface EgressOptions {
  /** Where Doorward itself listens; asked anew for every connection. */
  readonly ownAddresses: () => readonly OwnAddress[];
  /**
   * The origin under which a proxy in front of Doorward answers (`publicUrl`); null or absent: none. It leads to an
   * address that is not ours to recognise, so it is recognised by name.
   */
  readonly ownOrigin?: () => string | null;
}

/**
 * The network. `request` sends once, never again: a failed request is the caller's to judge. Faults:
 * `egress_unreachable`, `egress_address_*`, `egress_own_listener`, `egress_url_refused` (nothing was sent);
 * `egress_lost`, `egress_body_too_large`, `egress_redirect_refused` (the request went out).
 */
export interface Egress {
  readonly request: (rules: EgressRules, request: EgressRequest) => Promise<EgressResponse>;
  /** `request` in the shape that libraries expect, with same-origin redirects followed for GET and HEAD. */
  readonly fetch: (rules: EgressRules) => FetchLike;
  /** A bare connection for protocols that are not HTTP, to addresses under the same rules. */
  readonly connect: (
    rules: Pick<EgressRules, "allowPrivate" | "onlyPrivate">,
    to: Station,
  ) => Promise<Socket>;
  readonly close: () => Promise<void>;
}

interface Way {
  readonly guard: Guard;
  readonly agent: Agent;
}

export function createEgress(options: EgressOptions): Egress {
  const ways = new Map<Reach, Way>(REACHES.map((reach) => [reach, openWay(reach, options)]));
  const wayOf = (rules: Pick<EgressRules, "allowPrivate" | "onlyPrivate">): Way => {
    const way = ways.get(reachOf(rules));
    if (way === undefined) throw new Fault("egress_closed", "egress is closed", "Start Doorward again.");
    return way;
  };
  const request = async (rules: EgressRules, asked: EgressRequest): Promise<EgressResponse> =>
    send(wayOf(rules), rules, asked);
  return {
    request,
    fetch: (rules) => (url, init) => fetchWith(request, rules, url, init),
    connect: async (rules, to) => openConnection(wayOf(rules).guard, to),
    close: async () => {
      const open = [...ways.values()];
      ways.clear();
      await Promise.all(open.map(({ agent }) => agent.destroy()));
    },
  };
}

const REACHES: readonly Reach[] = ["public", "private", "both"];

function reachOf({ allowPrivate, onlyPrivate }: Pick<EgressRules, "allowPrivate" | "onlyPrivate">): Reach {
  if (!allowPrivate) return "public";
  return onlyPrivate === true ? "private" : "both";
}

function openWay(reach: Reach, options: EgressOptions): Way {
  const guard = createGuard(reach, options.ownAddresses, options.ownOrigin ?? (() => null));
  const connect: buildConnector.connector = (target, done) => {
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    // A connector per port: the lookup must know the port to recognise our own listeners under any name.
    const connectTo = { timeout: CONNECT_TIMEOUT_MS, port, lookup: guard.lookup(port) };
    buildConnector(connectTo)(target, done);
  };
  const agent = new Agent({
    connect,
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    pipelining: 1,
    maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    bodyTimeout: 0,
  });
  return { guard, agent };
}

function send(way: Way, rules: EgressRules, asked: EgressRequest): Promise<EgressResponse> {
  const url = checkedUrl(asked.url, rules, way.guard);
  const exchange = new Exchange(url, rules, asked.signal);
  way.agent.dispatch(
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: asked.method,
      headers: { "user-agent": "doorward", ...asked.headers },
      body: asked.body ?? null,
      headersTimeout: rules.timeoutMs,
    },
    exchange,
  );
  return exchange.response;
}

function checkedUrl(given: string | URL, rules: EgressRules, guard: Guard): URL {
  const url = typeof given === "string" ? new URL(given) : given;
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw urlRefused(url, "only http and https are spoken");
  if (url.username !== "" || url.password !== "") throw urlRefused(url, "it carries a user name or password");
  if (rules.origin !== undefined && url.origin !== rules.origin)
    throw urlRefused(url, `only ${rules.origin} may be asked`);
  guard.checkName(url);
  const literal = literalOf(url);
  if (literal !== null) guard.check(literal, Number(url.port) || (url.protocol === "https:" ? 443 : 80));
  return url;
}

async function fetchWith(
  request: Egress["request"],
  rules: EgressRules,
  url: string | URL,
  init: RequestInit = {},
): Promise<Response> {
  const method = init.method ?? "GET";
  let at = new URL(url);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    const answer = await request(rules, asRequest(at, method, init));
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers["location"] : undefined;
    if (location === undefined) return asResponse(answer);
    answer.discard();
    const next = new URL(location, at);
    if (next.origin !== at.origin || (method !== "GET" && method !== "HEAD")) throw redirect(at, next);
    at = next;
  }
  throw redirect(at, at);
}

function asRequest(url: URL, method: string, init: RequestInit): EgressRequest {
  const body = init.body instanceof URLSearchParams ? init.body.toString() : init.body;
  if (body !== undefined && body !== null && typeof body !== "string") {
    throw new Fault("bug", "egress sends text bodies only", "Report this; include the log line.");
  }
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  if (init.body instanceof URLSearchParams) headers["content-type"] ??= "application/x-www-form-urlencoded";
  return {
    url,
    method,
    headers,
    ...(typeof body === "string" ? { body } : {}),
    ...(init.signal ? { signal: init.signal } : {}),
  };
}

function asResponse(answer: EgressResponse): Response {
  const hasBody = answer.status !== 204 && answer.status !== 205 && answer.status !== 304;
  if (!hasBody) answer.discard();
  const stream = hasBody
    ? (Readable.toWeb(Readable.from(answer.chunks(), { objectMode: false })) as ReadableStream)
    : null;
  return new Response(stream, { status: answer.status, headers: { ...answer.headers } });
}
