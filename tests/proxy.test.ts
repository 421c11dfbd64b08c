import { connect as connectHttp2 } from "node:http2";
import { expect, test } from "vitest";
import { Fault } from "#base";
import { AUTHORIZATION, everything, openProxyHouse, raw, text } from "./support/proxy/house.ts";
import { inside, lines } from "./support/proxy/inside.ts";

const get = (target: string, host = "example.org"): string =>
  lines(`GET ${target} HTTP/1.1`, `Host: ${host}`, `Proxy-Authorization: ${AUTHORIZATION}`);

test("a plain request goes by the road, and its answer comes back", async () => {
  const { port, requests } = await openProxyHouse();
  const answer = await raw(port, get("http://example.org/a/./b?c=d"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"path":"/a/b","query":"c=d","protocol":"http/1.1"');
  expect(requests[0]?.headers).toEqual([]);
});

test("a tunnel is intercepted: HTTP/1.1 inside", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house);
  secure.write(lines("POST /x HTTP/1.1", "Host: example.org", "Content-Length: 5") + "hello");
  const answer = await everything(secure);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"origin":{"scheme":"https","host":"example.org","port":443}');
  expect(answer).toContain('"body":"hello"');
});

test("a tunnel is intercepted: HTTP/2 inside", async () => {
  const house = await openProxyHouse();
  const secure = await inside(house, { alpn: ["h2"] });
  const session = connectHttp2("https://example.org", { createConnection: () => secure });
  const stream = session.request({ ":path": "/x?y", ":method": "POST" });
  stream.end("hello");
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  session.close();
  expect(JSON.parse(body)).toMatchObject({ method: "POST", path: "/x", protocol: "h2", body: "hello" });
});

const HEAD = `Host: example.org\r\nProxy-Authorization: ${AUTHORIZATION}\r\n`;
const LAST = `${HEAD}Connection: close\r\n`;

const once: [what: string, bytes: string, said: object][] = [
  [
    "chunks",
    `POST http://example.org/ HTTP/1.1\r\n${LAST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    { body: "abc" },
  ],
  [
    "an extension of a chunk, which is left out",
    `POST http://example.org/ HTTP/1.1\r\n${LAST}Transfer-Encoding: CHUNKED\r\n\r\n3;x=y\r\nabc\r\n0;z\r\n\r\n`,
    { body: "abc" },
  ],
  [
    "trailers, which are left out",
    `POST http://example.org/ HTTP/1.1\r\n${LAST}Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n3\r\nabc\r\n0\r\nX-A: b\r\nHost: evil.example\r\n\r\n`,
    { body: "abc" },
  ],
  ["a length", `POST http://example.org/ HTTP/1.1\r\n${LAST}Content-Length: 3\r\n\r\nabc`, { body: "abc" }],
  [
    "a body that asks first",
    `POST http://example.org/ HTTP/1.1\r\n${LAST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    { body: "abc" },
  ],
  ["a path with steps", `GET http://example.org/a/b/../c/./d/.. HTTP/1.1\r\n${LAST}\r\n`, { path: "/a/c/" }],
  ["a path above its root", `GET http://example.org/../../etc HTTP/1.1\r\n${LAST}\r\n`, { path: "/etc" }],
  ["encoded steps", `GET http://example.org/a/%2e%2E/b HTTP/1.1\r\n${LAST}\r\n`, { path: "/b" }],
  [
    "letters encoded for nothing",
    `GET http://example.org/%61%2d%7E%c3%a4 HTTP/1.1\r\n${LAST}\r\n`,
    { path: "/a-~%C3%A4" },
  ],
  [
    "a slash within a name",
    `GET http://example.org/@scope%2fname HTTP/1.1\r\n${LAST}\r\n`,
    { path: "/@scope%2Fname" },
  ],
  [
    "an address within a path",
    `GET http://example.org/web/https://other.example/ HTTP/1.1\r\n${LAST}\r\n`,
    { path: "/web/https://other.example/" },
  ],
  [
    "characters that should be encoded",
    `GET http://example.org/a[0]|{b} HTTP/1.1\r\n${LAST}\r\n`,
    { path: "/a%5B0%5D%7C%7Bb%7D" },
  ],
  [
    "a query as it is",
    `GET http://example.org?q=%zz&../%00 HTTP/1.1\r\n${LAST}\r\n`,
    { path: "/", query: "q=%zz&../%00" },
  ],
  [
    "a host in capitals, with a dot",
    `GET HTTP://EXAMPLE.org./ HTTP/1.1\r\nHost: Example.ORG:80\r\nConnection: close\r\nProxy-Authorization: ${AUTHORIZATION}\r\n\r\n`,
    { origin: { scheme: "http", host: "example.org", port: 80 } },
  ],
  [
    "an IPv6 address in its long form",
    `GET http://[2001:0DB8::0:1]:8080/ HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\nConnection: close\r\nProxy-Authorization: ${AUTHORIZATION}\r\n\r\n`,
    { origin: { scheme: "http", host: "2001:db8::1", port: 8080 } },
  ],
  [
    "https without a tunnel",
    `GET https://example.org/ HTTP/1.1\r\n${LAST}\r\n`,
    { origin: { scheme: "https", host: "example.org", port: 443 } },
  ],
  [
    "HTTP/1.0, without Host",
    `GET http://example.org/ HTTP/1.0\r\nProxy-Authorization: ${AUTHORIZATION}\r\n\r\n`,
    { protocol: "http/1.0" },
  ],
  [
    "an offer of HTTP/2 in the clear, which is not taken",
    `GET http://example.org/ HTTP/1.1\r\n${HEAD}Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    { protocol: "http/1.1" },
  ],
  [
    "an upgrade with a body that is none",
    `POST http://example.org/ HTTP/1.1\r\n${HEAD}Connection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc`,
    { body: "abc", method: "POST" },
  ],
];

test.each(once)("read in one way: %s", async (_what, bytes, said) => {
  const house = await openProxyHouse();
  const answer = await raw(house.port, bytes);
  const body = answer.slice(answer.lastIndexOf("\r\n{") + 2).replace(/\r\n0?\r?\n?.*$/s, "");
  expect(JSON.parse(body)).toMatchObject(said);
  expect(house.requests).toHaveLength(1);
});

test("what belongs to hops and proxies is not sent on, and everything else is, in order", async () => {
  const house = await openProxyHouse();
  const hops = [
    "TE: trailers",
    "Keep-Alive: 5",
    "Via: 1.1 x",
    "Forwarded: for=1.2.3.4",
    "X-Forwarded-Host: evil",
  ];
  const own = ["X-B: 1", "Accept: */*", "X-B: 2", "Cookie: a=b"];
  await raw(
    house.port,
    lines(
      "GET http://example.org/ HTTP/1.1",
      ...own.slice(0, 2),
      ...hops,
      ...own.slice(2),
      `${HEAD}Connection: close`,
    ),
  );
  expect(house.requests[0]?.headers).toEqual([
    ["x-b", "1"],
    ["accept", "*/*"],
    ["x-b", "2"],
    ["cookie", "a=b"],
  ]);
});

test("requests behind one another are answered in order, one at a time", async () => {
  let [running, most] = [0, 0];
  const house = await openProxyHouse({
    road: {
      request: async (_who, { path }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, path === "/1" ? 50 : 1));
        running -= 1;
        return text(200, `<${path}>`);
      },
    },
  });
  const all = [1, 2, 3].map((at) => lines(`GET http://example.org/${at} HTTP/1.1`, HEAD.trim())).join("");
  const answer = await raw(house.port, all);
  expect(answer.match(/<.+>/g)).toEqual(["</1>", "</2>", "</3>"]);
  expect(most).toBe(1);
});

test("a body whose framing breaks is refused while the road reads it", async () => {
  const house = await openProxyHouse();
  const answer = await raw(
    house.port,
    `POST http://example.org/ HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"proxy_framing"/s);
});

test("what a refused request had behind it is never read as a request", async () => {
  const house = await openProxyHouse({ road: { request: async () => text(403, "no") } });
  const hidden = lines("GET http://example.org/hidden HTTP/1.1", HEAD.trim());
  const answer = await raw(
    house.port,
    `POST http://example.org/ HTTP/1.1\r\n${HEAD}Content-Length: 1000000\r\n\r\n${hidden}`,
    3_000,
  );
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(answer).toMatch(/^HTTP\/1\.1 403 .*connection: close/is);
});

test("whoever is unknown is asked for the proxy's credentials, and may come again", async () => {
  const house = await openProxyHouse();
  const both =
    lines("GET http://example.org/ HTTP/1.1", "Host: example.org") +
    lines("GET http://example.org/ HTTP/1.1", `${HEAD}Connection: close`);
  const answer = await raw(house.port, both);
  expect(answer).toMatch(/^HTTP\/1\.1 407 .*proxy-authenticate: Basic.*HTTP\/1\.1 200 /is);
  const bearer = lines(
    "GET http://example.org/ HTTP/1.1",
    "Host: example.org",
    "Connection: close",
    "Proxy-Authorization: Bearer key-bob",
  );
  expect(await raw(house.port, bearer)).toContain('"who":"bob"');
});

test("a relay says who it is, once for its connection; an unknown one is closed", async () => {
  const house = await openProxyHouse();
  const request = lines("GET http://example.org/ HTTP/1.1", "Host: example.org", "Connection: close");
  expect(await raw(house.port, `DOORWARD-RELAY/1 key-eve\r\n${request}`)).toContain('"who":"eve"');
  expect(await raw(house.port, `DOORWARD-RELAY/1 nobody\r\n${request}`)).toBe("");
  expect(await raw(house.port, `DOORWARD-RELAY/2 key-eve\r\n${request}`)).toBe("");
  expect(house.refusals.map(({ code }) => code)).toEqual(["proxy_unauthenticated", "proxy_preface"]);
});

test("a lifeline stays until its session is cut, and says why", async () => {
  const house = await openProxyHouse();
  const said = raw(house.port, "DOORWARD-LIFELINE/1 key-eve\r\n", 2_000);
  await expect
    .poll(() => house.proxy.cut((who) => who === "eve", new Fault("stopped", "it was stopped", "Ask.")))
    .toBe(1);
  expect(await said).toBe("ended stopped it was stopped\r\n");
  expect(await raw(house.port, "DOORWARD-LIFELINE/1 nobody\r\n")).toMatch(/^ended proxy_unauthenticated /);
});

test("a cut ends what waits, and nobody else's", async () => {
  const house = await openProxyHouse({
    road: { request: (who) => (who === "ada" ? new Promise(() => {}) : Promise.resolve(text(200, "fine"))) },
  });
  const held = raw(house.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim()), 3_000);
  const fault = new Fault("proxy_stopped", "ada was stopped", "Ask for it to be resumed.");
  await expect.poll(() => house.proxy.cut((who) => who === "ada", fault)).toBe(1);
  expect(await held).toContain('"code":"proxy_stopped"');
  const bob = lines(
    "GET http://example.org/ HTTP/1.1",
    "Host: example.org",
    "Connection: close",
    "Proxy-Authorization: Bearer key-bob",
  );
  expect(await raw(house.port, bob)).toContain("fine");
});
