import { createServer, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { digestIn, type Serving } from "./models.ts";

/** An Ollama whose models a test swaps, retags and hides, by name. Shapes: src/inference/told.ts, api/types.go (`ChatResponse`). */
export interface FakeOllama {
  readonly url: string;
  readonly models: Map<string, Serving>;
  /** Models that answered a chat. */
  readonly answered: string[];
  /** How digests are told; a test lies with it. */
  tell: (manifest: string) => string;
  /** What it asks its client to run, in each answer. */
  calls: readonly { readonly function: { readonly name: string; readonly arguments: object } }[];
  /** Streams begin and do not end until this is called. */
  readonly streams: ServerResponse[];
  readonly close: () => Promise<void>;
}

export async function startFakeOllama(models: Readonly<Record<string, Serving>>): Promise<FakeOllama> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8");
      answer(made, { path: request.url ?? "", body: text === "" ? {} : JSON.parse(text), response });
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const made: FakeOllama = {
    url: `http://127.0.0.1:${await listening(server)}`,
    models: new Map(Object.entries(models)),
    answered: [],
    tell: (manifest) => digestIn(manifest).slice("sha256:".length),
    calls: [],
    streams: [],
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return made;
}

interface Asked {
  readonly path: string;
  readonly body: { readonly model?: string; readonly stream?: boolean };
  readonly response: ServerResponse;
}

function answer(made: FakeOllama, { path, body, response }: Asked): void {
  const { model = "" } = body;
  if (path === "/api/tags") {
    const listed = [...made.models].map(([name, { manifest }]) => ({ name, digest: made.tell(manifest) }));
    return json(response, { models: listed });
  }
  if (path === "/api/show") {
    const weights = digestIn(shown(made, model)?.weights ?? "").replace(":", "-");
    return json(response, { modelfile: `# FROM x\n\nFROM /nowhere/blobs/${weights}\nTEMPLATE x` });
  }
  made.answered.push(model);
  const asking = made.calls.length === 0 ? {} : { tool_calls: made.calls };
  const message = { role: "assistant", content: "Hello", ...asking };
  const said = { model, created_at: "2026-01-01T00:00:00Z", message };
  if (body.stream === false) return json(response, { ...said, done: true, done_reason: "stop" });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.write(`${JSON.stringify({ ...said, done: false })}\n`);
  made.streams.push(response);
}

/** Equal in any case, with the tag filled in (ollama/ollama, types/model/name.go). */
const whole = (name: string): string => (name.includes(":") ? name : `${name}:latest`).toLowerCase();

function shown({ models }: FakeOllama, model: string): Serving | undefined {
  return [...models].find(([name]) => whole(name) === whole(model))?.[1];
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
}
