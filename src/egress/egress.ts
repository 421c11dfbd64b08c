import { Readable } from "node:stream";
import { Agent, buildConnector, type Dispatcher, request as dispatch } from "undici";
import { Fault } from "#base";
import { createGuard, type Guard, literalOf, type OwnAddress } from "./guard.ts";
import { boundedResponse, type EgressResponse } from "./response.ts";
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
  readonly close: () => Promise<void>;
}

interface Way {
  readonly guard: Guard;
  readonly agent: Agent;
}

export function createEgress(options: EgressOptions): Egress {
  const ways = new Map<boolean, Way>([
    [true, openWay(true, options)],
    [false, openWay(false, options)],
  ]);
  const request = async (rules: EgressRules, asked: EgressRequest): Promise<EgressResponse> => {
    const way = ways.get(rules.allowPrivate);
    if (way === undefined) throw new Fault("egress_closed", "egress is closed", "Start Doorward again.");
    return send(way, rules, asked);
  };
  return {
    request,
    fetch: (rules) => (url, init) => fetchWith(request, rules, url, init),
    close: async () => {
      const open = [...ways.values()];
      ways.clear();
      await Promise.all(open.map(({ agent }) => agent.destroy()));
    },
  };
}

function openWay(allowPrivate: boolean, options: EgressOptions): Way {
  const guard = createGuard(allowPrivate, options.ownAddresses);
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

async function send(way: Way, rules: EgressRules, asked: EgressRequest): Promise<EgressResponse> {
  const url = checkedUrl(asked.url, rules, way.guard);
  const response = await dispatched(way.agent, url, rules, asked);
  const headers = flat(response.headers);
  const answer = boundedResponse(response.statusCode, headers, response.body, rules);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return answer;
  answer.discard();
  throw new Fault(
    "egress_encoding",
    `the answer is encoded as ${encoding}, which was not asked for`,
    "Turn off compression at the server.",
  );
}

async function dispatched(
  agent: Agent,
  url: URL,
  rules: EgressRules,
  asked: EgressRequest,
): Promise<Dispatcher.ResponseData> {
  try {
    return await dispatch(url, {
      dispatcher: agent,
      method: asked.method,
      headers: { "user-agent": "doorward", ...asked.headers },
      body: asked.body ?? null,
      signal: asked.signal ?? null,
      headersTimeout: rules.timeoutMs,
    });
  } catch (cause) {
    throw asked.signal?.aborted === true ? cause : networkFault(url, cause);
  }
}

function checkedUrl(given: string | URL, rules: EgressRules, guard: Guard): URL {
  const url = typeof given === "string" ? new URL(given) : given;
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw urlRefused(url, "only http and https are spoken");
  if (url.username !== "" || url.password !== "") throw urlRefused(url, "it carries a user name or password");
  if (rules.origin !== undefined && url.origin !== rules.origin)
    throw urlRefused(url, `only ${rules.origin} may be asked`);
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

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return Object.fromEntries(pairs);
}

function networkFault(url: URL, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const { code, syscall, message } = errnoOf(cause);
  const isBefore =
    syscall === "connect" ||
    syscall === "getaddrinfo" ||
    /^(UND_ERR_CONNECT|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_)/.test(code);
  if (isBefore || cause instanceof AggregateError) {
    return new Fault(
      "egress_unreachable",
      `cannot reach ${url.origin}: ${message || code}`,
      "Check that the server runs and that its address, port and certificate are right.",
      cause,
    );
  }
  return new Fault(
    "egress_lost",
    `the connection to ${url.origin} failed: ${message}`,
    "What was asked for may have happened: check the server before trying again.",
    cause,
  );
}

function errnoOf(cause: unknown): { code: string; syscall: string; message: string } {
  const message = cause instanceof Error ? cause.message : String(cause);
  const field = (name: string): string => {
    const value: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { code: field("code"), syscall: field("syscall"), message };
}

function urlRefused(url: URL, why: string): Fault {
  return new Fault(
    "egress_url_refused",
    `${url.origin} is not asked: ${why}`,
    "Correct the address with `doorward servers add`.",
  );
}

function redirect(from: URL, to: URL): Fault {
  return new Fault(
    "egress_redirect_refused",
    `${from.origin} answered with a redirect to ${to.origin}${to.pathname}`,
    "Redirects are not followed across origins: add the server under the address it really has.",
  );
}
