import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApi, createAuthzen } from "#api";
import { bearerOf, type Caller, secretKind } from "#identity";
import { Fault } from "#base";
import { createOperationsMcp } from "#mcp";
import { createFollowing, createPerformOnce, type Following } from "#operations";
import type { Role } from "#vocabulary";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { openWorld, type World } from "./operations.ts";

/** The API and the MCP face over a world, on a real socket. The bearer token is the user's name. */
export interface OperationsServer {
  readonly world: World;
  readonly url: string;
  readonly reports: string[];
  readonly following: Following;
  /** Users whose session is over; and those whose roles are others by now. */
  readonly ended: Set<string>;
  readonly become: Map<string, readonly Role[]>;
  /** Sends a request as `name`; answers status, headers and body (JSON where it is). */
  readonly send: (name: string, request: string, more?: Sending) => Promise<Sent>;
  readonly close: () => Promise<void>;
}

interface Sending {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function serveOperations(): Promise<OperationsServer> {
  const world = await openWorld();
  const reports: string[] = [];
  const ended = new Set<string>();
  const become = new Map<string, readonly Role[]>();
  const { store, ambient, commits: journal } = world;
  const following = createFollowing({
    store,
    ambient,
    journal,
    report: (event) => void reports.push(event),
  });
  const shared = {
    version: "0.0.0",
    authenticate: async (request: IncomingMessage) => {
      const token = bearerOf(request.headers.authorization);
      if (token !== null && secretKind(token) === "agent-key")
        throw new Fault("agent_refused", "an agent's key", "No.");
      if (token === null || !(token in world.ids.users) || ended.has(token)) return null;
      const roles = become.get(token);
      return world.as(token, roles === undefined ? {} : { roles }).caller;
    },
    context: (caller: Caller, progress: (text: string) => void) => ({
      ...world.as(caller.name, { via: caller.via }),
      progress,
    }),
    performOnce: createPerformOnce(),
    following,
    parseJson: (bytes: Uint8Array) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    report: (event: string) => void reports.push(event),
  };
  const authzen = createAuthzen({ ...shared, base: "https://doorward.example" }, world.ambient);
  const faces = [createApi(shared), authzen, createOperationsMcp(shared)];
  const server = createServer((request, response) => {
    if (!faces.some((face) => face(request, response))) response.writeHead(404).end();
  });
  const url = await listening(server);
  return {
    world,
    url,
    reports,
    following,
    ended,
    become,
    send: (name, request, more = {}) => send(url, name, request, more),
    close: async () => {
      following.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function send(
  url: string,
  name: string,
  request: string,
  { body, raw, headers }: Sending,
): Promise<Sent> {
  const [method = "GET", path = "/"] = request.split(" ");
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(name === "" ? {} : { authorization: `Bearer ${name}` }),
      ...(sent === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}
