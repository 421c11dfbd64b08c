import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApi } from "#api";
import { bearerOf, type Caller, secretKind } from "#identity";
import { Fault } from "#base";
import { createOperationsMcp } from "#mcp";
import { createPerformOnce } from "#operations";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { openWorld, type World } from "./operations.ts";

/** The API and the MCP face over a world, on a real socket. The bearer token is the user's name. */
export interface OperationsServer {
  readonly world: World;
  readonly url: string;
  readonly reports: string[];
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
  const shared = {
    version: "0.0.0",
    authenticate: async (request: IncomingMessage) => {
      const token = bearerOf(request.headers.authorization);
      if (token !== null && secretKind(token) === "agent-key")
        throw new Fault("agent_refused", "an agent's key", "No.");
      return token !== null && token in world.ids.users ? world.as(token).caller : null;
    },
    context: (caller: Caller, progress: (text: string) => void) => ({
      ...world.as(caller.name, { via: caller.via }),
      progress,
    }),
    performOnce: createPerformOnce(),
    parseJson: (bytes: Uint8Array) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    report: (event: string) => void reports.push(event),
  };
  const faces = [createApi(shared), createOperationsMcp(shared)];
  const server = createServer((request, response) => {
    if (!faces.some((face) => face(request, response))) response.writeHead(404).end();
  });
  const url = await listening(server);
  return {
    world,
    url,
    reports,
    send: (name, request, more = {}) => send(url, name, request, more),
    close: () => new Promise((resolve) => server.close(() => resolve())),
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
