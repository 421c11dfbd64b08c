// What the http door needs of egress: bodies that stream up, certificates checked and presented, a proxy of the network's,
// WebSockets, IPv6.
import { once } from "node:events";
import { createServer as createPlain, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecure, type ServerOptions } from "node:https";
import { connect, createServer as createTcp, type AddressInfo, type Server } from "node:net";
import type { TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { Fault } from "#base";
import { createEgress, type EgressRules, type WebEgress } from "#egress";
import { makeCertificate } from "./samples/certificates.ts";
import { testAuthority } from "./support/proxy/certificates.ts";

const RULES: EgressRules = { allowPrivate: true, bytesMax: 1_000_000, timeoutMs: 2_000, asItIs: true };

function egress(authorities: readonly string[] = []): WebEgress {
  const made = createEgress({ ownAddresses: () => [], authorities });
  onTestFinished(() => made.close());
  return made;
}

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function told(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { "content-length": length = "-", "transfer-encoding": coding = "-" } = request.headers;
  return `${request.method} ${request.url} ${length} ${coding} ${body}`;
}

const TELLS: RequestListener = (request, response) => void told(request).then((text) => response.end(text));

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* breaks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("x");
  throw new Fault("client_left", "the client left", "Stay.");
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(65_536);
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

test("a body streams up, by its length or in chunks, under the headers given and no others", async () => {
  const port = await listen(createPlain(TELLS));
  const send = async (declaredBytes: number | null): Promise<string> => {
    const body = { declaredBytes, chunks: () => pieces("hel", "lo") };
    const request = {
      url: `http://127.0.0.1:${port}/x`,
      method: "PUT",
      headers: [["x-a", "1"]],
      body,
    } as const;
    return (await egress().request(RULES, request)).text();
  };
  expect(await send(5)).toBe("PUT /x 5 - hello");
  expect(await send(null)).toBe("PUT /x - chunked hello");
});

test("a body that breaks off breaks off the request, and its own fault is told", async () => {
  let seen = 0;
  const port = await listen(createPlain((request) => void request.on("aborted", () => (seen += 1))));
  const body = { declaredBytes: null, chunks: breaks };
  const request = { url: `http://127.0.0.1:${port}/`, method: "POST", headers: [], body };
  expect(await code(egress().request(RULES, request))).toBe("client_left");
  await expect.poll(() => seen).toBe(1);
});

test("a server that takes no more of a body is given up after its time", async () => {
  const port = await listen(createTcp((socket) => void socket.on("error", () => {}).pause()));
  const body = { declaredBytes: null, chunks: endless };
  const request = { url: `http://127.0.0.1:${port}/`, method: "POST", headers: [], body };
  expect(await code(egress().request({ ...RULES, timeoutMs: 300 }, request))).toBe("egress_lost");
});

test("repeated headers stay apart, and an encoded body is given as it is", async () => {
  const port = await listen(
    createPlain((_, response) => {
      response.writeHead(
        200,
        [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
          ["Content-Encoding", "br"],
        ].flat(),
      );
      response.end("packed");
    }),
  );
  const answer = await egress().request(RULES, {
    url: `http://127.0.0.1:${port}/`,
    method: "GET",
    headers: [],
  });
  expect(answer.pairs.filter(([name]) => name === "set-cookie").map(([, value]) => value)).toEqual([
    "a=1",
    "b=2",
  ]);
  expect(await answer.text()).toBe("packed");
});

const authority = testAuthority();

const pem = ({ certificate, key }: { certificate: string; key: string }) => ({ cert: certificate, key });

async function secure(options: ServerOptions): Promise<string> {
  const port = await listen(createSecure(options, TELLS));
  return `https://localhost:${port}/`;
}

const ask = (client: WebEgress, url: string) => client.request(RULES, { url, method: "GET", headers: [] });

test("certificates of upstreams are verified, always, and what is wrong with one is said", async () => {
  const day = 86_400_000;
  const trusting = egress([authority.certificate]);
  const good = await secure(pem(authority.leaf("localhost")));
  expect(await (await ask(trusting, good)).text()).toMatch(/^GET /);
  expect(await code(ask(egress(), good))).toBe("egress_certificate_untrusted");
  const expired = makeCertificate({
    from: new Date(Date.now() - 9 * day),
    until: new Date(Date.now() - day),
  });
  const old = createEgress({ ownAddresses: () => [], authorities: [expired.certificate] });
  onTestFinished(() => old.close());
  expect(await code(ask(old, await secure(pem(expired))))).toBe("egress_certificate_expired");
  expect(await code(ask(trusting, await secure(pem(makeCertificate({ name: "localhost" })))))).toBe(
    "egress_certificate_untrusted",
  );
  expect(await code(ask(trusting, await secure(pem(authority.leaf("example.org")))))).toBe(
    "egress_certificate_name",
  );
});

test("a client certificate is presented on connections of its own", async () => {
  const leaf = authority.leaf("localhost");
  const mine = makeCertificate({ name: "robot" });
  const server = createSecure(
    { cert: leaf.certificate, key: leaf.key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(String(socket.getPeerCertificate().subject?.CN));
    },
  );
  const url = `https://localhost:${await listen(server)}/`;
  const client = egress([authority.certificate]);
  const request = { url, method: "GET", headers: [] };
  expect(await (await client.request(RULES, { ...request, client: mine })).text()).toBe("robot");
  expect(await (await client.request(RULES, request)).text()).toBe("undefined");
});

test("a client certificate's connections end soon after their last use, and its key with them; others stay", async () => {
  const leaf = authority.leaf("localhost");
  const server = createSecure(
    { cert: leaf.certificate, key: leaf.key, requestCert: true, rejectUnauthorized: false },
    (_, response) => void response.end("yes"),
  );
  // Both sides would keep them for minutes.
  server.keepAliveTimeout = 300_000;
  const open = new Set<string>();
  server.on("secureConnection", (socket: TLSSocket) => {
    const name = String(socket.getPeerCertificate().subject?.CN);
    open.add(name);
    socket.on("close", () => open.delete(name));
  });
  const url = `https://localhost:${await listen(server)}/`;
  const client = createEgress({
    ownAddresses: () => [],
    authorities: [authority.certificate],
    clientKeyIdleMs: 1,
  });
  onTestFinished(() => client.close());
  const request = { url, method: "GET", headers: [] };
  const mine = makeCertificate({ name: "robot" });
  for (let time = 0; time < 2; time += 1) {
    await (await client.request(RULES, request)).text();
    expect(await (await client.request(RULES, { ...request, client: mine })).text()).toBe("yes");
    await expect.poll(() => [...open], { timeout: 20_000 }).toEqual(["undefined"]);
  }
});

test("a client certificate that does not fit its key is said, and nothing is sent", async () => {
  const client = { certificate: makeCertificate().certificate, key: makeCertificate().key };
  const request = { url: "https://localhost:1/", method: "GET", headers: [], client };
  expect(await code(egress().request(RULES, request))).toBe("egress_client_certificate");
});

/** A proxy of the network's, of a few lines: what it was asked, and bytes both ways. */
async function networkProxy(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createPlain((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
    response.end("by proxy");
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
    if (request.headers["proxy-authorization"] === undefined) {
      socket.end("HTTP/1.1 407 No\r\n\r\n");
      return;
    }
    const onward = connect(Number(request.url?.split(":")[1]), "127.0.0.1");
    onward.on("error", () => socket.destroy()).on("connect", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    socket
      .on("error", () => onward.destroy())
      .pipe(onward)
      .pipe(socket);
  });
  return { port: await listen(server), asked };
}

test("by a proxy of the network's: plain requests by their whole address, TLS through CONNECT", async () => {
  const { port, asked } = await networkProxy();
  const proxy = { host: "127.0.0.1", port, user: "u", password: "p" };
  const basic = `Basic ${Buffer.from("u:p").toString("base64")}`;
  const client = egress([authority.certificate]);
  const url = await secure(pem(authority.leaf("localhost")));
  const by = (at: string, way = proxy as Partial<typeof proxy> & { host: string; port: number }) =>
    client.request({ ...RULES, proxy: way }, { url: at, method: "GET", headers: [] });
  expect(await (await by(url)).text()).toMatch(/^GET \/ /);
  expect(await (await by("http://127.0.0.1:1/a?b")).text()).toBe("by proxy");
  expect(asked).toEqual([`CONNECT ${new URL(url).host} ${basic}`, `GET http://127.0.0.1:1/a?b ${basic}`]);
  expect(await code(by(url, { host: "127.0.0.1", port }))).toBe("egress_proxy_refused");
  expect(await code(by(url, { host: "127.0.0.1", port: 1 }))).toBe("egress_proxy_unreachable");
});

test("a proxy is no way around the rules of addresses", async () => {
  const { port, asked } = await networkProxy();
  const rules = { ...RULES, allowPrivate: false, proxy: { host: "127.0.0.1", port, user: "u" } };
  const client = egress();
  const ways = [
    "http://localhost:9/",
    "https://localhost:9/",
    "http://169.254.169.254/",
    "https://127.0.0.1:9/",
  ];
  const codes = await Promise.all(
    ways.map((url) => code(client.request(rules, { url, method: "GET", headers: [] }))),
  );
  expect(codes).toEqual([
    "egress_address_private",
    "egress_address_private",
    "egress_address_forbidden",
    "egress_address_private",
  ]);
  expect(await code(client.connect(rules, { host: "localhost", port: 9 }))).toBe("egress_address_private");
  expect(asked).toEqual([]);
});

async function socketServer(host?: string): Promise<{ url: string; server: WebSocketServer }> {
  const http = createPlain((_, response) => void response.writeHead(403).end("no"));
  const server = new WebSocketServer({ noServer: true, handleProtocols: (all) => [...all][0] ?? false });
  http.on("upgrade", (request, socket, head) => {
    if (request.url === "/no") {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
      return;
    }
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary }));
    });
  });
  const port = await listen(http, host);
  return { url: `http://${host === "::1" ? "[::1]" : "127.0.0.1"}:${port}`, server };
}

test.each(["127.0.0.1", "::1"])(
  "a WebSocket to %s: messages both ways, the sub-protocol, the close",
  async (host) => {
    const { url } = await socketServer(host);
    const headers = [["sec-websocket-protocol", "chat, other"]] as const;
    const opened = await egress().openSocket(RULES, { url: `${url}/yes`, headers });
    if (opened.kind !== "open") throw new Error("it was answered");
    expect(opened.socket.protocol).toBe("chat");
    const received = opened.socket.received()[Symbol.asyncIterator]();
    await opened.socket.send({ kind: "text", bytes: Buffer.from("hello") });
    expect((await received.next()).value).toEqual({ kind: "text", bytes: Buffer.from("hello") });
    opened.socket.close(1_000, "");
    expect((await received.next()).done).toBe(true);
  },
);

test("an answer instead of a WebSocket comes back as it is, and addresses are judged", async () => {
  const { url } = await socketServer();
  const client = egress();
  const answered = await client.openSocket(RULES, { url: `${url}/no`, headers: [] });
  if (answered.kind !== "answered") throw new Error("it was opened");
  expect([answered.answer.status, await answered.answer.text()]).toEqual([403, "no"]);
  const inside = client.openSocket({ ...RULES, allowPrivate: false }, { url, headers: [] });
  expect(await code(inside)).toBe("egress_address_private");
  expect(await code(client.openSocket(RULES, { url: "http://127.0.0.1:1/", headers: [] }))).toBe(
    "egress_unreachable",
  );
});

test("a WebSocket whose server goes away says so", async () => {
  const { url, server } = await socketServer();
  const opened = await egress().openSocket(RULES, { url, headers: [] });
  if (opened.kind !== "open") throw new Error("it was answered");
  const [peer] = server.clients;
  const gone = code(opened.socket.received()[Symbol.asyncIterator]().next());
  peer?.terminate();
  expect(await gone).toBe("egress_lost");
});

test("IPv6, by its literal", async () => {
  const server = createPlain(TELLS);
  const port = await listen(server, "::1");
  const answer = await ask(egress(), `http://[::1]:${port}/six`);
  expect(await answer.text()).toMatch(/^GET \/six/);
  const bare = await egress().connect({ allowPrivate: true }, { host: "::1", port });
  bare.destroy();
  await once(bare, "close");
});
