import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "./script.ts";

/** One of the scripted upstreams: a model server that writes down what it was asked. */
export interface ModelServer {
  /** http://127.0.0.1:PORT, without a path. */
  readonly url: string;
  readonly received: Received[];
  /** How many answers were cut by whoever asked. */
  readonly cuts: () => number;
  readonly close: () => Promise<void>;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body; null without one. */
  readonly body: Body | null;
  /** Byte for byte. */
  readonly raw: string;
}

export type Body = Readonly<Record<string, unknown>>;

/** How one protocol says one reply. */
export interface Said {
  readonly reply: Reply;
  /** Null: not streamed. */
  readonly streamType: string | null;
  /** The whole answer, as JSON. */
  readonly whole: unknown;
  /** The stream's events or lines, each as it is sent. */
  readonly frames: readonly string[];
  /** One more frame of a stream that never ends. */
  readonly more: string;
  readonly problem: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (body: Body, head: Received) => Said;

const PAGE = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
const ENDLESS_PAUSE_MS = 10;

/** Listens on a free port of 127.0.0.1. `routes`: by `METHOD /path`; a path may end in `*`. */
export async function serveModels(routes: Readonly<Record<string, Route>>): Promise<ModelServer> {
  const received: Received[] = [];
  let cuts = 0;
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableEnded) cuts += 1;
    });
    void answer(request, response, { routes, received });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    cuts: () => cuts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Around {
  readonly routes: Readonly<Record<string, Route>>;
  readonly received: Received[];
}

async function answer(request: IncomingMessage, response: ServerResponse, around: Around): Promise<void> {
  const head = await read(request);
  around.received.push(head);
  const asked = `${head.method} ${head.path.split("?")[0]}`;
  const route = Object.entries(around.routes).find(([at]) =>
    at.endsWith("*") ? asked.startsWith(at.slice(0, -1)) : at === asked,
  )?.[1];
  if (route === undefined)
    return json(response, 404, { error: { message: "no such route", type: "not_found" } });
  const said = route(head.body ?? {}, head);
  const { reply, headers = {} } = said;
  if (reply.kind === "fail") {
    const later = reply.retryAfter === null ? {} : { "retry-after": reply.retryAfter };
    return json(response, reply.status, said.problem, later);
  }
  if (reply.kind === "html") return void response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  if (said.streamType !== null) return stream(response, said, said.streamType);
  if (reply.kind === "endless") return;
  const text = JSON.stringify(said.whole);
  if (reply.kind !== "broken") return json(response, 200, said.whole, headers);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

async function stream(response: ServerResponse, said: Said, type: string): Promise<void> {
  const { reply, frames } = said;
  response.writeHead(200, { "content-type": type, ...said.headers });
  if (reply.kind === "endless") {
    for (const frame of frames) response.write(frame);
    while (!response.destroyed) {
      response.write(said.more);
      await sleep(ENDLESS_PAUSE_MS);
    }
    return;
  }
  const count = reply.kind === "broken" ? Math.ceil(frames.length / 2) : frames.length;
  for (const frame of frames.slice(0, count)) {
    // Each in a packet of its own, mostly: as a model gives them.
    await new Promise((resolve) => response.write(frame, resolve));
  }
  if (reply.kind === "broken") response.destroy();
  else response.end();
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<Received> {
  let raw = "";
  request.setEncoding("utf8");
  for await (const chunk of request) raw += String(chunk);
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, raw, body: raw === "" ? null : (JSON.parse(raw) as Body) };
}
