import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createPipe, type Socket } from "node:net";
import { z } from "zod";
import { Fault } from "#base";

/** The far side of a drill: one MCP server and one model, on loopback, that do nothing and count what reaches them. */
export interface DrillServer {
  readonly modelUrl: string;
  readonly serverUrl: string;
  /** `127.0.0.1:PORT` of its web: `/web/silent` is never answered, `/web/events` never ends. */
  readonly web: string;
  /** `127.0.0.1:PORT` of what says back whatever is sent to it: the far end of a tunnel. */
  readonly pipe: string;
  /** Calls of a tool that arrived; of a path of the web likewise. */
  readonly callsOf: (tool: string) => number;
  readonly close: () => Promise<void>;
}

/** How often the model says another word. */
const WORD_EVERY_MS = 20;
const BODY_BYTES_MAX = 1_048_576;
export const DRILL_MODEL = "endless";

const tool = (name: string, description: string, annotations: object) => ({
  name,
  description,
  inputSchema: { type: "object", properties: { note: { type: "string" } } },
  annotations,
});

/** `wait` never answers; `change` is held by most policies; `harm` does nothing and says that it destroys and sends out. */
const TOOLS = [
  tool("wait", "Part of a drill of Doorward: reads nothing and never answers.", {
    readOnlyHint: true,
    openWorldHint: false,
  }),
  tool("change", "Part of a drill of Doorward: says that it changes something, and changes nothing.", {
    readOnlyHint: false,
    destructiveHint: false,
    openWorldHint: false,
  }),
  tool("harm", "Part of a drill of Doorward: says that it destroys and sends out, and does nothing.", {
    readOnlyHint: false,
    destructiveHint: true,
    openWorldHint: true,
  }),
];

const message = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.looseObject({ name: z.string().optional(), protocolVersion: z.string().optional() }).default({}),
});

export async function startDrillServer(): Promise<DrillServer> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    response.on("error", () => {});
    void answer(request, response, calls).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const pipe = createPipe((socket) => socket.on("error", () => {}).pipe(socket));
  await new Promise<void>((resolve, reject) => {
    pipe.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const sockets = new Set<Socket>();
  pipe.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const port = portOf(server);
  return {
    web: `127.0.0.1:${port}`,
    pipe: `127.0.0.1:${portOf(pipe)}`,
    modelUrl: `http://127.0.0.1:${port}/v1`,
    serverUrl: `http://127.0.0.1:${port}/mcp`,
    callsOf: (name) => calls.get(name) ?? 0,
    close: () =>
      new Promise((resolve) => {
        pipe.close();
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Pick<Server, "address">): number {
  const address = server.address();
  if (address !== null && typeof address === "object") return address.port;
  throw new Fault("bug", "a TCP listener has no port", "Report this.");
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  calls: Map<string, number>,
): Promise<void> {
  if (request.url === "/v1/models")
    return send(response, { object: "list", data: [{ id: DRILL_MODEL, object: "model" }] });
  if (request.url === "/v1/chat/completions") return talk(request, response);
  if (request.url?.startsWith("/web/") === true) return onTheWeb(request, response, calls);
  if (request.method !== "POST") return void response.writeHead(405).end();
  const { id, method, params } = message.parse(JSON.parse(await bodyOf(request)));
  if (id === undefined) return void response.writeHead(202).end();
  if (method === "initialize") {
    const serverInfo = { name: "doorward-drill", version: "1.0.0" };
    const { protocolVersion = "2025-06-18" } = params;
    return sendResult(response, id, { protocolVersion, capabilities: { tools: {} }, serverInfo });
  }
  if (method === "tools/list") return sendResult(response, id, { tools: TOOLS });
  if (method !== "tools/call")
    return send(response, { jsonrpc: "2.0", id, error: { code: -32601, message: "not here" } });
  called(params.name ?? "", { response, id, calls });
}

function called(
  name: string,
  { response, id, calls }: { response: ServerResponse; id: string | number; calls: Map<string, number> },
): void {
  calls.set(name, (calls.get(name) ?? 0) + 1);
  if (name !== "wait") sendResult(response, id, { content: [{ type: "text", text: "Nothing was done." }] });
}

async function onTheWeb(
  request: IncomingMessage,
  response: ServerResponse,
  calls: Map<string, number>,
): Promise<void> {
  const { url = "" } = request;
  calls.set(url, (calls.get(url) ?? 0) + 1);
  if (url !== "/web/silent") await talk(request, response);
}

function sendResult(response: ServerResponse, id: string | number, result: object): void {
  send(response, { jsonrpc: "2.0", id, result });
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A stream that nothing but its reader ends (OpenAI's chat.completion.chunk events). */
async function talk(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await bodyOf(request);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const say = (): void => {
    const choice = { index: 0, delta: { role: "assistant", content: "word " }, finish_reason: null };
    const chunk = {
      id: "drill",
      object: "chat.completion.chunk",
      created: 0,
      model: DRILL_MODEL,
      choices: [choice],
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  say();
  const talking = setInterval(say, WORD_EVERY_MS);
  response.once("close", () => clearInterval(talking));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Fault("body_too_large", "too large for a drill", "Send less.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
