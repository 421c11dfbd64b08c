import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Every wait and count of an HTTP listener. Times in milliseconds. */
export interface ListenerLimits {
  /** For all header bytes, from a connection's first byte on. */
  readonly headersMs: number;
  /** For headers and body together; answers may take as long as they need. */
  readonly requestMs: number;
  readonly idleMs: number;
  /** How often the two above are looked at. */
  readonly checkMs: number;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly connectionsMax: number;
}

export const LISTENER_LIMITS: ListenerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 65_000,
  checkMs: 2_000,
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  connectionsMax: 2_048,
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A plain HTTP server that slow, silent and overlong clients cannot tie up. Not yet listening. */
export function createListener(handler: Handler, limits: ListenerLimits = LISTENER_LIMITS): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.headerBytesMax,
      requireHostHeader: true,
      insecureHTTPParser: false,
      noDelay: true,
    },
    handler,
  );
  server.maxHeadersCount = limits.headersMax;
  server.maxConnections = limits.connectionsMax;
  return server;
}
