import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as askHttp,
  type Server,
  createServer as serveHttp,
  type ServerResponse,
} from "node:http";
import { request as askHttps } from "node:https";
import { connect, createServer, type Server as NetServer } from "node:net";
import { Fault } from "#base";
import type { Door } from "./port.ts";

/** Where the doors are and in whose name a sandbox speaks to them. The key stays outside. */
export interface RelayTarget {
  /** `http://127.0.0.1:7420` */
  readonly doors: string;
  /** Where the http door listens; null: it is off, and connections to it are closed. */
  readonly proxy: { readonly host: string; readonly port: number } | null;
  readonly key: string;
}

const CONNECTIONS_MAX = 512;
const HEADER_BYTES_MAX = 64 * 1024;
const HEADERS_MS = 30_000;
/** What a client inside may say of itself counts for nothing: the session's key is put in its place. */
const OWN_CREDENTIALS = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "proxy-authorization",
];
/** RFC 9110, 7.6.1; the framing is made anew. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "host"];

/** What the doors of an agent's sandbox lead to: a listener over a unix socket. */
export function relayFor(target: RelayTarget): (door: Door) => NetServer {
  return ({ kind }) => (kind === "http" ? relayDoors(target) : relayProxy(target));
}

/**
 * The llm and mcp doors for a sandbox, over a unix socket: their paths alone (no operation, console or sign-in of Doorward's can
 * be reached), always in the name of the session. Bodies are streamed both ways.
 */
export function relayDoors(target: RelayTarget): Server {
  const server = serveHttp(
    { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS, requestTimeout: 0 },
    (asked, answer) => {
      if (isDoorPath(asked.url ?? "")) pass(target, asked, answer);
      else refuse(answer, 403, pathClosed());
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.on("upgrade", (_, socket) => socket.destroy());
  return server;
}

/** `/v1/…`, `/door/…` and Ollama's `/api/…`, where no operation lives (docs/guide/llm-door.md); nothing that has to be normalised. */
export function isDoorPath(url: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  if (!/^\/[\w./:@~+=,%-]*$/.test(path) || /\/\/|\/\.\.?(?:\/|$)|%(?:2e|5c|00)/i.test(path)) return false;
  if (/^\/api\/v\d+(?:\/|$)/i.test(path)) return false;
  return /^\/(?:v1|door|api)\//.test(path);
}

function pass(target: RelayTarget, asked: IncomingMessage, answer: ServerResponse): void {
  const url = new URL(target.doors);
  const ask = url.protocol === "https:" ? askHttps : askHttp;
  const sent = ask(
    {
      host: hostOf(url),
      port: portOf(url),
      method: asked.method,
      path: asked.url,
      headers: headersFor(target, url, asked),
    },
    (given) => {
      const { statusCode = 502, headers } = given;
      answer.writeHead(statusCode, withoutHops(headers));
      answer.flushHeaders();
      given.on("error", () => answer.destroy());
      given.pipe(answer);
    },
  );
  sent.on("error", () => (answer.headersSent ? void answer.destroy() : refuse(answer, 502, gone())));
  // Whoever asked went away: the door is to know, so that what is in flight is cut.
  answer.on("close", () => sent.destroy());
  asked.on("error", () => sent.destroy());
  asked.pipe(sent);
}

function headersFor(target: RelayTarget, url: URL, asked: IncomingMessage): OutgoingHttpHeaders {
  const kept = Object.entries(withoutHops(asked.headers)).filter(([name]) => !OWN_CREDENTIALS.includes(name));
  return { ...Object.fromEntries(kept), host: url.host, authorization: `Bearer ${target.key}` };
}

function withoutHops(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && name !== "transfer-encoding"),
  );
}

/** The http door for a sandbox: every connection begins with the preface that says whose it is (docs/formats/proxy.md). */
export function relayProxy({ proxy, key }: RelayTarget): NetServer {
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    inner.on("error", () => inner.destroy());
    if (proxy === null) {
      inner.end(PROXY_OFF);
      return;
    }
    const outer = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
    // INVARIANT: written before anything of the client's can be: whoever comes first says whose the connection is.
    outer.write(`DOORWARD-RELAY/1 ${key}\r\n`);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroySoon());
      from.pipe(to);
    }
  });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

const PROXY_OFF = [
  "HTTP/1.1 503 Service Unavailable",
  "content-type: text/plain",
  "connection: close",
  "",
  "The http door of this Doorward is off: nothing but its models and MCP servers can be reached.\n",
].join("\r\n");

/** `[::1]` as `::1`. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

export function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function refuse(answer: ServerResponse, status: number, { code, message, remedy }: Fault): void {
  const body = JSON.stringify({ error: { type: code, code, message, remedy } });
  answer.writeHead(status, { "content-type": "application/json", connection: "close" }).end(body);
}

function pathClosed(): Fault {
  return new Fault(
    "path_closed",
    "a sandbox reaches the llm door and the mcp door here, and nothing else of Doorward's",
    "Use /v1/…, /api/… or /door/mcp; everything else an agent may ask for goes through the http door (HTTP_PROXY).",
  );
}

function gone(): Fault {
  return new Fault("unreachable", "Doorward does not answer", "It may be starting again: try in a moment.");
}
