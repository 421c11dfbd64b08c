import { isIP, type Socket } from "node:net";
import { buildConnector } from "undici";
import { openConnection } from "./connect.ts";
import { proxyRefused, proxyUnreachable } from "./faults.ts";
import { createGuard, type Guard, type OwnAddress } from "./guard.ts";
import { CONNECT_TIMEOUT_MS, type NetworkProxy, PROXY_HEAD_BYTES_MAX } from "./rules.ts";

export interface ProxiedWay {
  readonly proxy: NetworkProxy;
  /** Of the destination; the proxy itself may be at any address that is not forbidden. */
  readonly guard: Guard;
  readonly tls: buildConnector.BuildOptions;
  readonly own: () => readonly OwnAddress[];
}

/** A connector by way of an HTTP proxy: CONNECT for TLS (RFC 9110, 9.3.6), the proxy itself for plain HTTP. */
export function throughProxy(way: ProxiedWay): buildConnector.connector {
  return (target, done) => {
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    const reached = (socket: Socket): void => {
      if (target.protocol === "https:") buildConnector(way.tls)({ ...target, httpSocket: socket }, done);
      else done(null, socket);
    };
    const failed = (cause: unknown): void =>
      done(cause instanceof Error ? cause : new Error(String(cause)), null);
    reachProxy(way, url, port).then(reached, failed);
  };
}

async function reachProxy(way: ProxiedWay, url: URL, port: number): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol === "https:") return tunnelled(way, { url, host, port });
  await judged(way.guard, { host, port });
  return dialProxy(way);
}

export interface TunnelTarget {
  readonly url: URL;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Judges the destination, and has the proxy connect to it. Faults `egress_proxy_*`, and those of the guard. */
export async function tunnelled(way: ProxiedWay, target: TunnelTarget): Promise<Socket> {
  await judged(way.guard, target);
  const socket = await dialProxy(way);
  const { host, port, url } = target;
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...credentialsOf(way.proxy)];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const status = await answerTo(socket);
  if (/^HTTP\/1\.[01] 2\d\d\b/.test(status)) return socket;
  socket.destroy();
  throw proxyRefused(url, status === "" ? "it ended the connection" : status.slice(0, 80));
}

/** What resolves here is judged here; a name that only the proxy knows is the proxy's to judge. */
export function judged(guard: Guard, { host, port }: Pick<TunnelTarget, "host" | "port">): Promise<void> {
  if (isIP(host) !== 0) {
    guard.check(host, port);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    guard.lookup(port)(host, { all: true }, (error) => {
      const isUnknown = error !== null && "syscall" in error && error.syscall === "getaddrinfo";
      if (error === null || isUnknown) resolve();
      else reject(error);
    });
  });
}

async function dialProxy({ proxy, own }: ProxiedWay): Promise<Socket> {
  const guard = createGuard("both", own, () => null);
  try {
    return await openConnection(guard, proxy);
  } catch (cause) {
    throw proxyUnreachable(`${proxy.host}:${proxy.port}`, cause);
  }
}

export function credentialsOf({ user, password }: NetworkProxy): string[] {
  if (user === undefined) return [];
  const both = Buffer.from(`${user}:${password ?? ""}`).toString("base64");
  return [`Proxy-Authorization: Basic ${both}`];
}

/** The first line of the proxy's answer, its head read to the end; what comes behind it stays on the connection. */
function answerTo(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let came = "";
    const settle = (line: string): void => {
      clearTimeout(timer);
      socket.off("data", read).off("close", over).off("error", over);
      resolve(line);
    };
    const over = (): void => settle("");
    const read = (chunk: Buffer): void => {
      came += chunk.toString("latin1");
      const end = came.indexOf("\r\n\r\n");
      if (end < 0) return came.length > PROXY_HEAD_BYTES_MAX ? over() : undefined;
      socket.pause();
      if (came.length > end + 4) socket.unshift(Buffer.from(came.slice(end + 4), "latin1"));
      settle(came.slice(0, came.indexOf("\r\n")));
    };
    const timer = setTimeout(over, CONNECT_TIMEOUT_MS);
    socket.on("data", read).on("close", over).on("error", over);
  });
}
