import { connect, type Socket } from "node:net";
import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import type { Fault } from "#base";
import {
  openProxy,
  type Origin,
  type Presented,
  type ProxiedAnswer,
  type ProxiedRequest,
  type Proxy,
  type ProxyLimits,
  type ProxyRoad,
} from "#proxy";
import { type TestAuthority, testAuthority } from "./certificates.ts";

/** Whom the test's road knows: whoever gives the password or key `key-NAME`. */
export interface ProxyHouse {
  readonly proxy: Proxy<string>;
  readonly port: number;
  readonly authority: TestAuthority;
  readonly requests: ProxiedRequest[];
  readonly refusals: { readonly who: string | null; readonly code: string; readonly origin: Origin | null }[];
  readonly reports: unknown[];
}

export interface HouseOptions {
  readonly road?: Partial<ProxyRoad<string>>;
  readonly limits?: Partial<ProxyLimits>;
  readonly authority?: TestAuthority;
}

export const AUTHORIZATION = `Basic ${Buffer.from("agent:key-ada").toString("base64")}`;

/** A proxy whose road says what it was asked: method, origin, path, query and body, as JSON, unless a test has its own. */
export async function openProxyHouse({ road, limits, authority }: HouseOptions = {}): Promise<ProxyHouse> {
  const own = authority ?? testAuthority();
  const requests: ProxiedRequest[] = [];
  const refusals: ProxyHouse["refusals"][number][] = [];
  const reports: unknown[] = [];
  const proxy = await openProxy<string>({
    listen: { addresses: ["127.0.0.1", "::1"], port: 0 },
    road: {
      identify,
      nameOf: (who) => who,
      connect: async () => ({ kind: "intercept" }),
      request: async (who, request) => {
        requests.push(request);
        return told(who, request);
      },
      socket: async () => ({ kind: "answered", answer: text(403, "no sockets") }),
      refused: (who, fault: Fault, origin) => void refusals.push({ who, code: fault.code, origin }),
      ...road,
    },
    certificates: own.certificates,
    ...(limits && { limits }),
    ambient: {
      now: Date.now,
      monotonic: () => performance.now(),
      id: (prefix) => `${prefix}_1`,
      random: (bytes) => randomBytes(bytes),
    },
    report: (event, detail) => void reports.push([event, detail]),
  });
  onTestFinished(() => proxy.close());
  return { proxy, port: proxy.port, authority: own, requests, refusals, reports };
}

function identify(presented: Presented): string | null {
  const secret =
    presented.kind === "basic"
      ? presented.password
      : presented.kind === "bearer"
        ? presented.token
        : presented.kind === "relay" || presented.kind === "lifeline"
          ? presented.key
          : "";
  return /^key-(.+)$/.exec(secret)?.[1] ?? null;
}

export async function told(who: string, request: ProxiedRequest): Promise<ProxiedAnswer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of request.body?.chunks() ?? []) parts.push(chunk);
  const { method, origin, path, query, protocol } = request;
  const body = Buffer.concat(parts).toString();
  return text(200, JSON.stringify({ who, method, origin, path, query, protocol, body }));
}

export function text(status: number, words: string): ProxiedAnswer {
  const bytes = Buffer.from(words);
  return {
    status,
    headers: [
      ["content-type", "text/plain"],
      ["content-length", String(bytes.length)],
    ],
    body: from([bytes]),
  };
}

export async function* from(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Sends bytes as they are, and gives back everything until the proxy ends the connection or is silent for a while. */
export async function raw(port: number, bytes: string | Buffer, quietMs = 250): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return everything(socket, quietMs);
}

export function everything(socket: Socket, quietMs = 250): Promise<string> {
  let came = "";
  return new Promise((resolve) => {
    const done = (): void => {
      socket.destroy();
      resolve(came);
    };
    const quiet = setTimeout(done, quietMs * 8);
    socket.on("data", (chunk) => {
      came += chunk.toString("latin1");
      clearTimeout(quiet);
      setTimeout(done, quietMs);
    });
    socket.on("close", done).on("error", done);
  });
}
