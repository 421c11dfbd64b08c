import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer, type Server } from "node:https";
import { request } from "node:http";
import { type AddressInfo, connect as connectPlain, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { fetch as undiciFetch, ProxyAgent, WebSocket } from "undici";
import { WebSocketServer } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certifyHost, makeAuthority } from "#authority";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// Real clients through a real Doorward: curl and undici, over HTTP and over TLS that is read under its own authority, to a
// host whose certificate is checked as ever.

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "doorward-http-journey-"));
const upstreams = authorityOf("The world outside");
const before = process.env["NODE_EXTRA_CA_CERTS"];

let house: HttpHouse;
let plain: Host;
let secure: Server;
let sockets: WebSocketServer;
let key = "";
let ours = "";
let at = "";

beforeAll(async () => {
  process.env["NODE_EXTRA_CA_CERTS"] = file("world.pem", upstreams.certificate);
  [house, plain] = [await openHttpHouse(), await openHost()];
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  const leaf = leafOf("localhost", upstreams);
  secure = createTlsServer({ cert: leaf.certificate, key: leaf.key }, (asked, response) => {
    response.setHeader("content-type", "text/plain");
    response.end(`${asked.method} ${asked.url}`);
  }).listen(0, "127.0.0.1");
  await once(secure, "listening");
  at = `localhost:${(secure.address() as AddressInfo).port}`;
  sockets = new WebSocketServer({ server: secure });
  sockets.on("connection", (socket) => {
    socket.on("message", (data) => socket.send(`you said ${(data as Buffer).toString()}`));
  });
  key = await house.session("surfer");
  await house.grant("surfer", at);
  await house.grant("surfer", plain.name);
  ours = file("ours.pem", await authorityAt(house, key, at));
});
afterAll(async () => {
  await house?.close();
  await plain?.close();
  sockets?.close();
  secure?.closeAllConnections();
  secure?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasCurl)("curl (skipped where it is not installed)", () => {
  test("gets a page over TLS, under our authority alone", async () => {
    expect(await house.curl(key, "--cacert", ours, `https://${at}/page?x=1`)).toBe("GET /page?x=1");
    expect(await house.curl(key, `https://${at}/page`)).toMatch(/certificate/i);
  });

  test("reads a refusal as lines, whole", async () => {
    const said = await house.curl(key, "--cacert", ours, "https://elsewhere.example/");
    expect(said).toMatch(/^Refused by Doorward: /);
    expect(said).toContain("doorward hosts grant surfer elsewhere.example --access read");
  });

  test("speaks HTTP/2 inside the tunnel", async () => {
    const said = await house.curl(
      key,
      "--cacert",
      ours,
      "--http2",
      "-w",
      " %{http_version}",
      `https://${at}/two`,
    );
    expect(said).toBe("GET /two 2");
  });
});

test("undici's fetch goes through it, and reads a refusal as problem details", async () => {
  const dispatcher = agentOf();
  const got = await undiciFetch(`https://${at}/fetched`, { dispatcher });
  expect([got.status, await got.text()]).toEqual([200, "GET /fetched"]);
  const no = await undiciFetch("https://elsewhere.example/", { dispatcher });
  expect([no.status, no.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
  expect(await no.json()).toMatchObject({ code: "no_permit", doorward: { kind: "refused", retry: "never" } });
  await dispatcher.close();
});

test("a lifeline stays while its session may act, and ends at once where it was stopped before", async () => {
  const agent = await house.session("alive");
  const living = lifeline(agent);
  await living.open;
  await house.admin.perform("stops.add", { kind: "agent", target: "alive", reason: "enough" });
  expect(await living.ended).toMatch(/^ended stopped the agent alive was stopped/);
  // As `doorward run` makes one anew whose connection broke while the stop was made.
  expect(await lifeline(agent).ended).toMatch(/^ended stopped the agent alive was stopped .*: enough\r\n/);
  await house.admin.perform("agents.revoke", { agent: "alive" });
  expect(await lifeline(agent).ended).toMatch(/^ended proxy_unauthenticated /);
  await house.admin.perform("stops.end", { kind: "agent", target: "alive" });
});

/** As `doorward run` holds one (docs/formats/proxy.md, section 5). */
function lifeline(of: string) {
  const { hostname, port } = new URL(house.proxy);
  const socket = connectPlain(Number(port), hostname, () => socket.write(`DOORWARD-LIFELINE/1 ${of}\r\n`));
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(socket, "close").then(() => said);
  return { open: house.get(of, `${plain.url}/alive`), ended };
}

test("a held request is answered 403 with its request's id; after a yes the same request is sent once and collected", async () => {
  const agent = await house.session("writer");
  await house.grant("writer", plain.name);
  await house.get(agent, `${plain.url}/read`);
  const sent = { method: "POST", body: '{"total":7}', headers: { "content-type": "application/json" } };
  const held = await house.get(agent, `${plain.url}/orders`, sent);
  expect([held.status, held.code]).toEqual([403, "held"]);
  const { doorward } = JSON.parse(held.text) as { doorward: { approval: string; retry: string } };
  expect(doorward.retry).toBe("after-approval");
  const card = JSON.stringify(await house.admin.perform("approvals.get", { approval: doorward.approval }));
  for (const shown of ["POST", `${plain.url}/orders`, "total"]) expect(card).toContain(shown);
  expect(plain.reached.filter(({ url }) => url === "/orders")).toEqual([]);
  await house.admin.perform("approvals.approve", { approval: doorward.approval });
  const other = await house.get(agent, `${plain.url}/orders`, { ...sent, body: '{"total":8}' });
  expect(other.code).toBe("held");
  const done = await house.get(agent, `${plain.url}/orders`, sent);
  expect([done.status, done.text]).toEqual([200, "fine"]);
  expect(plain.reached.filter(({ url }) => url === "/orders").map(({ body }) => body)).toEqual([
    '{"total":7}',
  ]);
  const again = await house.get(agent, `${plain.url}/orders`, sent);
  expect(again.code).toBe("held");
});

test("a client that left is not asked again: what a person then approves is sent by its retry, once", async () => {
  const agent = await house.session("leaver");
  await house.grant("leaver", plain.name);
  await house.get(agent, `${plain.url}/read`);
  const url = `${plain.url}/left`;
  await house
    .get(agent, url, { method: "POST", body: "x", signal: AbortSignal.timeout(300) })
    .catch(() => null);
  const { items } = await house.admin.perform("approvals.list", {});
  const waiting = (items as readonly { id: string; target: string }[]).find(({ target }) =>
    target.endsWith("/left"),
  );
  await house.admin.perform("approvals.approve", { approval: waiting?.id });
  expect(plain.reached.filter((one) => one.url === "/left")).toEqual([]);
  expect((await house.get(agent, url, { method: "POST", body: "x" })).status).toBe(200);
  expect(plain.reached.filter((one) => one.url === "/left").length).toBe(1);
});

test("an answer that breaks off is on record as unknown, and is not asked for again", async () => {
  plain.answer = (_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  };
  const count = plain.reached.length;
  await expect(house.get(key, `${plain.url}/half`)).rejects.toThrow("aborted");
  expect(plain.reached.length).toBe(count + 1);
  plain.answer = (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("fine");
});

test("every message over a WebSocket is decided: what comes back taints, and what is sent then waits", async () => {
  const agent = await house.session("talker");
  await house.grant("talker", at);
  const dispatcher = agentOf(agent);
  const socket = new WebSocket(`wss://${at}/feed`, { dispatcher });
  await once(socket as unknown as EventTarget & NodeJS.EventEmitter, "open");
  const heard: string[] = [];
  socket.addEventListener("message", ({ data }) => heard.push(String(data)));
  const closed = once(socket as unknown as EventTarget & NodeJS.EventEmitter, "close");
  socket.send('{"first":1}');
  await expect.poll(() => heard).toEqual(['you said {"first":1}']);
  socket.send('{"second":2}');
  await closed;
  expect(heard.length).toBe(1);
  const { items } = await house.admin.perform("approvals.list", {});
  expect(JSON.stringify(items)).toContain("http/message");
  await dispatcher.close();
});

test("whoever is revoked is cut in the middle of an answer", async () => {
  const agent = await house.session("cutter");
  await house.grant("cutter", plain.name);
  plain.answer = (_, response) =>
    void response.writeHead(200, { "content-type": "text/plain" }).write("begun");
  const getting = house.get(agent, `${plain.url}/endless`).then(
    () => "whole",
    () => "cut",
  );
  await expect.poll(() => plain.reached.some(({ url }) => url === "/endless")).toBe(true);
  await house.admin.perform("agents.revoke", { agent: "cutter" });
  expect(await getting).toBe("cut");
  plain.answer = (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("fine");
});

function agentOf(who = key): ProxyAgent {
  const token = `Basic ${Buffer.from(`agent:${who}`).toString("base64")}`;
  return new ProxyAgent({ uri: house.proxy, token, requestTls: { ca: authority } });
}

let authority = "";
/** The certificate that the door's own are made under; it is made with the first of them. */
async function authorityAt(of: HttpHouse, who: string, target: string): Promise<string> {
  const { hostname, port } = new URL(of.proxy);
  const asked = request({
    host: hostname,
    port,
    method: "CONNECT",
    path: target,
    headers: { host: target, "proxy-authorization": `Basic ${Buffer.from(`a:${who}`).toString("base64")}` },
  }).end();
  const [, tunnel] = (await once(asked, "connect")) as [unknown, Socket];
  const shown: TLSSocket = connectTls({ socket: tunnel, servername: "localhost", rejectUnauthorized: false });
  await once(shown, "secureConnect");
  shown.destroy();
  const database = new DatabaseSync(join(of.running.directory, "doorward.db"), { readOnly: true });
  authority = String(database.prepare("SELECT certificate FROM vault_authority").get()?.["certificate"]);
  database.close();
  return authority;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function authorityOf(name: string) {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return makeAuthority({ name, now: Date.now(), random: randomBytes, keys });
}

function leafOf(host: string, under: ReturnType<typeof authorityOf>) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const certificate = certifyHost({
    authority: under,
    host,
    publicKey: spki,
    now: Date.now(),
    random: randomBytes,
  });
  return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }) };
}
