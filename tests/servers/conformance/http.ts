import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import {
  hostHeaderValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from "@modelcontextprotocol/node";
import {
  createMcpHandler,
  type EventStore,
  isInitializeRequest,
  isLegacyRequest,
  type JSONRPCMessage,
} from "@modelcontextprotocol/server";
import { buildConformanceServer } from "./server.ts";

const RETRY_MS = 500;

/** Node's request as the SDK's adapters want it: `url` and `method` are there on a server. */
type Incoming = IncomingMessage & { url: string; method: string };

export interface ListeningServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * The conformance server over Streamable HTTP on loopback: sessions for 2025 clients and, unless `eras` is
 * `legacy`, stateless for 2026-07-28.
 */
export async function listenConformanceServer(
  port = 0,
  eras: "both" | "legacy" = "both",
): Promise<ListeningServer> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const modern = toNodeHandler(createMcpHandler(buildConformanceServer, { legacy: "reject" }));
  const server = createServer((request, response) => {
    serve(
      Object.assign(request, { url: request.url ?? "/", method: request.method ?? "GET" }),
      response,
    ).catch(() => response.headersSent || response.writeHead(500).end());
  });
  const isOurs = hostHeaderValidation(["localhost", "127.0.0.1", "[::1]"]);
  const isLocalOrigin = localhostOriginValidation();

  async function serve(request: Incoming, response: ServerResponse): Promise<void> {
    if (!isOurs(request, response) || !isLocalOrigin(request, response)) return;
    if (request.url !== "/mcp") return void response.writeHead(404).end();
    const body: unknown = request.method === "POST" ? JSON.parse(await textOf(request)) : undefined;
    const id = request.headers["mcp-session-id"];
    const known = sessions.get(String(id));
    if (known !== undefined) return known.handleRequest(request, response, body);
    if (id === undefined && isInitializeRequest(body)) return open(request, response, body);
    const isOpen = eras === "both" && id === undefined;
    if (isOpen && !(await isLegacyRequest(await toWebRequest(request, body))))
      return modern(request, response, body);
    response.writeHead(id === undefined ? 400 : 404, { "content-type": "application/json" });
    response.end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
  }

  async function open(request: Incoming, response: ServerResponse, body: unknown): Promise<void> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createMemoryEventStore(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's Transport has this property only.
    transport.onclose = () => void sessions.delete(transport.sessionId ?? "");
    await buildConformanceServer().connect(transport);
    await transport.handleRequest(request, response, body);
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `${addressOf(server)}/mcp`, close: () => closed(server, sessions) };
}

async function closed(
  server: HttpServer,
  sessions: Map<string, NodeStreamableHTTPServerTransport>,
): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  await Promise.all([...sessions.values()].map((transport) => transport.close()));
  server.closeAllConnections();
  await ended;
}

/** Events of one session, in order; ids sort as they were given out. */
function createMemoryEventStore(): EventStore {
  const events: { id: string; stream: string; message: JSONRPCMessage }[] = [];
  return {
    storeEvent: async (stream, message) => {
      const id = `${stream}::${String(events.length).padStart(9, "0")}`;
      events.push({ id, stream, message });
      return id;
    },
    replayEventsAfter: async (lastId, { send }) => {
      const stream = lastId.split("::")[0] ?? "";
      for (const event of events.filter((stored) => stored.stream === stream && stored.id > lastId)) {
        // A priming event has no message to repeat.
        if (Object.keys(event.message).length > 0) await send(event.id, event.message);
      }
      return stream;
    },
  };
}

async function textOf(request: Incoming): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}

function addressOf(server: HttpServer): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return `http://127.0.0.1:${address.port}`;
}
