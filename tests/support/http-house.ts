import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../journeys/doorward-process.ts";

/** What a host was asked. */
export interface Reached {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A host on loopback that answers as it is told. */
export interface Host {
  /** `127.0.0.1:PORT`, as hosts are granted. */
  readonly name: string;
  readonly url: string;
  readonly reached: Reached[];
  answer: (asked: Reached, response: ServerResponse) => void;
  readonly close: () => Promise<void>;
}

export async function openHost(): Promise<Host> {
  const reached: Reached[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const asked = { method, url, headers, body: Buffer.concat(parts).toString() };
      reached.push(asked);
      host.answer(asked, response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host: Host = {
    name,
    url: `http://${name}`,
    reached,
    answer: (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("fine"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Of an answer of Doorward's own. */
  readonly code: string | null;
}

/** A Doorward of its own process, its http door, and agents behind it. */
export interface HttpHouse {
  readonly running: Running;
  readonly admin: Admin;
  /** http://127.0.0.1:PORT of the proxy. */
  readonly proxy: string;
  /** A session of the agent's; answers its key. */
  readonly session: (agent: string, words?: string) => Promise<string>;
  readonly grant: (agent: string, host: string, more?: object) => Promise<void>;
  /** One request through the proxy, over a connection of its own. */
  readonly get: (key: string, url: string, more?: Sent) => Promise<Got>;
  readonly curl: (key: string, ...args: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export async function openHttpHouse(settings = "holds: { waitSeconds: 1 }\n"): Promise<HttpHouse> {
  const { path, remove } = scratch();
  writeFileSync(join(path, "doorward.yaml"), settings, { mode: 0o600 });
  const running = await startDoorward(path);
  const admin = await signIn(running);
  const proxy = /HTTP door +(http:\S+)/.exec(running.said())?.[1] ?? "";
  const agents = new Set<string>();
  return {
    running,
    admin,
    proxy,
    session: async (agent, words) => {
      if (!agents.has(agent)) await admin.perform("agents.add", { name: agent });
      agents.add(agent);
      const mandate = words === undefined ? {} : { mandate: words };
      return String((await admin.perform("sessions.start", { agent, ...mandate }))["key"]);
    },
    grant: async (agent, host, more = {}) =>
      void (await admin.perform("hosts.grant", { agent, host, access: "write", private: true, ...more })),
    get: (key, url, sent = {}) => through(proxy, key, { url, ...sent }),
    curl: (key, ...args) => curl(proxy, key, args),
    close: async () => {
      await running.stop();
      remove();
    },
  };
}

/** One request through a proxy. */
export async function through(
  proxy: string,
  key: string,
  sent: Sent & { readonly url: string },
): Promise<Got> {
  const { hostname, port } = new URL(proxy);
  const credentials = Buffer.from(`agent:${key}`).toString("base64");
  const request = ask({
    host: hostname,
    port,
    method: sent.method ?? "GET",
    path: sent.url,
    agent: false,
    headers: { host: new URL(sent.url).host, "proxy-authorization": `Basic ${credentials}`, ...sent.headers },
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
  });
  // Whoever is refused in the middle of an upload has the answer all the same.
  request.on("error", () => {});
  request.end(sent.body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const refusal = response.headers["doorward-refusal"];
  const code = typeof refusal === "string" ? (refusal.split(";")[0] ?? null) : null;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(parts).toString(),
    code,
  };
}

async function curl(proxy: string, key: string, args: readonly string[]): Promise<string> {
  const child = spawn("curl", ["-sS", "-m", "30", "-x", proxy, "-U", `agent:${key}`, ...args]);
  let said = "";
  child.stdout.on("data", (part: Buffer) => (said += part.toString()));
  child.stderr.on("data", (part: Buffer) => (said += part.toString()));
  await once(child, "close");
  return said;
}
