import { connect as connectTls } from "node:tls";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { AUTHORIZATION, everything, openProxyHouse, raw, type ProxyHouse } from "./support/proxy/house.ts";

const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;

const get = (target: string, host = "example.org"): string =>
  lines(`GET ${target} HTTP/1.1`, `Host: ${host}`, `Proxy-Authorization: ${AUTHORIZATION}`);

test("a plain request goes by the road, and its answer comes back", async () => {
  const { port, requests } = await openProxyHouse();
  const answer = await raw(port, get("http://example.org/a/./b?c=d"));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"path":"/a/b","query":"c=d","protocol":"http/1.1"');
  expect(requests[0]?.headers).toEqual([]);
});

/** The inside of a tunnel, TLS done. */
async function tunnel(house: ProxyHouse, to = "example.org:443", alpn = ["http/1.1"]) {
  const socket = connect({ port: house.port, host: "127.0.0.1" });
  socket.write(lines(`CONNECT ${to} HTTP/1.1`, `Host: ${to}`, `Proxy-Authorization: ${AUTHORIZATION}`));
  const [first] = await once(socket, "data");
  expect(String(first)).toMatch(/^HTTP\/1\.1 200 /);
  const servername = to.split(":")[0] ?? "";
  const secure = connectTls({ socket, servername, ca: house.authority.certificate, ALPNProtocols: alpn });
  await once(secure, "secureConnect");
  return secure;
}

test("a tunnel is intercepted: HTTP/1.1 inside", async () => {
  const house = await openProxyHouse();
  const secure = await tunnel(house);
  secure.write(lines("POST /x HTTP/1.1", "Host: example.org", "Content-Length: 5") + "hello");
  const answer = await everything(secure);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"origin":{"scheme":"https","host":"example.org","port":443}');
  expect(answer).toContain('"body":"hello"');
});

test("a tunnel is intercepted: HTTP/2 inside", async () => {
  const house = await openProxyHouse();
  const secure = await tunnel(house, "example.org:443", ["h2"]);
  const session = connectHttp2("https://example.org", { createConnection: () => secure });
  const stream = session.request({ ":path": "/x?y", ":method": "POST" });
  stream.end("hello");
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  session.close();
  expect(JSON.parse(body)).toMatchObject({ method: "POST", path: "/x", protocol: "h2", body: "hello" });
});
