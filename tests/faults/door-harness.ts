import { randomBytes } from "node:crypto";
import { createServer, type Server, type ServerOptions } from "node:http";
import { connect, type Socket } from "node:net";
import type { Ambient, Json, JsonObject } from "#base";
import type { AgentId, Identity, SessionId, UserId } from "#vocabulary";
import { RpcError } from "#wire";
import { createMcpDoor, type McpDoor } from "../../src/gateway/door/door.ts";
import { DOOR_LIMITS, type DoorLimits } from "../../src/gateway/door/limits.ts";
import type { Authenticate, Exchange, Guard, Road } from "../../src/gateway/door/road.ts";

// A real listener with the real door; behind it a road of our own that echoes, waits, asks and fails on demand.

export interface DoorUnderTest {
  readonly url: string;
  readonly port: number;
  readonly door: McpDoor;
  readonly server: Server;
  readonly seen: Seen;
  readonly ambient: TestAmbient;
  readonly close: () => Promise<void>;
}

export interface Seen {
  readonly handled: { method: string; params: JsonObject; exchange: Exchange }[];
  readonly notified: { method: string; params: JsonObject }[];
  readonly aborted: string[];
  readonly reported: unknown[];
  readonly exchanges: Exchange[];
  /** Whether the client of the last `ask-and-go` was there when it ended. */
  heard?: boolean;
  /** Ends a call of the tool `wait` by its argument `key`. */
  readonly release: Map<string, () => void>;
}

export interface TestAmbient extends Ambient {
  /** Moves the monotonic clock on by so many milliseconds. */
  readonly advance: (ms: number) => void;
}

export function testAmbient(): TestAmbient {
  let moved = 0;
  let ids = 0;
  return {
    now: () => Date.now(),
    monotonic: () => performance.now() + moved,
    id: (prefix) => `${prefix}_${String((ids += 1)).padStart(26, "0")}`,
    random: (bytes) => randomBytes(bytes),
    advance: (ms) => void (moved += ms),
  };
}

export interface Settings {
  readonly limits?: Partial<DoorLimits>;
  /** Over what `src/main/listener.ts` sets. */
  readonly listener?: ServerOptions;
  readonly guard?: Guard;
}

export async function openDoor(settings: Settings = {}): Promise<DoorUnderTest> {
  const seen: Seen = {
    handled: [],
    notified: [],
    aborted: [],
    reported: [],
    exchanges: [],
    release: new Map(),
  };
  const ambient = testAmbient();
  const door = createMcpDoor({
    road: echoRoad(seen),
    guard: settings.guard ?? (() => null),
    authenticate,
    ambient,
    serverInfo: { name: "doorward", version: "0.0.0" },
    report: (error) => seen.reported.push(error),
    limits: { ...DOOR_LIMITS, ...settings.limits },
  });
  const options = {
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    // Shorter, and a busy test process finds its own idle connections reset under its requests.
    keepAliveTimeout: 65_000,
    maxHeaderSize: 32 * 1024,
    noDelay: true,
  };
  const server = createServer(
    { ...options, ...settings.listener },
    (request, response) => void door.handle(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/door/mcp`,
    port,
    door,
    server,
    seen,
    ambient,
    close: async () => {
      door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function identityOf(name: string): Identity {
  return {
    chain: { user: "usr_1" as UserId, agents: [`agt_${name}` as AgentId] },
    session: `ses_${name}` as SessionId,
    stage: "enforce",
    agentName: name,
    ownerId: "usr_1" as UserId,
    credential: `key_${name}`,
  };
}

/** `Bearer a` is agent a; the secret path of agent a is sixteen letters a. */
const authenticate: Authenticate = async (headers, path) => {
  const name = path.secret?.slice(0, 1) ?? /^Bearer ([a-z])$/.exec(headers.authorization ?? "")?.[1];
  if (name !== undefined) return identityOf(name);
  return {
    kind: "refused",
    status: 401,
    code: "no_credential",
    reason: "the request has no agent key",
    remedy: "Send Authorization: Bearer with the key that `doorward agents add NAME` printed.",
  };
};

const text = (value: string): JsonObject => ({ content: [{ type: "text", text: value }] });

const FORM: JsonObject = {
  type: "object",
  properties: { name: { type: "string" } },
  required: ["name"],
};

type Tool = (exchange: Exchange, args: JsonObject, params: JsonObject) => Promise<JsonObject>;

function elicit(message: string): { method: string; params: JsonObject } {
  return { method: "elicitation/create", params: { mode: "form", message, requestedSchema: FORM } };
}

function toolsOf(seen: Seen): Record<string, Tool> {
  return {
    echo: async (_exchange, args) => text(JSON.stringify(args)),
    big: async (_exchange, args) => text("x".repeat(Number(args["size"]))),
    progress: async (exchange, args, params) => {
      const token = (params["_meta"] as JsonObject | undefined)?.["progressToken"];
      for (let step = 1; step <= Number(args["steps"]); step += 1) {
        if (token !== undefined) {
          exchange.notify("notifications/progress", { progressToken: token, progress: step, total: 3 });
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return text("done");
    },
    wait: async (exchange, args) => {
      const key = args["key"] as string;
      return new Promise((resolve, reject) => {
        seen.release.set(key, () => resolve(text(`released ${key}`)));
        exchange.signal.addEventListener("abort", () => {
          seen.aborted.push(key);
          reject(exchange.signal.reason);
        });
      });
    },
    ask: async (exchange) => {
      const answers = await exchange.ask({ who: elicit("your name?") });
      return text(JSON.stringify(answers["who"]));
    },
    "ask-twice": async (exchange) => {
      const first = await exchange.ask({ a: elicit("first?"), b: elicit("second?") });
      const second = await exchange.ask({ c: elicit("third?") });
      return text(JSON.stringify({ ...first, ...second }));
    },
    // As when a server asks, and answers or dies before it was told: the call ends while its client is away.
    "ask-and-go": async (exchange, args) => {
      exchange.ask({ who: elicit("your name?") }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.heard = exchange.isHeard();
      if (args["fails"] === true) throw new RpcError(-32001, "it died");
      return text("went on");
    },
    // The conformance suite's name for a call that takes its time.
    test_reconnection: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return text("reconnected");
    },
    fail: async () => Promise.reject(new RpcError(-32602, "no such thing", { code: "nothing" })),
    bug: async () => Promise.reject(new TypeError("secret detail")),
  };
}

function echoRoad(seen: Seen): Road {
  const tools = toolsOf(seen);
  return {
    describe: async (exchange) => {
      seen.exchanges.push(exchange);
      const capabilities = {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
      };
      return { capabilities, serverInfo: { name: "echo", version: "1" }, instructions: "say something" };
    },
    handle: async (exchange, method, params) => {
      seen.handled.push({ method, params, exchange });
      if (method === "tools/list") return { tools: listed(Object.keys(tools)) };
      if (method === "subscriptions/listen") return { notifications: params["notifications"] as Json };
      if (method === "resources/subscribe") return {};
      const tool = method === "tools/call" ? tools[params["name"] as string] : undefined;
      if (tool === undefined) throw new RpcError(-32601, `no method ${method}`);
      return tool(exchange, (params["arguments"] ?? {}) as JsonObject, params);
    },
    notified: (_exchange, method, params) => void seen.notified.push({ method, params }),
  };
}

function listed(names: readonly string[]): JsonObject[] {
  return names.map((name) => ({ name, description: name, inputSchema: { type: "object" } }));
}

// Requests by hand.

export const BOTH = "application/json, text/event-stream";

export async function post(
  target: DoorUnderTest,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(target.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: BOTH, authorization: "Bearer a", ...headers },
    body: isRaw(body) ? body : JSON.stringify(body),
  });
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" || body instanceof Uint8Array;
}

/** Opens a legacy session; returns the headers that its requests need. */
export async function openSession(
  target: DoorUnderTest,
  options: { agent?: string; version?: string; capabilities?: JsonObject } = {},
): Promise<Record<string, string>> {
  const { agent = "a", version = "2025-11-25", capabilities = { elicitation: {} } } = options;
  const authorization = `Bearer ${agent}`;
  const params = { protocolVersion: version, capabilities, clientInfo: { name: "t", version: "1" } };
  const reply = await post(
    target,
    { jsonrpc: "2.0", id: 0, method: "initialize", params },
    { authorization },
  );
  const session = reply.headers.get("mcp-session-id") ?? "";
  await reply.body?.cancel();
  return { authorization, "mcp-session-id": session, "mcp-protocol-version": version };
}

export function call(
  id: number | string,
  name: string,
  args: JsonObject = {},
  meta?: JsonObject,
): JsonObject {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}

/** A modern request with its headers. */
export function modern(
  id: number | string,
  method: string,
  params: JsonObject = {},
  capabilities: JsonObject = { elicitation: {} },
): { body: JsonObject; headers: Record<string, string> } {
  const meta = {
    ...((params["_meta"] ?? {}) as JsonObject),
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
  const name = params["name"] ?? params["uri"];
  const headers = {
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": name } : {}),
  };
  return { body: { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } }, headers };
}

/** A bare connection, for what no HTTP client would send. */
export async function rawSocket(
  target: DoorUnderTest,
): Promise<{ socket: Socket; received: () => string; closed: Promise<void> }> {
  const socket = connect(target.port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1");
  socket.setNoDelay(true);
  socket.on("data", (chunk: string) => void (received += chunk));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await new Promise<void>((resolve) => socket.on("connect", () => resolve()));
  return { socket, received: () => received, closed };
}

/** Waits until `holds`, looking every few milliseconds; fails the test by running into its timeout. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** HTTP status, JSON-RPC code and our own code of a refusal. */
export async function errorOf(reply: Response): Promise<[number, unknown, unknown]> {
  const { error } = (await reply.json()) as { error: { code: number; data: JsonObject } };
  return [reply.status, error.code, error.data["code"]];
}
