import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { fetch, ProxyAgent } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../samples/certificates.ts";
import { type HttpHouse, openHttpHouse } from "../support/http-house.ts";
import { testAuthority } from "../support/proxy/certificates.ts";

// A client certificate of the vault, end to end: an agent's request over TLS that we read, an upstream that takes nobody
// without a certificate. Which one it sees is the agent's own, after the decision; nothing of a key is written down (T12).

const DAY_MS = 86_400_000;
const SOON_MS = 8_000;
const world = testAuthority("The world outside");
const [payer, viewer] = [makeCertificate({ name: "payer" }), makeCertificate({ name: "viewer" })];
const soon = makeCertificate({ name: "soon", until: new Date(Date.now() + DAY_MS) });
const folder = mkdtempSync(join(tmpdir(), "doorward-mtls-"));

let house: HttpHouse;
let bank: Server;
let at = "";
let ours = "";
const shown: string[] = [];
const keys: Record<string, string> = {};
const said: string[] = [];

async function add(name: string, kept: { certificate: string; key: string }, more: object): Promise<void> {
  const { certificate, key: secret } = kept;
  const to = [`https://${at}/accounts`];
  await house.admin.perform("vault.add", { name, kind: "mtls", to, certificate, secret, ...more });
}

beforeAll(async () => {
  const leaf = world.leaf("localhost");
  const ca = [payer.certificate, viewer.certificate, soon.certificate];
  bank = createServer(
    { cert: leaf.certificate, key: leaf.key, requestCert: true, ca },
    (request, response) => {
      const name = String((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
      response.end(`${name} ${request.method} ${request.url}`);
    },
  ).listen(0, "127.0.0.1");
  await once(bank, "listening");
  bank.on("secureConnection", (socket) => shown.push(String(socket.getPeerCertificate().subject?.CN)));
  bank.on("tlsClientError", () => shown.push("nobody"));
  at = `localhost:${(bank.address() as AddressInfo).port}`;
  const trusted = join(folder, "world.pem");
  writeFileSync(trusted, world.certificate);
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  process.env["NODE_EXTRA_CA_CERTS"] = trusted;
  house = await openHttpHouse();
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  ours = String((await house.admin.perform("ca.show"))["certificate"]);
  for (const agent of ["payer", "viewer", "waiter", "stranger"]) keys[agent] = await house.session(agent);
  for (const agent of ["payer", "viewer", "waiter"]) await house.grant(agent, at);
  await add("of-payer", payer, { agents: ["payer", "stranger"] });
  await add("of-viewer", viewer, { agents: ["viewer"] });
}, 90_000);
afterAll(async () => {
  await house?.close();
  bank?.closeAllConnections();
  bank?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function get(agent: string, path = "/accounts/1") {
  const token = `Basic ${Buffer.from(`agent:${keys[agent]}`).toString("base64")}`;
  const dispatcher = new ProxyAgent({ uri: house.proxy, token, requestTls: { ca: ours } });
  const answer = await fetch(`https://${at}${path}`, { dispatcher });
  const text = await answer.text();
  await dispatcher.close();
  said.push(text);
  const code = answer.headers.get("doorward-refusal")?.split(";")[0] ?? null;
  return { status: answer.status, text, code };
}

test("each agent's own certificate is shown, on connections of its own, again and again", async () => {
  for (const agent of ["payer", "viewer", "payer", "viewer"])
    expect(await get(agent)).toMatchObject({ status: 200, text: `${agent} GET /accounts/1` });
  expect([...shown].toSorted()).toEqual(["payer", "viewer"]);
});

test("beside its path, and for an agent that it is not for, nobody's is shown", async () => {
  for (const [agent, path] of [
    ["payer", "/other"],
    ["waiter", "/accounts/1"],
  ] as const) {
    const before = shown.length;
    const { status, code } = await get(agent, path);
    expect([status >= 400, code]).toEqual([true, "egress_certificate_required"]);
    expect(shown.slice(before)).not.toContain("payer");
  }
});

test("an agent that may not go there opens no connection, whoever's certificate it could show", async () => {
  const before = shown.length;
  expect(await get("stranger")).toMatchObject({ status: 403, code: "no_permit" });
  expect(shown.length).toBe(before);
});

test("a certificate that is over is not taken; one that ends meanwhile is called so, whatever was said of its end", async () => {
  const past = { from: new Date(Date.now() - 2 * DAY_MS), until: new Date(Date.now() - DAY_MS) };
  const over = makeCertificate({ name: "over", ...past });
  const input = { name: "over", kind: "mtls", to: [`https://${at}`], certificate: over.certificate };
  const refused = await house.admin.ask("vault.add", { ...input, secret: over.key });
  expect([refused.status, refused.body["code"]]).toEqual([400, "credential_invalid"]);
  expect(JSON.stringify(refused.body)).toMatch(/ended on/);
  const brief = makeCertificate({ name: "brief", until: new Date(Date.now() + SOON_MS) });
  await add("of-waiter", brief, { agents: ["waiter"], expires: "90d" });
  const listed = await house.admin.perform("vault.get", { credential: "of-waiter" });
  expect(Date.parse(String(listed["expiresAt"]))).toBeLessThan(Date.now() + DAY_MS);
  await sleep(SOON_MS + 1_000);
  const before = shown.length;
  expect(await get("waiter")).toMatchObject({ status: 403, code: "credential_expired" });
  await house.admin.perform("vault.set", { credential: "of-waiter", expires: "90d" });
  const still = await get("waiter");
  expect(still.code).toBe("credential_expired");
  expect(still.text).toContain("client certificate has expired");
  expect(shown.length).toBe(before);
}, 60_000);

test("a new certificate is shown at once, and no connection of the old one is used", async () => {
  const { certificate, key: secret } = soon;
  await house.admin.perform("vault.rotate", { credential: "of-viewer", certificate, secret });
  expect(await get("viewer")).toMatchObject({ text: "soon GET /accounts/1" });
});

test("nothing of any key is in an answer, or in a file of ours", () => {
  const lines = [payer, viewer, soon].flatMap(({ key }) =>
    key.split("\n").filter((line) => line.length > 30 && !line.startsWith("-----")),
  );
  expect(lines.length).toBeGreaterThanOrEqual(6);
  const written = readdirSync(house.running.directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => textOf(join(one.parentPath, one.name)));
  const all = [...said, ...written, house.running.said(), house.running.complained()].join("\n");
  expect(lines.filter((line) => all.includes(line))).toEqual([]);
});

/** A tile of the ledger is written aside and renamed, perhaps while this looks: then it is read under its own name. */
function textOf(path: string): string {
  const named = path.replace(/\.tmp$/, "");
  return readFileSync(existsSync(path) ? path : named, "latin1");
}
