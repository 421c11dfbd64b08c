// T13 (and T8): CONNECT, the name in TLS, the certificate and Host or :authority agree for every request; HTTP/1.1 and 2.
import { connect as connectHttp2, type ClientHttp2Session, type OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { testAuthority } from "../support/proxy/certificates.ts";
import { everything, openProxyHouse, type ProxyHouse } from "../support/proxy/house.ts";
import { inside, lines } from "../support/proxy/inside.ts";

const codes = ({ refusals }: ProxyHouse): string[] => refusals.map(({ code }) => code);

test.each([
  ["another name", "evil.example"],
  ["a name below it", "www.example.org"],
])("a TLS name that is %s gets no certificate", async (_what, servername) => {
  const house = await openProxyHouse();
  await expect(inside(house, { servername })).rejects.toThrow(/./);
  await expect.poll(() => codes(house)).toEqual(["proxy_host_mismatch"]);
});

test.each([
  ["example.org:443", "example.org"],
  ["192.0.2.7:443", "192.0.2.7"],
  ["[2001:db8::7]:443", "2001:db8::7"],
])("the certificate inside a tunnel to %s is for it alone, under the authority given", async (to, host) => {
  const house = await openProxyHouse();
  const secure = await inside(house, { to });
  const { subjectaltname = "" } = secure.getPeerCertificate();
  expect(secure.authorized).toBe(true);
  const said = subjectaltname.replace(/^(?:DNS|IP Address):/, "").toLowerCase();
  expect(new URL(`http://${said.includes(":") ? `[${said}]` : said}`).host.replaceAll(/[[\]]/g, "")).toBe(
    host,
  );
  secure.write(lines("GET / HTTP/1.1", `Host: ${to.replace(":443", "")}`, "Connection: close"));
  expect(await everything(secure)).toContain(`"host":"${host}","port":443`);
});

const refused: [what: string, head: string[], code: string][] = [
  ["another host", ["GET / HTTP/1.1", "Host: evil.example"], "proxy_host_mismatch"],
  ["another port", ["GET / HTTP/1.1", "Host: example.org:8443"], "proxy_host_mismatch"],
  ["no host", ["GET / HTTP/1.1"], "proxy_malformed"],
  ["two hosts", ["GET / HTTP/1.1", "Host: example.org", "Host: evil.example"], "proxy_header"],
  ["a whole address", ["GET https://evil.example/ HTTP/1.1", "Host: example.org"], "proxy_target"],
  [
    "a whole address of its own host",
    ["GET https://example.org/ HTTP/1.1", "Host: example.org"],
    "proxy_target",
  ],
  ["a tunnel within", ["CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443"], "proxy_method"],
  ["TRACE", ["TRACE / HTTP/1.1", "Host: example.org"], "proxy_method"],
  [
    "both lengths",
    ["POST / HTTP/1.1", "Host: example.org", "Content-Length: 1", "Transfer-Encoding: chunked"],
    "proxy_framing",
  ],
  [
    "another method in a header",
    ["POST / HTTP/1.1", "Host: example.org", "X-Method-Override: DELETE"],
    "proxy_header",
  ],
];

test.each(refused)("inside a tunnel over HTTP/1.1: %s", async (_what, head, code) => {
  const house = await openProxyHouse();
  const secure = await inside(house);
  secure.write(lines(...head));
  expect(await everything(secure)).toMatch(new RegExp(`^HTTP/1\\.1 4.*"code":"${code}"`, "s"));
  expect(house.requests).toEqual([]);
  expect(house.refusals).toMatchObject([{ who: "ada", code, origin: { host: "example.org" } }]);
});

test("the second request of a tunnel is held to the same host as the first", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house);
  secure.write(
    lines("GET /1 HTTP/1.1", "Host: example.org") + lines("GET /2 HTTP/1.1", "Host: evil.example"),
  );
  expect(await everything(secure)).toMatch(/^HTTP\/1\.1 200 .*HTTP\/1\.1 421 /s);
  expect(house.requests.map(({ path }) => path)).toEqual(["/1"]);
});

test("what is neither TLS nor HTTP goes nowhere", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house).catch(() => null);
  secure?.destroy();
  for (const bytes of ["\x00\x01\x02", "\x80\x2e\x01\x00\x02", "ssh-2.0"]) {
    const plain = await opened(house);
    plain.write(Buffer.from(bytes, "latin1"));
    expect(await everything(plain)).toBe("");
  }
  expect(codes(house)).toEqual(["proxy_tunnel", "proxy_tunnel", "proxy_tunnel"]);
});

async function opened(house: ProxyHouse) {
  const { connect } = await import("node:net");
  const { AUTHORIZATION } = await import("../support/proxy/house.ts");
  const socket = connect({ port: house.port, host: "127.0.0.1" });
  socket.write(
    lines(
      "CONNECT example.org:443 HTTP/1.1",
      "Host: example.org:443",
      `Proxy-Authorization: ${AUTHORIZATION}`,
    ),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

async function session(house: ProxyHouse): Promise<{ client: ClientHttp2Session; secure: TLSSocket }> {
  const secure = await inside(house, { alpn: ["h2"] });
  expect(secure.alpnProtocol).toBe("h2");
  const client = connectHttp2("https://example.org", { createConnection: () => secure });
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  return { client, secure };
}

async function answer(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string) {
  const stream = client.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let [status, text] = [0, ""];
  stream.on("response", (said) => (status = Number(said[":status"])));
  stream.on("data", (chunk) => (text += String(chunk)));
  return new Promise<{ status: number; text: string; reset: number }>((resolve) => {
    const done = (): void => resolve({ status, text, reset: stream.rstCode ?? 0 });
    stream.on("error", () => {}).on("close", done);
  });
}

const overHttp2: [what: string, headers: OutgoingHttpHeaders, code: string][] = [
  ["another authority", { ":path": "/", ":authority": "evil.example" }, "proxy_host_mismatch"],
  ["another port", { ":path": "/", ":authority": "example.org:8443" }, "proxy_host_mismatch"],
  ["a Host that is another", { ":path": "/", host: "evil.example" }, "proxy_host_mismatch"],
  ["another scheme", { ":path": "/", ":scheme": "http" }, "proxy_malformed"],
  ["a backslash", { ":path": "/a\\b" }, "proxy_path"],
  ["an encoded NUL", { ":path": "/%00" }, "proxy_path"],
  ["TRACE", { ":path": "/", ":method": "TRACE" }, "proxy_method"],
  ["a method nobody knows", { ":path": "/", ":method": "FETCH" }, "proxy_method"],
  [
    "another method in a header",
    { ":path": "/", ":method": "POST", "x-http-method-override": "PUT" },
    "proxy_header",
  ],
];

test.each(overHttp2)("inside a tunnel over HTTP/2: %s", async (_what, headers, code) => {
  const house = await openProxyHouse();
  const { client } = await session(house);
  const { status, text } = await answer(client, headers);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(JSON.parse(text)).toMatchObject({ code });
  expect(house.requests).toEqual([]);
  expect(codes(house)).toEqual([code]);
});

test.each([
  ["a whole address", { ":path": "https://evil.example/" }],
  ["a user in the authority", { ":path": "/", ":authority": "a@example.org" }],
  ["a header of connections", { ":path": "/", te: "gzip" }],
])("over HTTP/2, %s is reset before it is a request", async (_what, headers) => {
  const house = await openProxyHouse();
  const { client } = await session(house);
  const said = await answer(client, headers).catch(() => ({ status: 400, reset: 0 }));
  expect(said.status >= 400 || said.reset > 0).toBe(true);
  expect(house.requests).toEqual([]);
});

test("HTTP/2 without TLS's word for it, or CONNECT within it, leads nowhere", async () => {
  const house = await openProxyHouse();
  const { client } = await session(house);
  const tunnel = await answer(client, { ":method": "CONNECT", ":authority": "evil.example:443" });
  expect(tunnel.status === 0 ? tunnel.reset : tunnel.status).toBeGreaterThan(0);
  expect(house.requests).toEqual([]);
});

test("cookies in pieces are one header again, and a body comes whole", async () => {
  const house = await openProxyHouse();
  const { client } = await session(house);
  const { text } = await answer(
    client,
    { ":path": "/x", ":method": "POST", cookie: ["a=1", "b=2"] },
    "hello",
  );
  expect(JSON.parse(text)).toMatchObject({ body: "hello", protocol: "h2" });
  expect(house.requests[0]?.headers).toContainEqual(["cookie", "a=1; b=2"]);
});

test("rapid resets end the connection, and the proxy lives on", async () => {
  let asked = 0;
  const house = await openProxyHouse({
    limits: { resetsMax: 20, resetsPerSecond: 1 },
    road: {
      request: () => {
        asked += 1;
        return new Promise(() => {});
      },
    },
  });
  const secure = await inside(house, { alpn: ["h2"] });
  secure.on("error", () => {});
  const gone = new Promise((resolve) => secure.once("close", resolve));
  secure.resume();
  secure.write(
    Buffer.concat([PREFACE, ...Array.from({ length: 5_000 }, (_, at) => resetAtOnce(2 * at + 1))]),
  );
  await gone;
  expect(asked).toBeLessThan(1_000);
  const other = await openOther(house);
  expect(other).toMatch(/^HTTP\/1\.1 4\d\d /);
});

async function openOther(house: ProxyHouse): Promise<string> {
  const secure = await inside(house);
  secure.write(lines("GET / HTTP/1.1", "Host: evil.example"));
  return everything(secure);
}

/** A frame of HTTP/2 (RFC 9113, 4.1). */
function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A request that is given up in the same breath (CVE-2023-44487): GET https://example.org/ by HPACK's table, and CANCEL. */
function resetAtOnce(stream: number): Buffer {
  const head = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 11]), Buffer.from("example.org")]);
  return Buffer.concat([frame(1, 0x05, stream, head), frame(3, 0, stream, Buffer.from([0, 0, 0, 8]))]);
}

const PREFACE = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(4, 0, 0, new Uint8Array()),
]);

test("a head that never ends (CONTINUATION without END_HEADERS) ends the connection", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house, { alpn: ["h2"] });
  secure.on("error", () => {});
  const gone = new Promise((resolve) => secure.once("close", resolve));
  secure.resume();
  // A literal field without indexing, new name (RFC 7541, 6.2.2), 100 bytes of value.
  const field = Buffer.concat([Buffer.from([0x00, 0x01, 0x61, 100]), Buffer.alloc(100, 0x62)]);
  secure.write(Buffer.concat([PREFACE, frame(1, 0, 1, field)]));
  const more = frame(9, 0, 1, Buffer.concat(Array.from({ length: 100 }, () => field)));
  const flood = setInterval(() => secure.write(more), 1);
  await gone;
  clearInterval(flood);
  expect(house.requests).toEqual([]);
});

test("a bomb of headers (one long field, repeated by its index) is refused", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house, { alpn: ["h2"] });
  secure.on("error", () => {});
  const gone = new Promise((resolve) => secure.once("close", resolve));
  secure.resume();
  // Indexed once (RFC 7541, 6.2.1), then named by one byte each: 4 KiB become hundreds of MiB.
  const value = Buffer.alloc(3_900, 0x62);
  const long = Buffer.concat([Buffer.from([0x40, 0x01, 0x61, 0x7f, 0xbd, 0x1d]), value]);
  const bomb = Buffer.concat([long, Buffer.alloc(8_000, 0xbe)]);
  const pseudo = Buffer.from([0x82, 0x87, 0x84, 0x41, 11, ...Buffer.from("example.org")]);
  for (let stream = 1; stream < 60; stream += 2)
    secure.write(
      Buffer.concat(
        stream === 1
          ? [PREFACE, frame(1, 5, 1, Buffer.concat([pseudo, bomb]))]
          : [frame(1, 5, stream, Buffer.concat([pseudo, Buffer.alloc(8_000, 0xbe)]))],
      ),
    );
  setTimeout(() => secure.end(), 500);
  await gone;
  expect(house.requests).toEqual([]);
});

/** A house that passes everything through to one TLS server, and says what got there. */
async function passing() {
  const { createServer, connect: dialTls } = await import("node:tls");
  const { connect } = await import("node:net");
  const authority = testAuthority();
  const leaf = authority.leaf("example.org");
  const seen: string[] = [];
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (socket) => {
    seen.push(String(socket.servername));
    socket.on("error", () => {}).end("hello");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const open = async () => connect({ port, host: "127.0.0.1" });
  const done: object[] = [];
  const house = await openProxyHouse({
    road: { connect: async () => ({ kind: "tunnel", open, done: (bytes) => void done.push({ ...bytes }) }) },
  });
  const dial = async (servername: string | null): Promise<string> => {
    const socket = await opened(house);
    const options = { socket, ca: authority.certificate, checkServerIdentity: () => undefined };
    return everything(dialTls({ ...options, ...(servername !== null && { servername }) }));
  };
  return { house, seen, done, dial };
}

test("a host that is passed through is the one named in TLS, though nothing else of it is read", async () => {
  const { house, seen, done, dial } = await passing();
  expect(await dial("example.org")).toBe("hello");
  expect(await dial("EXAMPLE.org")).toBe("hello");
  expect(await dial(null)).toBe("hello");
  expect(await dial("evil.example")).toBe("");
  expect(seen.map((name) => name.toLowerCase())).toEqual(["example.org", "example.org", "false"]);
  expect(codes(house)).toEqual(["proxy_host_mismatch"]);
  expect(done[3]).toEqual({ sent: 0, received: 0 });
});

const record = (part: Buffer): Buffer => Buffer.concat([Buffer.from([22, 3, 1, 0, part.length]), part]);

test("nor does the name pass in pieces, or over several records", async () => {
  const { house, seen } = await passing();
  const name = Buffer.from("evil.example");
  const list = Buffer.concat([Buffer.from([0, name.length + 3, 0, 0, name.length]), name]);
  const extension = Buffer.concat([Buffer.from([0, 0, 0, list.length]), list]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0, 0, 2, 0x13, 1, 1, 0, 0, extension.length]),
    extension,
  ]);
  const hello = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
  const bytes = Buffer.concat([record(hello.subarray(0, 20)), record(hello.subarray(20))]);
  const socket = await opened(house);
  for (const byte of bytes) socket.write(Buffer.from([byte]));
  expect(await everything(socket)).toBe("");
  expect(codes(house)).toEqual(["proxy_host_mismatch"]);
  expect(seen).toEqual([]);
});
