import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { JsonObject } from "#base";
import { chunk } from "../samples/chat-chunks.ts";

export { chunk, DONE } from "../samples/chat-chunks.ts";

/** How a model server behaves, decided by each test. Its fixtures name their source where they are written. */
export type Behaviour = (response: ServerResponse, body: JsonObject, request: IncomingMessage) => void;

export interface ModelServer {
  readonly url: string;
  /** What it was asked, in order; model lists aside. */
  readonly asked: {
    readonly path: string;
    readonly body: JsonObject;
    readonly headers: IncomingMessage["headers"];
  }[];
  behave: Behaviour;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A model server on loopback that lists `models` and answers everything else as `behave` says. */
export async function startModelServer(models: readonly string[], behave: Behaviour): Promise<ModelServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.method === "GET") return list(response, models);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body: JsonObject = JSON.parse(Buffer.concat(parts).toString("utf8"));
      made.asked.push({ path: request.url ?? "", body, headers: request.headers });
      made.behave(response, body, request);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const port = await listening(server);
  const made: ModelServer = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    behave,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return made;
}

/** `ListModelsResponse` (openai 7.57.0, resources/models.d.ts). */
function list(response: ServerResponse, models: readonly string[]): void {
  const data = models.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "test" }));
  json(response, 200, { object: "list", data });
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

export function json(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

export interface Said {
  readonly content?: string | null;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

/** `ChatCompletion` (openai 7.57.0, resources/chat/completions/completions.d.ts). */
export function completion({ content = null, calls = [] }: Said): object {
  const toolCalls = calls.map(({ id, name, arguments: text }) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  }));
  const message = {
    role: "assistant",
    content,
    refusal: null,
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
  return {
    id: "chatcmpl-test",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "served",
    choices: [
      { index: 0, message, logprobs: null, finish_reason: calls.length === 0 ? "stop" : "tool_calls" },
    ],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  };
}

/** Events of an answer of `content` in pieces, then calls whose arguments come in halves. */
export function chunks({ content = null, calls = [] }: Said): string[] {
  const words = content === null ? [] : content.split(/(?<= )/);
  return [
    chunk({ role: "assistant", content: "" }),
    ...words.map((word) => chunk({ content: word })),
    ...calls.flatMap(({ id, name, arguments: text }, index) => [
      chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
      chunk({ tool_calls: [{ index, function: { arguments: text.slice(0, text.length / 2) } }] }),
      chunk({ tool_calls: [{ index, function: { arguments: text.slice(text.length / 2) } }] }),
    ]),
    chunk({}, calls.length === 0 ? "stop" : "tool_calls"),
  ];
}

export function stream(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(event);
}
