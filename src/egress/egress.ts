import { Readable } from "node:stream";
import type { Socket } from "node:net";
import { Fault } from "#base";
import { openConnection, type Station, stationUrl } from "./connect.ts";
import { Exchange } from "./exchange.ts";
import { redirect, urlRefused } from "./faults.ts";
import { type Guard, literalOf, type OwnAddress, portOf, type Resolve } from "./guard.ts";
import { credentialsOf, tunnelled } from "./proxied.ts";
import type { EgressAnswer, EgressResponse } from "./response.ts";
import {
  type EgressRequest,
  type EgressRules,
  type FetchLike,
  type NetworkProxy,
  REDIRECTS_MAX,
} from "./rules.ts";
import { written } from "./sending.ts";
import { createWays, type Way, type WayRules } from "./ways.ts";
import { dialSocket, type SocketAnswer, type SocketRequest } from "./websocket.ts";

export type { OwnAddress } from "./guard.ts";

export interface EgressOptions {
  /** Where Doorward itself listens; asked anew for every connection. */
  readonly ownAddresses: () => readonly OwnAddress[];
  /**
   * The origin under which a proxy in front of Doorward answers (`publicUrl`); null or absent: none. It leads to an
   * address that is not ours to recognise, so it is recognised by name.
   */
  readonly ownOrigin?: () => string | null;
  /** PEM of authorities that are trusted besides those of Node (which include NODE_EXTRA_CA_CERTS). */
  readonly authorities?: readonly string[];
  /** After its last use, connections under a client certificate are closed, and its key is let go. */
  readonly clientKeyIdleMs?: number;
  /** Absent: as this machine resolves names. */
  readonly resolve?: Resolve;
}

/**
 * The network. `request` sends once, never again: a failed request is the caller's to judge. Faults:
 * `egress_unreachable`, `egress_certificate_*`, `egress_proxy_*`, `egress_address_*`, `egress_own_listener`,
 * `egress_url_refused` (nothing was sent); `egress_lost`, `egress_body_too_large`, `egress_redirect_refused` (the request went out).
 */
export interface Egress {
  readonly request: (rules: EgressRules, request: EgressRequest) => Promise<EgressResponse>;
  /** `request` in the shape that libraries expect, with same-origin redirects followed for GET and HEAD. */
  readonly fetch: (rules: EgressRules) => FetchLike;
  /** A bare connection for protocols that are not HTTP, to addresses under the same rules. */
  readonly connect: (rules: WayRules, to: Station) => Promise<Socket>;
  readonly close: () => Promise<void>;
}

/** What the http door needs besides: answers with every header by itself, and WebSockets. */
export interface WebEgress extends Egress {
  readonly request: (rules: EgressRules, request: EgressRequest) => Promise<EgressAnswer>;
  /** A WebSocket (`url` with http or https), or the answer that came instead of one. */
  readonly openSocket: (rules: EgressRules, request: SocketRequest) => Promise<SocketAnswer>;
}

export function createEgress(options: EgressOptions): WebEgress {
  const ways = createWays(options);
  const request = async (rules: EgressRules, asked: EgressRequest): Promise<EgressAnswer> =>
    send(ways.of(rules, asked.client ?? null), rules, asked);
  return {
    request,
    fetch: (rules) => (url, init) => fetchWith(request, rules, url, init),
    connect: async (rules, to) => bareConnection(ways.of(rules, null), to, options),
    openSocket: async (rules, asked) => {
      const way = ways.of({ ...rules, asItIs: true }, asked.client ?? null);
      return dialSocket(way.connector, checkedUrl(asked.url, rules, way.guard), rules, asked);
    },
    close: ways.close,
  };
}

function bareConnection({ guard, proxy }: Way, to: Station, options: EgressOptions): Promise<Socket> {
  if (proxy === null) return openConnection(guard, to);
  const url = stationUrl(to);
  guard.checkName(url);
  return tunnelled({ proxy, guard, tls: {}, own: options.ownAddresses }, { url, ...to });
}

function send(way: Way, rules: EgressRules, asked: EgressRequest): Promise<EgressAnswer> {
  const url = checkedUrl(asked.url, rules, way.guard);
  const exchange = new Exchange(url, rules, asked.signal);
  const { headers, ...message } = written(rules, asked, () => exchange.stall());
  const isByProxy = way.proxy !== null && url.protocol === "http:";
  way.agent.dispatch(
    {
      ...message,
      origin: url.origin,
      // A proxy is told the whole address (RFC 9112, 3.2.2).
      path: isByProxy ? `${url.origin}${url.pathname}${url.search}` : `${url.pathname}${url.search}`,
      headers: isByProxy && way.proxy !== null ? [...headers, ...proxyFields(way.proxy)] : headers,
    },
    exchange,
  );
  return exchange.response;
}

function proxyFields(proxy: NetworkProxy): string[] {
  return credentialsOf(proxy).flatMap((line) => ["proxy-authorization", line.slice(line.indexOf(":") + 2)]);
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
  if (literal !== null) guard.check(literal, portOf(url));
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
