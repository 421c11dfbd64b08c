// What stands behind Doorward while a stop is measured, in the load's own process: an MCP server whose `wait` is never answered, a
// model that goes on talking (OpenAI's chat.completion.chunk: openai 7.57.0, resources/chat/completions), a web whose
// `/silent` is never answered and whose `/events` never ends, and a pipe that says back what it hears.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createPipe, type Server as Pipe } from "node:net";
import { z } from "zod";

/** A word a second of each stream: what is measured is the cut, and not how fast words pass. */
const WORD_EVERY_MS = 1_000;
const MODEL = "endless";

export interface StopUpstream {
  readonly web: string;
  readonly pipe: string;
  /** How many calls of `wait` and requests of `/silent` arrived and were not let go of yet. */
  readonly waiting: () => number;
}

const message = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string(),
  params: z.looseObject({ name: z.string().optional(), protocolVersion: z.string().optional() }).optional(),
});

const tool = (name: string, readOnlyHint: boolean) => ({
  name,
  description: `Of the stop's benchmark: ${name}`,
  inputSchema: { type: "object" },
  annotations: { readOnlyHint, destructiveHint: false, openWorldHint: false },
});
const TOOLS = [tool("wait", true), tool("change", false)];

export async function openStopUpstream(): Promise<StopUpstream> {
  const unanswered = new Set<ServerResponse>();
  const keep = (response: ServerResponse): void => {
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
  };
  const server = createServer((request, response) => {
    response.on("error", () => {});
    void answer(request, response, keep).catch(() => response.destroy());
  });
  const pipe = createPipe((socket) => void socket.on("error", () => {}).pipe(socket));
  const [web, far] = [await listening(server), await listening(pipe)];
  return { web: `127.0.0.1:${web}`, pipe: `127.0.0.1:${far}`, waiting: () => unanswered.size };
}

async function listening(server: Server | Pipe): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  keep: (response: ServerResponse) => void,
): Promise<void> {
  const { url } = request;
  if (url === "/silent") return keep(response);
  if (url === "/v1/models") return send(response, { object: "list", data: [{ id: MODEL, object: "model" }] });
  const text = await bodyOf(request);
  if (url === "/events" || url === "/v1/chat/completions") return talk(response);
  if (request.method !== "POST") return void response.writeHead(405).end();
  const { id, method, params } = message.parse(JSON.parse(text));
  if (id === undefined) return void response.writeHead(202).end();
  if (method === "tools/call") return keep(response);
  const { protocolVersion = "2025-06-18" } = params ?? {};
  const serverInfo = { name: "stop-upstream", version: "1.0.0" };
  const result =
    method === "tools/list" ? { tools: TOOLS } : { protocolVersion, capabilities: { tools: {} }, serverInfo };
  send(response, { jsonrpc: "2.0", id, result });
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function talk(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const choice = { index: 0, delta: { role: "assistant", content: "word " }, finish_reason: null };
  const head = { id: "stop", object: "chat.completion.chunk", created: 0, model: MODEL };
  const say = (): void => void response.write(`data: ${JSON.stringify({ ...head, choices: [choice] })}\n\n`);
  say();
  const talking = setInterval(say, WORD_EVERY_MS);
  response.once("close", () => clearInterval(talking));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8") as AsyncIterable<string>) text += part;
  return text;
}
