// `proxy.upstream`: what the http door sends to public addresses goes by a proxy of the network's, with and without
// credentials; one that refuses, or is not there, is said clearly, and nothing was sent.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as ask, type Server } from "node:http";
import { createServer as createSecure } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type HttpHouse, openHost, openHttpHouse } from "./support/http-house.ts";
import { testAuthority } from "./support/proxy/certificates.ts";

const NAME = "docs.outside.example";
const world = testAuthority("The world outside");
const folder = mkdtempSync(join(tmpdir(), "doorward-upstream-proxy-"));
const PASSWORD = "canary-of-the-network";
const closers: (() => unknown)[] = [];
const houses = new Map<string, Behind>();

interface Behind {
  readonly house: HttpHouse;
  readonly key: string;
}

interface Outside {
  readonly port: number;
  /** `GET http://…` and `CONNECT host:port`, as the proxy was asked, with who asked. */
  readonly asked: string[];
  /** What the hosts behind it were asked. */
  readonly reached: string[];
  status: number;
  readonly close: () => void;
}

let outside: Outside;
let plain: Server;
let secure: Server;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const credentials = ({ headers }: IncomingMessage): string => headers["proxy-authorization"] ?? "nobody";

/** The network: a forward proxy, behind which every name is one server. */
async function openOutside(): Promise<Outside> {
  const [asked, reached]: [string[], string[]] = [[], []];
  plain = createServer((request, response) => {
    reached.push(`${request.method} http://${request.headers.host}${request.url}`);
    response.end("from outside");
  }).listen(0, "127.0.0.1");
  const leaf = world.leaf(NAME);
  secure = createSecure({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    reached.push(`${request.method} https://${request.headers.host}${request.url}`);
    response.end("from outside");
  }).listen(0, "127.0.0.1");
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${credentials(request)}`);
    if (self.status !== 200) return void response.writeHead(self.status).end("no");
    const { pathname, host } = new URL(request.url ?? "");
    const onward = ask(
      { host: "127.0.0.1", port: portOf(plain), path: pathname, method: request.method, headers: { host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    return void request.pipe(onward);
  });
  proxy.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url} ${credentials(request)}`);
    if (self.status !== 200) return void socket.end(`HTTP/1.1 ${self.status} No\r\n\r\n`);
    const onward = connect(portOf(secure), "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
    return void socket.pipe(onward).pipe(socket);
  });
  proxy.listen(0, "127.0.0.1");
  for (const server of [plain, secure, proxy]) if (!server.listening) await once(server, "listening");
  closers.push(() => [plain, secure, proxy].map((server) => server.close()));
  const self: Outside = { port: portOf(proxy), asked, reached, status: 200, close: () => void proxy.close() };
  return self;
}

beforeAll(async () => {
  outside = await openOutside();
});
afterEach(() => {
  outside.status = 200;
  outside.asked.length = 0;
  outside.reached.length = 0;
});
afterAll(async () => {
  for (const { house } of houses.values()) await house.close();
  for (const close of closers) close();
  rmSync(folder, { recursive: true, force: true });
});

/** A Doorward behind the network's proxy, and the key of an agent that may ask the host; one for each setting and what it is for. */
async function behind(more = "", what = "any"): Promise<Behind> {
  const known = houses.get(`${what}${more}`);
  if (known !== undefined) return known;
  const trusted = join(folder, "world.pem");
  writeFileSync(trusted, world.certificate);
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  process.env["NODE_EXTRA_CA_CERTS"] = trusted;
  const upstream = `{ host: 127.0.0.1, port: ${outside.port}${more} }`;
  const house = await openHttpHouse(`holds: { waitSeconds: 1 }
proxy: { upstream: ${upstream} }
`);
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  const made = { house, key: await house.session("reader") };
  houses.set(`${what}${more}`, made);
  await house.admin.perform("hosts.grant", { agent: "reader", host: NAME, access: "write" });
  return made;
}

test("without credentials: plain requests by their whole address, TLS by CONNECT, and its certificate is checked as ever", async () => {
  const { house, key } = await behind();
  expect((await house.get(key, `http://${NAME}/plain`)).text).toBe("from outside");
  expect((await house.get(key, `https://${NAME}/secure`)).text).toBe("from outside");
  expect(outside.asked).toEqual([`GET http://${NAME}/plain nobody`, `CONNECT ${NAME}:443 nobody`]);
  expect(outside.reached).toEqual([`GET http://${NAME}/plain`, `GET https://${NAME}/secure`]);
  // The same proxy leads to a host whose certificate is not for the name that was asked.
  await house.admin.perform("hosts.grant", { agent: "reader", host: "other.example", access: "read" });
  const other = await house.get(key, "https://other.example/");
  expect([other.status, other.code]).toEqual([502, "egress_certificate_name"]);
});

test("with credentials, which the proxy alone sees; a host of this machine is asked straight", async () => {
  const file = join(folder, "password");
  writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
  const { house, key } = await behind(`, user: doorward, passwordFile: ${JSON.stringify(file)}`);
  const known = `Basic ${Buffer.from(`doorward:${PASSWORD}`).toString("base64")}`;
  await house.get(key, `http://${NAME}/plain`);
  await house.get(key, `https://${NAME}/secure`);
  expect(outside.asked).toEqual([`GET http://${NAME}/plain ${known}`, `CONNECT ${NAME}:443 ${known}`]);
  const host = await openHost();
  closers.push(() => host.close());
  await house.grant("reader", host.name);
  expect((await house.get(key, `${host.url}/near`)).text).toBe("fine");
  expect(outside.asked.length).toBe(2);
  expect(JSON.stringify(host.reached)).not.toContain("Basic");
});

test("a proxy that refuses is said to, with its status, and nothing was sent", async () => {
  // One that has no connection left from before.
  const { house, key } = await behind("", "refused");
  outside.status = 407;
  const refused = await house.get(key, `https://${NAME}/secure`);
  expect([refused.status, refused.code]).toEqual([502, "egress_proxy_refused"]);
  expect(refused.text).toMatch(/407.*Nothing was sent/s);
  expect(outside.reached).toEqual([]);
  const { items } = await house.admin.perform("actions.list", { agent: "reader", limit: 1 });
  expect(items).toMatchObject([{ verdict: "allow", outcome: "not-sent" }]);
});

test("what Doorward refuses by itself never reaches the proxy: private names, metadata, hosts that nobody granted", async () => {
  const { house, key } = await behind();
  for (const host of ["localhost", "127.0.0.1", "169.254.169.254", "[::ffff:a9fe:a9fe]"]) {
    await house.admin.perform("hosts.grant", { agent: "reader", host, access: "read" });
    const got = await house.get(key, `http://${host}/`);
    expect([host, got.status, got.code]).toEqual([host, 403, expect.stringMatching(/^egress_address_/)]);
  }
  expect((await house.get(key, "https://nobody.granted.example/")).status).toBe(403);
  expect(outside.asked).toEqual([]);
});

test("a proxy that is not there is said to be, for both, and nothing was sent", async () => {
  const { house, key } = await behind("", "left alone");
  outside.close();
  for (const scheme of ["http", "https"]) {
    const got = await house.get(key, `${scheme}://${NAME}/`);
    expect([scheme, got.status, got.code]).toEqual([scheme, 502, "egress_proxy_unreachable"]);
    expect(got.text).toMatch(/Nothing was sent.*Check that the proxy runs/s);
  }
});
