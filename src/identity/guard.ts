import type { ListenConfig, OwnNames } from "./listen.ts";
import { ownNames } from "./listen.ts";

/** What the guard reads of a request. Node's `IncomingMessage` fits as it is. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** Names and values alternating: shows the duplicates that `headers` hides. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/** A request that gets no further than this: answered with `status`, before its body is read. */
export interface Turned {
  readonly status: 400 | 403 | 421;
  readonly code: "bad_request_head" | "host_not_ours" | "origin_not_ours" | "cross_site";
  readonly reason: string;
  readonly remedy: string;
}

/** Headers that decide who is asked and who asks: a second copy could be read differently by someone else. */
const SINGLE = ["host", "origin", "authorization", "cookie", "content-length", "sec-fetch-site"] as const;

/**
 * The first thing every listener does with every request, doors included (T2). Host must be one of our names, which
 * defeats DNS rebinding; Origin must be absent or ours, and Fetch Metadata must not say another site, which defeats
 * web pages that send requests to loopback. `same-site` is refused too: every port of localhost is one site.
 * Answers null when the request may go on. It authenticates nobody.
 */
export function createGuard(config: ListenConfig): (request: RequestHead) => Turned | null {
  const names = ownNames(config);
  return (request) => guard(request, names);
}

/** As `createGuard`, for one request. */
export function guardRequest(request: RequestHead, config: ListenConfig): Turned | null {
  return guard(request, ownNames(config));
}

function guard(request: RequestHead, names: OwnNames): Turned | null {
  return (
    guardForm(request) ??
    guardHost(request, names) ??
    guardOrigin(request, names) ??
    guardFetchMetadata(request)
  );
}

function guardForm(request: RequestHead): Turned | null {
  const twice = SINGLE.find((name) => copies(request, name) > 1);
  if (twice !== undefined) return badHead(`the header ${twice} appears more than once`);
  // An absolute or authority request target names a host of its own: asking a proxy, which this listener is not.
  if (request.url !== undefined && !/^\/(?!\/)/.test(request.url))
    return badHead("the request target is not a path");
  return null;
}

function guardHost(request: RequestHead, names: OwnNames): Turned | null {
  const host = single(request, "host");
  if (host !== null && names.hosts.has(host.toLowerCase())) return null;
  return {
    status: 421,
    code: "host_not_ours",
    reason: "the Host header does not name this Doorward",
    remedy: "Use the address Doorward printed at start, or add the name to the setting publicUrl.",
  };
}

function guardOrigin(request: RequestHead, names: OwnNames): Turned | null {
  const origin = single(request, "origin");
  if (origin === null || names.origins.has(origin)) return null;
  return {
    status: 403,
    code: "origin_not_ours",
    reason: "the request was sent by a page of another origin",
    remedy: "Use the console that Doorward serves; other web pages may not call it.",
  };
}

function guardFetchMetadata(request: RequestHead): Turned | null {
  const site = single(request, "sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return null;
  const isLink =
    single(request, "sec-fetch-mode") === "navigate" && single(request, "sec-fetch-dest") === "document";
  if (isLink && request.method === "GET") return null;
  return {
    status: 403,
    code: "cross_site",
    reason: "the browser says that a page of another site sent this request",
    remedy: "Open the console directly; other web pages may not call Doorward.",
  };
}

function single(request: RequestHead, name: string): string | null {
  const value = request.headers[name];
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(",");
}

function copies(request: RequestHead, name: string): number {
  const raw = request.rawHeaders;
  if (raw === undefined) return request.headers[name] === undefined ? 0 : 1;
  return raw.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
}

function badHead(reason: string): Turned {
  return {
    status: 400,
    code: "bad_request_head",
    reason,
    remedy: "Send a plain HTTP/1.1 request to this server.",
  };
}
