import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer, type Server } from "node:https";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ProxyAgent, WebSocket } from "undici";
import { WebSocketServer } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certifyHost, makeAuthority } from "#authority";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// Everything that can be open at the http door, and a stop of each kind that covers it: each client has to see its end, and
// what somebody else has open stays.

const folder = mkdtempSync(join(tmpdir(), "doorward-stop-http-"));
const upstreams = authorityOf("The world outside");

let house: HttpHouse;
let plain: Host;
let secure: Server;
let passed: Server;
let at = "";
let past = "";

beforeAll(async () => {
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  const world = join(folder, "world.pem");
  writeFileSync(world, upstreams.certificate);
  process.env["NODE_EXTRA_CA_CERTS"] = world;
  [house, plain] = [await openHttpHouse(), await openHost()];
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  [secure, passed] = [await openSecure(), await openSecure()];
  const sockets = new WebSocketServer({ server: secure });
  sockets.on("connection", (socket) => socket.on("error", () => {}));
  [at, past] = [secure, passed].map((server) => `localhost:${(server.address() as AddressInfo).port}`) as [
    string,
    string,
  ];
  plain.answer = ({ url }, response) => {
    if (url === "/silent") return;
    if (url === "/v1/models") {
      const data = [{ id: "served", object: "model" }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ object: "list", data }));
      return;
    }
    const type = url === "/events" ? "text/event-stream" : "text/plain";
    response.writeHead(200, { "content-type": type }).write("data: begun\n\n");
  };
  await house.admin.perform("users.add", { name: "una", roles: ["owner"] });
});
afterAll(async () => {
  await house?.close();
  await plain?.close();
  for (const server of [secure, passed]) {
    server?.closeAllConnections();
    server?.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Answers begin and never end. */
async function openSecure(): Promise<Server> {
  const leaf = leafOf("localhost");
  const server = createTlsServer({ cert: leaf.certificate, key: leaf.key }, (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).write("begun");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

interface Open {
  readonly what: string;
  /** Whether the client has seen its end. */
  readonly isOver: () => boolean;
  /** What the client was told until then. */
  readonly said: () => string | null;
  readonly close: () => void;
}

function openOf(what: string, close: () => void) {
  const state = { over: false, said: null as string | null };
  const over = (said: string | null = null): void => {
    state.over = true;
    state.said ??= said;
  };
  const open: Open = { what, isOver: () => state.over, said: () => state.said, close };
  return { open, over };
}

function asked(key: string, path: string, more: object = {}): ClientRequest {
  const { hostname, port } = new URL(house.proxy);
  const credentials = `Basic ${Buffer.from(`agent:${key}`).toString("base64")}`;
  const host = path.replace(/^http:\/\/([^/]+).*$/, "$1");
  const headers = { host, "proxy-authorization": credentials };
  return request({ host: hostname, port, path, agent: false, headers, ...more });
}

/** A request whose answer began, or not; `upload`: one that is still being sent. */
async function requesting(what: "silent" | "streaming" | "events" | "upload", key: string): Promise<Open> {
  const sending = asked(key, `${plain.url}/${what}`, { method: what === "upload" ? "POST" : "GET" });
  const { open, over } = openOf(what, () => sending.destroy());
  sending.on("error", () => over()).on("close", () => over());
  const answered = once(sending, "response").catch(() => []) as Promise<[IncomingMessage?]>;
  const reading = answered.then(([response]) => {
    let text = "";
    response?.setEncoding("utf8").on("data", (part: string) => (text += part));
    response?.on("error", () => over()).on("close", () => over(text));
    return response?.statusCode;
  });
  if (what === "upload") {
    sending.setHeader("content-type", "application/octet-stream");
    sending.write("a part of it");
    return open;
  }
  sending.end();
  if (what !== "silent") {
    const status = await reading;
    if (status !== 200) throw new Error(`${what}: answered ${status}`);
  }
  return open;
}

async function tunnelTo(key: string, target: string, rejectUnauthorized: boolean): Promise<TLSSocket> {
  const connecting = asked(key, target, { method: "CONNECT" }).end();
  const [response, socket] = (await once(connecting, "connect")) as [IncomingMessage, Socket];
  if (response.statusCode !== 200) throw new Error(`no tunnel: ${JSON.stringify(response.headers)}`);
  const tls = connectTls({ socket, servername: "localhost", rejectUnauthorized, ca: upstreams.certificate });
  await once(tls, "secureConnect");
  return tls;
}

/** Read under our authority (`at`), or passed through to the host's own certificate (`past`). */
async function tunnelling(what: "intercepted" | "tunnel", key: string): Promise<Open> {
  const tls = await tunnelTo(key, what === "tunnel" ? past : at, what === "tunnel");
  const { open, over } = openOf(what, () => tls.destroy());
  tls.on("error", () => over()).on("close", () => over());
  tls.write(`GET /endless HTTP/1.1\r\nhost: ${what === "tunnel" ? past : at}\r\n\r\n`);
  const [begun] = (await once(tls, "data")) as [Buffer];
  expect(begun.toString()).toMatch(/^HTTP\/1\.1 200/);
  tls.on("data", (bytes: Buffer) => void (bytes.length === 0 ? over() : null));
  return open;
}

async function chatting(key: string): Promise<Open> {
  const token = `Basic ${Buffer.from(`agent:${key}`).toString("base64")}`;
  const dispatcher = new ProxyAgent({ uri: house.proxy, token, requestTls: { rejectUnauthorized: false } });
  const socket = new WebSocket(`wss://${at}/chat`, { dispatcher });
  const { open, over } = openOf("websocket", () => void dispatcher.destroy());
  socket.addEventListener("close", () => over());
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("no WebSocket")));
  });
  return open;
}

async function allOpen(key: string): Promise<Open[]> {
  const silent = plain.reached.length;
  const first = [await requesting("upload", key), await requesting("silent", key)];
  await expect.poll(() => plain.reached.slice(silent).map(({ url }) => url)).toContain("/silent");
  return [
    ...first,
    await requesting("streaming", key),
    await requesting("events", key),
    await tunnelling("intercepted", key),
    await tunnelling("tunnel", key),
    await chatting(key),
  ];
}

interface Surfer {
  readonly key: string;
  readonly session: string;
  readonly credential: string;
}

async function surfer(name: string): Promise<Surfer> {
  await house.session(name);
  const started = await house.admin.perform("sessions.start", { agent: name });
  // What it reads of strangers would end what it has open by itself (T6): these are the organisation's own.
  await house.grant(name, at, { trusted: true });
  await house.grant(name, past, { passThrough: true, trusted: true });
  await house.grant(name, plain.name, { trusted: true });
  const { keys } = await house.admin.perform("agents.get", { agent: name });
  const own = (keys as { id: string; session: string }[]).find(
    ({ session }) => session === started["session"],
  );
  return { key: String(started["key"]), session: String(started["session"]), credential: own?.id ?? "" };
}

const ended = (all: readonly Open[]): string[] => all.filter((one) => one.isOver()).map(({ what }) => what);
const names = (all: readonly Open[]): string[] => all.map(({ what }) => what);

describe("everything open at the http door", () => {
  test.each(["agent", "session", "user", "credential", "everything"])(
    "is cut by a stop of its %s, and what another agent has open stays unless everything is stopped",
    async (kind) => {
      const [mine, other] = [await surfer(`mine-${kind}`), await surfer(`other-${kind}`)];
      if (kind === "user")
        await house.admin.perform("agents.set-owner", { agent: "mine-user", owner: "una" });
      const [opened, beside] = [await allOpen(mine.key), await allOpen(other.key)];
      expect([ended(opened), ended(beside)]).toEqual([[], []]);
      const targets: Record<string, string> = {
        agent: "mine-agent",
        user: "una",
        session: mine.session,
        credential: mine.credential,
      };
      const target = targets[kind];
      const named = target === undefined ? { kind } : { kind, target };
      await house.admin.perform("stops.add", { ...named, reason: "it surfs wildly" });
      await expect.poll(() => ended(opened)).toEqual(names(opened));
      const { said } = opened.find(({ what }) => what === "silent") ?? {};
      await expect.poll(() => said?.()).toMatch(/stopped[^]*it surfs wildly/);
      await expect.poll(() => ended(beside)).toEqual(kind === "everything" ? names(beside) : []);
      const again = await house.get(mine.key, `${plain.url}/again`);
      expect([again.status, again.code]).toEqual([403, "stopped"]);
      await house.admin.perform("stops.end", named);
      for (const one of [...opened, ...beside]) one.close();
      const after = await requesting("streaming", mine.key);
      expect(after.isOver()).toBe(false);
      after.close();
    },
  );

  test("is cut by a stop of its host, under every name of this machine; what is open to another host stays", async () => {
    const [{ key }, tunneller] = [await surfer("hosted"), await surfer("tunneller")];
    const [opened, apart] = [await allOpen(key), await tunnelling("tunnel", tunneller.key)];
    const stop = (target: string, reason: string) =>
      house.admin.perform("stops.add", { kind: "host", target, reason });
    await stop(at, "it serves malware");
    const read = ["upload", "silent", "streaming", "events"];
    // A request that was sent and cut failed in words that may be others'. Nobody reads a tunnel, and its session may have none then.
    await expect.poll(() => ended(opened)).toEqual(["intercepted", "tunnel", "websocket"]);
    const { items } = await house.admin.perform("actions.list", { agent: "hosted" });
    const cut = (items as { verb: string; code: string | null }[]).find(({ code }) => code !== null);
    expect(cut?.code).toBe("no_longer_allowed");
    expect(ended([apart])).toEqual([]);
    await stop(past.replace("localhost", "[::1]"), "the other port");
    await expect.poll(() => ended([apart])).toEqual(["tunnel"]);
    expect(ended(opened).filter((what) => read.includes(what))).toEqual([]);
    await stop("localhost", "all of this machine");
    // What is still being read in has gone nowhere yet: it is refused once it is whole.
    const sent = names(opened).filter((what) => what !== "upload");
    await expect.poll(() => ended(opened)).toEqual(sent);
    expect((await house.get(key, `${plain.url}/again`)).code).toBe("stopped");
    for (const target of [at, past.replace("localhost", "[::1]"), "localhost"])
      await house.admin.perform("stops.end", { kind: "host", target });
    for (const one of opened) one.close();
  });

  test("and what is read of a host around the server that governs it is cut by a stop of that server", async () => {
    const { key } = await surfer("around");
    const url = `${plain.url}/v1`;
    await house.admin.perform("upstreams.add", { name: "governor", kind: "openai", url, allowPrivate: true });
    const opened = [await requesting("events", key), await tunnelling("tunnel", key)];
    await house.admin.perform("stops.add", { kind: "server", target: "governor", reason: "looks odd" });
    await expect.poll(() => opened[0]?.isOver()).toBe(true);
    const refused = await house.get(key, `${plain.url}/around`);
    expect([refused.status, refused.code]).toEqual([403, "stopped"]);
    expect(refused.text).toMatch(/server governor was stopped.*looks odd/);
    await house.admin.perform("stops.end", { kind: "server", target: "governor" });
    await house.admin.perform("upstreams.remove", { upstream: "governor" });
    for (const one of opened) one.close();
  });
});

function authorityOf(name: string) {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return makeAuthority({ name, now: Date.now(), random: randomBytes, keys });
}

function leafOf(host: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const named = { authority: upstreams, host, publicKey: spki, now: Date.now(), random: randomBytes };
  return { certificate: certifyHost(named), key: privateKey.export({ type: "pkcs8", format: "pem" }) };
}
