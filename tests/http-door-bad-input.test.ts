// Bad input that issue 6 names, through a real Doorward: what is wrong with it is said to the agent, and is on record. What
// concerns bytes alone is in proxy-reading, proxy-limits and threats/t13-proxy; rebinding in egress-rebinding.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createSecure, type Server } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "./samples/certificates.ts";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "./support/http-house.ts";
import { testAuthority } from "./support/proxy/certificates.ts";

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "doorward-bad-input-"));
const world = testAuthority("The world outside");
const expired = makeCertificate({
  name: "expired",
  from: new Date(Date.now() - 9 * DAY_MS),
  until: new Date(Date.now() - DAY_MS),
});
const servers: Server[] = [];

let house: HttpHouse;
let host: Host;
let key = "";

beforeAll(async () => {
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  const trusted = join(folder, "world.pem");
  writeFileSync(trusted, world.certificate + expired.certificate);
  process.env["NODE_EXTRA_CA_CERTS"] = trusted;
  [house, host] = [await openHttpHouse(), await openHost()];
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  key = await house.session("sender");
  await house.grant("sender", host.name);
});
afterAll(async () => {
  await house?.close();
  await host?.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A host on loopback with this certificate, which the agent may ask; counts what it is sent. */
async function secureHost({ certificate, key: own }: { readonly certificate: string; readonly key: string }) {
  const seen: string[] = [];
  const server = createSecure({ cert: certificate, key: own }, (request, response) => {
    seen.push(request.url ?? "");
    response.end("fine");
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const name = `localhost:${(server.address() as AddressInfo).port}`;
  await house.grant("sender", name);
  return { name, seen };
}

/** The newest action of the agent's, whole. */
async function newest(): Promise<Record<string, unknown>> {
  const { items } = await house.admin.perform("actions.list", { agent: "sender", limit: 1 });
  const [{ id } = { id: "" }] = items as readonly { id: string }[];
  return house.admin.perform("actions.get", { action: id });
}

test.each([
  ["that has expired", expired, "egress_certificate_expired", /has expired/],
  [
    "that is signed by itself",
    makeCertificate({ name: "localhost" }),
    "egress_certificate_untrusted",
    /itself/,
  ],
  [
    "of an authority that nobody trusts",
    testAuthority("strangers").leaf("localhost"),
    "egress_certificate_untrusted",
    /no authority/,
  ],
  ["for another name", world.leaf("example.org"), "egress_certificate_name", /another name/],
])(
  "an upstream's certificate %s: nothing is sent, the agent is told, and it is on record",
  async (_what, shown, code, words) => {
    const { name, seen } = await secureHost(shown);
    // In absolute form, so that this client need not trust the authority that reads its TLS.
    const got = await house.get(key, `https://${name}/secret-path`);
    expect([got.status, got.code]).toEqual([502, code]);
    expect(got.text).toMatch(words);
    expect(got.text).toMatch(/Nothing was sent/);
    expect(seen).toEqual([]);
    expect(await newest()).toMatchObject({
      verdict: "allow",
      outcome: "not-sent",
      result: { fault: code, sent: false },
    });
  },
);

test("beside them, a host whose certificate is good is asked", async () => {
  const { name, seen } = await secureHost(world.leaf("localhost"));
  expect((await house.get(key, `https://${name}/page`)).text).toBe("fine");
  expect(seen).toEqual(["/page"]);
});

/** Bytes to the proxy as they are, and all that comes back. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(house.proxy);
  const socket = connect(Number(port), hostname).on("error", () => {});
  const credentials = Buffer.from(`agent:${key}`).toString("base64");
  socket.write(bytes.replace("AUTH", `Proxy-Authorization: Basic ${credentials}`));
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  await once(socket, "close");
  return said;
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  [
    "CONNECT to port 25",
    "CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example:25\r\nAUTH\r\n\r\n",
    "proxy_port",
  ],
  [
    "CONNECT to another Host",
    "CONNECT a.example:443 HTTP/1.1\r\nHost: b.example:443\r\nAUTH\r\n\r\n",
    "proxy_host_mismatch",
  ],
  [
    "two Hosts",
    "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nAUTH\r\n\r\n",
    "proxy_header",
  ],
  [
    "a user in the address",
    "GET http://a.example@127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAUTH\r\n\r\n",
    "proxy_authority",
  ],
  [
    "both lengths",
    "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nAUTH\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "proxy_framing",
  ],
  [
    "a bomb of chunks",
    `POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nAUTH\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
    "proxy_framing",
  ],
];

test.each(REFUSED)("%s: refused with its code, and in the log", async (_what, bytes, code) => {
  const said = await raw(bytes);
  expect(said).toMatch(new RegExp(`^HTTP/1\\.1 4\\d\\d .*"code":"${code}".*"remedy":"`, "s"));
  expect(house.running.said() + house.running.complained()).toContain(code);
});

const ADDRESSES: readonly (readonly [string, string])[] = [
  ["127.0.0.1", "egress_address_private"],
  ["127.0.0.1.", "egress_address_private"],
  ["localhost.", "egress_address_private"],
  ["0.0.0.0", "egress_address_private"],
  ["10.0.0.1", "egress_address_private"],
  ["[::1]", "egress_address_private"],
  ["[::ffff:127.0.0.1]", "egress_address_private"],
  ["[64:ff9b::127.0.0.1]", "egress_address_private"],
  ["[fd12:3456::1]", "egress_address_private"],
  ["169.254.169.254", "egress_address_forbidden"],
  ["169.254.169.254.", "egress_address_forbidden"],
  ["[::ffff:169.254.169.254]", "egress_address_forbidden"],
  ["[::ffff:a9fe:a9fe]", "egress_address_forbidden"],
  ["[64:ff9b::a9fe:a9fe]", "egress_address_forbidden"],
  ["[2002:a9fe:a9fe::]", "egress_address_forbidden"],
  ["[fd00:ec2::254]", "egress_address_forbidden"],
  ["[fe80::1]", "egress_address_forbidden"],
  ["100.100.100.200", "egress_address_forbidden"],
  ["2852039166", "proxy_authority"],
  ["0xa9fea9fe", "proxy_authority"],
  ["0251.0376.0251.0376", "proxy_authority"],
  ["0xa9.254.169.254", "proxy_authority"],
  ["169.254.43518", "proxy_authority"],
  ["127.1", "proxy_authority"],
  ["[fe80::1%25lo]", "proxy_authority"],
];

test.each(ADDRESSES)("to an agent that may read every host, http://%s/ is %s", async (authority, code) => {
  const reader = await everyHost();
  const { hostname, port } = new URL(house.proxy);
  const socket = connect(Number(port), hostname).on("error", () => {});
  const credentials = Buffer.from(`agent:${reader}`).toString("base64");
  const lines = [`GET http://${authority}/latest/meta-data/ HTTP/1.1`, `Host: ${authority}`];
  socket.write(
    `${[...lines, `Proxy-Authorization: Basic ${credentials}`, "Connection: close"].join("\r\n")}\r\n\r\n`,
  );
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  await once(socket, "close");
  expect(/"code":"(\w+)"/.exec(said)?.[1]).toBe(code);
});

let reader: Promise<string> | null = null;
function everyHost(): Promise<string> {
  reader ??= (async () => {
    const made = await house.session("reader");
    await house.admin.perform("hosts.grant", { agent: "reader", host: "*", access: "read" });
    return made;
  })();
  return reader;
}

test.each([
  ["gzip", gzipSync(Buffer.alloc(64 * MIB))],
  ["br", brotliCompressSync(Buffer.alloc(64 * MIB))],
  ["gzip, gzip", gzipSync(gzipSync(Buffer.alloc(256 * MIB)))],
])("a body that is a bomb of %s is not unpacked and not sent", async (encoding, body) => {
  const before = host.reached.length;
  const headers = {
    "content-type": "text/plain",
    "content-encoding": encoding,
    "content-length": String(body.length),
  };
  const got = await house.get(key, `${host.url}/bomb`, { method: "POST", headers, body });
  expect([got.status, got.code]).toEqual([403, "encoding_bomb"]);
  expect(host.reached.length).toBe(before);
});

test.each([
  ["gzip", gzipSync(Buffer.alloc(64 * MIB))],
  ["br", brotliCompressSync(Buffer.alloc(64 * MIB))],
])(
  "an answer that is a bomb of %s goes on as it is, unread, and counts as overflowed",
  async (encoding, body) => {
    const session = await house.session(`bombed-${encoding}`);
    await house.grant(`bombed-${encoding}`, host.name);
    host.answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": encoding }).end(body);
    };
    const got = await house.get(session, `${host.url}/bomb`);
    expect([got.status, got.headers["content-encoding"]]).toEqual([200, encoding]);
    host.answer = (_, response) => void response.end("fine");
    const sent = await house.get(session, `${host.url}/after`, { method: "POST", body: "x" });
    expect([sent.status, sent.code]).toEqual([403, "held"]);
  },
);

test("an upload above what is read is refused, unless the host was granted for it, and then not after reading what others wrote", async () => {
  const uploader = await house.session("uploader");
  await house.grant("uploader", host.name);
  host.answer = (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("fine");
  const large = Buffer.alloc(9 * MIB, "x");
  const upload = (path: string, chunked: boolean) =>
    house.get(uploader, `${host.url}${path}`, {
      method: "PUT",
      headers: chunked ? { "transfer-encoding": "chunked" } : { "content-length": String(large.length) },
      body: large,
    });
  const before = host.reached.length;
  for (const chunked of [false, true]) {
    const got = await upload("/refused", chunked);
    expect([got.status, got.code]).toEqual([413, "request_body_too_large"]);
  }
  expect(host.reached.length).toBe(before);
  const granted = await house.session("uploader-granted");
  await house.grant("uploader-granted", host.name, { largeUploads: true });
  const first = await house.get(granted, `${host.url}/taken`, {
    method: "PUT",
    headers: { "transfer-encoding": "chunked" },
    body: large,
  });
  expect(first.status).toBe(200);
  expect(host.reached.at(-1)?.body.length).toBe(large.length);
  const { items } = await house.admin.perform("actions.list", { agent: "uploader-granted", limit: 1 });
  const [{ id } = { id: "" }] = items as readonly { id: string }[];
  const shown = await house.admin.perform("actions.get", { action: id });
  expect(shown["arguments"]).toMatchObject({ body: { unread: true } });
  // Its answer was others' words: nothing that nobody reads goes after that.
  const second = await house.get(granted, `${host.url}/taken-not`, {
    method: "PUT",
    headers: { "content-length": String(large.length) },
    body: large,
  });
  expect([second.status, second.code]).toEqual([403, "upload_unread"]);
});
