import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { finished } from "node:stream/promises";

/** How the server answers `tools/call`; everything else it answers well. */
export type Misbehaviour = (response: ServerResponse, id: number, count: number) => void;

export interface HostileHttpServer {
  readonly url: string;
  readonly port: number;
  /** Bodies of every `tools/call` that arrived, whole or not answered. */
  readonly calls: string[];
  /** Whether requests with the session id it gave out are refused with 404 from now on. */
  readonly forgetSessions: () => void;
  /** Who it says it is. */
  serverInfo: { name: string; version: string };
  readonly close: () => Promise<void>;
}

const TOOLS = [{ name: "act", description: "Acts", inputSchema: { type: "object" } }];

/** A 2025-11-25 server with sessions on loopback, written by hand so that every byte is meant. */
export async function listenHostile(misbehave: Misbehaviour): Promise<HostileHttpServer> {
  const calls: string[] = [];
  const hostile: HostileHttpServer = {
    url: "",
    port: 0,
    calls,
    forgetSessions: () => sessions.clear(),
    serverInfo: { name: "hostile", version: "1.0.0" },
    close: async () => {},
  };
  const sessions = new Set<string>();
  let count = 0;
  const server = createServer((request, response) => {
    void serve(request, response);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return void response.writeHead(405).end();
    const body = await textOf(request);
    const { id, method, params }: { id: number; method: string; params: { protocolVersion?: string } } =
      JSON.parse(body);
    if (method === "initialize") return initialized(response, id, params.protocolVersion ?? "");
    if (method === "server/discover") return reply(response, { id, error: { code: -32601, message: "no" } });
    if (!sessions.has(String(request.headers["mcp-session-id"])))
      return void response.writeHead(404).end("unknown session");
    if (method === "tools/list") return reply(response, { id, result: { tools: TOOLS } });
    if (method !== "tools/call") return void response.writeHead(202).end();
    calls.push(body);
    misbehave(response, id, calls.length);
  }

  function initialized(response: ServerResponse, id: number, protocolVersion: string): void {
    const session = `session-${(count += 1)}`;
    sessions.add(session);
    response.setHeader("mcp-session-id", session);
    reply(response, {
      id,
      result: { protocolVersion, capabilities: { tools: {} }, serverInfo: hostile.serverInfo },
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  Object.assign(hostile, { url: `http://127.0.0.1:${port}/mcp`, port, close });
  return hostile;
}

export function reply(response: ServerResponse, message: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ jsonrpc: "2.0", ...message }));
}

export function result(id: number, text: string): object {
  return { id, result: { content: [{ type: "text", text }] } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  await finished(request);
  return text;
}
