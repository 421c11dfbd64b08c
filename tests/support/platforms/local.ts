import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Failing } from "../../conformance/channel-rig.ts";

/** A request as a platform's server sees it. */
export interface Call {
  readonly method: string;
  /** Path with query. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; null where it is none. */
  readonly json: Record<string, unknown> | null;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface LocalPlatform {
  readonly route: (call: Call) => Reply | Promise<Reply>;
  /** A WebSocket is asked for. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => void;
  /** Which calls may fail on command: all but the open connection's. */
  readonly fails?: (call: Call) => boolean;
  /** Which calls write something people see. */
  readonly writes: (call: Call) => boolean;
  /** How this platform says each; what it does not say has a plain shape. */
  readonly replies?: Partial<Record<"rate" | "error" | "revoked" | "hollow", Reply>>;
}

const PLAIN: Record<"rate" | "error" | "revoked" | "hollow", Reply> = {
  rate: { status: 429, headers: { "retry-after": "7" }, json: {} },
  error: { status: 500, json: {} },
  revoked: { status: 401, json: {} },
  hollow: { status: 200, json: {} },
};

export interface LocalServer {
  readonly origin: string;
  readonly failNext: (how: Failing) => void;
  readonly writes: () => number;
  readonly calls: readonly Call[];
  readonly close: () => Promise<void>;
}

export async function openLocal(platform: LocalPlatform): Promise<LocalServer> {
  const failing: Failing[] = [];
  const calls: Call[] = [];
  let writes = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await callOf(request);
    const mayFail = platform.fails?.(call) ?? true;
    if (mayFail) calls.push(call);
    const how = mayFail ? failing.shift() : undefined;
    if (mayFail && platform.writes(call)) writes += 1;
    if (how === "hang") return;
    const reply = planned(platform, how) ?? (await platform.route(call));
    if (how === "lost") return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(reply.json === undefined ? "" : JSON.stringify(reply.json));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { upgrade } = platform;
  if (upgrade !== undefined) server.on("upgrade", (request, socket) => upgrade(request, socket));
  const port = await listening(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    failNext: (how) => void failing.push(how),
    writes: () => writes,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function planned(platform: LocalPlatform, how: Failing | undefined): Reply | null {
  if (how === undefined || how === "lost" || how === "hang") return null;
  return platform.replies?.[how] ?? PLAIN[how];
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return {
    method: request.method ?? "",
    url: new URL(request.url ?? "/", "http://local.invalid"),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    text,
    json: parsed(text),
  };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
