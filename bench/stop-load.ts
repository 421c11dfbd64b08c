// What one agent has under way while it is stopped: a hundred things, each over a connection of its own.
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { StopUpstream } from "./stop-upstream.ts";

export const PARTS = ["call", "hold", "stream", "web-request", "web-stream", "tunnel"] as const;
export type Part = (typeof PARTS)[number];

/** Of one agent: 100 in all. */
const OF_EACH: Readonly<Record<Part, number>> = {
  call: 20,
  hold: 20,
  stream: 20,
  "web-request": 15,
  "web-stream": 10,
  tunnel: 15,
};
export const PER_AGENT = Object.values(OF_EACH).reduce((sum, count) => sum + count, 0);
const PROTOCOL = "2025-06-18";

/** A tunnel is nobody's to read, and ends when its session hears a model: it has a session of its own. */
export interface Keys {
  /** Of the agent, its MCP server and, with `-llm`, its upstream of models. */
  readonly name: string;
  readonly far: StopUpstream;
  readonly key: string;
  readonly apart: string;
}

export interface Doors {
  readonly door: string;
  readonly proxy: string;
}

export interface InFlight {
  readonly part: Part;
  /** When its client saw its end; null: it goes on. */
  readonly endedAt: () => number | null;
  readonly ended: Promise<void>;
  /** What it was told instead of being under way; null where it is. */
  readonly said: () => string | null;
}

/** Resolves once each is sent, and what answers at once has begun. */
export async function startLoad(doors: Doors, { name, far, key, apart }: Keys): Promise<readonly InFlight[]> {
  const server = `${doors.door}/door/mcp/${name}`;
  const session = await openSession(server, key);
  const starts: Readonly<Record<Part, () => Promise<InFlight>>> = {
    call: async () => followed("call", rpc(server, key, call("wait"), session)),
    hold: async () => followed("hold", rpc(server, key, call("change"), session)),
    stream: () => begun("stream", talking(doors.door, key, `${name}-llm/endless`)),
    "web-request": async () => followed("web-request", through(doors, key, `http://${far.web}/silent`)),
    "web-stream": () => begun("web-stream", through(doors, key, `http://${far.web}/events`)),
    tunnel: () => tunnelling(doors, apart, far.pipe),
  };
  const all: Promise<InFlight>[] = [];
  for (const part of PARTS) for (let n = 0; n < OF_EACH[part]; n += 1) all.push(starts[part]());
  return Promise.all(all);
}

/** Said on its way: a number of its own for each call. */
let calls = 0;

function call(name: string): object {
  calls += 1;
  return { id: calls, method: "tools/call", params: { name, arguments: { note: `${name} ${calls}` } } };
}

async function openSession(server: string, key: string): Promise<string> {
  const clientInfo = { name: "bench-stop", version: "1.0.0" };
  const params = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo };
  const opening = rpc(server, key, { id: "open", method: "initialize", params });
  const answer = await answerTo(opening);
  answer.resume();
  const session = String(answer.headers["mcp-session-id"] ?? "");
  const ready = rpc(server, key, { method: "notifications/initialized" }, session);
  (await answerTo(ready)).resume();
  if (session === "") throw new Error(`no MCP session: HTTP ${answer.statusCode}`);
  return session;
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => void sent.once("response", resolve).once("error", reject));
}

function rpc(server: string, key: string, message: object, session?: string): ClientRequest {
  const headers = {
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": PROTOCOL,
    ...(session === undefined ? {} : { "mcp-session-id": session }),
  };
  return posted(server, key, headers, { jsonrpc: "2.0", ...message });
}

function talking(door: string, key: string, model: string): ClientRequest {
  const messages = [{ role: "user", content: "talk" }];
  return posted(`${door}/v1/chat/completions`, key, {}, { model, stream: true, messages });
}

function posted(
  url: string,
  key: string,
  more: Readonly<Record<string, string>>,
  body: object,
): ClientRequest {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}`, ...more };
  const sent = request(url, { method: "POST", headers, agent: false });
  sent.end(JSON.stringify(body));
  return sent;
}

function asked({ proxy }: Doors, key: string, path: string, method: string): ClientRequest {
  const { hostname, port } = new URL(proxy);
  const credentials = Buffer.from(`agent:${key}`).toString("base64");
  const host = path.replace(/^http:\/\/([^/]+).*$/, "$1");
  const headers = { host, "proxy-authorization": `Basic ${credentials}` };
  return request({ host: hostname, port, method, path, headers, agent: false });
}

const through = (doors: Doors, key: string, url: string): ClientRequest =>
  asked(doors, key, url, "GET").end();

function followedBy(part: Part) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const state = { at: null as number | null, text: "" };
  const over = (): void => {
    state.at ??= performance.now();
    resolve();
  };
  const one: InFlight = {
    part,
    ended,
    endedAt: () => state.at,
    said: () => (state.at === null ? null : state.text.slice(0, 300)),
  };
  return { one, over, heard: (text: string) => void (state.text += state.text.length < 300 ? text : "") };
}

/** Its end is the last byte of its answer, or that its connection is gone. */
function followed(part: Part, sent: ClientRequest): InFlight {
  const { one, over, heard } = followedBy(part);
  sent.on("error", over).on("close", over);
  sent.on("response", (response) => {
    response.setEncoding("utf8").on("data", heard).on("error", over).on("end", over);
  });
  return one;
}

async function begun(part: Part, sent: ClientRequest): Promise<InFlight> {
  const one = followed(part, sent);
  await Promise.race([once(sent, "response").catch(() => {}), one.ended]);
  return one;
}

async function tunnelling(doors: Doors, key: string, to: string): Promise<InFlight> {
  const { one, over, heard } = followedBy("tunnel");
  const connecting = asked(doors, key, to, "CONNECT").on("error", over).end();
  const [response, socket] = await new Promise<[IncomingMessage, Socket]>((resolve, reject) => {
    connecting.once("connect", (answer, pipe) => resolve([answer, pipe])).once("error", reject);
  });
  socket.on("error", over).on("close", over);
  if (response.statusCode !== 200)
    heard(`${response.statusCode} ${String(response.headers["doorward-refusal"])}`);
  socket.write("bench");
  await Promise.race([once(socket, "data").catch(() => {}), one.ended]);
  socket.resume();
  return one;
}
