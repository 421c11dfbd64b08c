import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  STATUS_CODES,
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecure } from "node:https";
import { Fault } from "#base";
import { loopbackTwins } from "#identity";
import type { Config, TlsConfig } from "./config.ts";
import { createPeerCheck } from "./peers.ts";

/** Answers a request, or says `false` so that the next one is asked. The first to answer is the only one. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Listener {
  readonly port: number;
  /** Stops accepting, gives running requests a moment, then cuts them. */
  readonly close: () => Promise<void>;
}

/** Slow senders lose their connection; none of these bounds how long an answer may stream. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_CHECK_MS = 2_000;
const HEADER_BYTES_MAX = 32 * 1024;
const HEADERS_MAX = 100;
const CONNECTIONS_MAX = 4_096;
const CLOSE_GRACE_MS = 2_000;

/**
 * Listens with every handler behind one port: on loopback at both of its addresses, so that nobody else can be reached
 * under the name `localhost` (T1). Throws `listen_failed` where an address cannot be had.
 */
export async function listen(config: Config, handlers: readonly Handler[]): Promise<Listener> {
  const [first, ...twins] = loopbackTwins(config.listen.address);
  const server = serverOf(config, handlers);
  await started(server, first ?? config.listen.address, config.listen.port);
  const port = portOf(server);
  const servers = [server];
  const close = async (): Promise<void> => void (await Promise.all(servers.map(stopped)));
  for (const address of twins) {
    const twin = serverOf(config, handlers);
    try {
      if (await startedIfThere(twin, address, port)) servers.push(twin);
    } catch (cause) {
      await close();
      throw cause;
    }
  }
  return { port, close };
}

function serverOf(config: Config, handlers: readonly Handler[]): Server {
  const options = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    noDelay: true,
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (!isPath(request.url)) return malformed(response);
    try {
      if (!handlers.some((handler) => handler(request, response))) notFound(response);
    } catch (thrown) {
      // A face that throws costs its own request; thrown further it would end the process.
      process.emitWarning(`a face failed: ${JSON.stringify(String(thrown))}`);
      response.destroy();
    }
  };
  const server =
    config.tls === null
      ? createPlain(options, answer)
      : secure(config.tls, (own) => createSecure({ ...options, ...own }, answer));
  const mayConnect = createPeerCheck(config);
  server.on("connection", (socket) => {
    if (!mayConnect(socket.remoteAddress)) socket.destroy();
  });
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

/** Machines without IPv6 have no `::1`, and so nobody who could sit there. */
const ABSENT = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

async function startedIfThere(server: Server, address: string, port: number): Promise<boolean> {
  try {
    await started(server, address, port);
    return true;
  } catch (cause) {
    const why = cause instanceof Fault ? cause.cause : null;
    if (why instanceof Error && "code" in why && ABSENT.has(String(why.code))) return false;
    throw cause;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Fault("bug", "a TCP listener has no port", "Report this.");
  return address.port;
}

interface SecureOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * A certificate that is none of an agent's proves nothing, and hinders nobody: browsers come here too. A resumed session
 * would bring its certificate along without a new proof of the key, so none is resumed (T16).
 */
const ASKING = {
  requestCert: true,
  rejectUnauthorized: false,
  secureOptions: constants.SSL_OP_NO_TICKET,
};

/** A certificate or key that cannot be read, is none, or does not fit the other stops the start. */
function secure(tls: TlsConfig, make: (options: SecureOptions) => Server): Server {
  try {
    const clients = tls.clientCertificates ? ASKING : {};
    return make({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key), ...clients });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault(
      "tls_unreadable",
      `cannot use the TLS certificate or key: ${why}`,
      "Correct `tls` in doorward.yaml.",
      cause,
    );
  }
}

function started(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const remedy = taken
        ? "Stop what listens there, or choose another port with `--port` or `port` in doorward.yaml."
        : "Correct `address` and `port` in doorward.yaml.";
      reject(
        new Fault("listen_failed", `cannot listen on ${address}:${port}: ${cause.message}`, remedy, cause),
      );
    });
    server.listen(port, address, resolve);
  });
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Whether a request target is a path of ours and nothing else: `//host/…`, `/\\host/…`, `http://…` and `*` are readable in
 * two ways, or in none.
 */
function isPath(target: string | undefined): boolean {
  return (
    target?.startsWith("/") === true &&
    URL.parse(target, "http://doorward.invalid")?.host === "doorward.invalid"
  );
}

function malformed(response: ServerResponse): void {
  sendProblem(response, {
    status: 400,
    code: "path_malformed",
    detail: "the request target is no plain path",
    remedy: "Send a path that begins with a single slash.",
  });
}

function notFound(response: ServerResponse): void {
  sendProblem(response, {
    status: 404,
    code: "path_unknown",
    detail: "there is nothing at this path",
    remedy:
      "The doors are under /door/ (models also at /v1/ and Ollama's /api/), the operations under /api/v1/ and /mcp, the console at /.",
  });
}

/** What was refused before any face looked at it (RFC 9457). */
export function sendProblem(
  response: ServerResponse,
  problem: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly remedy: string;
  },
): void {
  const body = JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[problem.status] ?? "Refused",
    ...problem,
  });
  response.writeHead(problem.status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  response.end(body);
}
