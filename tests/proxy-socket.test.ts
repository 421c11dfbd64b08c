// WebSocket at the http door (RFC 6455): every message goes by the road; what is no plain upgrade is refused.
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { Fault } from "#base";
import type { OpenSocket, SocketMessage } from "#proxy";
import { AUTHORIZATION, everything, openProxyHouse, raw, type HouseOptions } from "./support/proxy/house.ts";
import { inside, lines } from "./support/proxy/inside.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

interface Upstream extends OpenSocket {
  readonly sent: SocketMessage[];
  readonly closed: [number, string][];
  readonly say: (text: string) => void;
}

function upstream(protocol: string | null = null): Upstream {
  const sent: SocketMessage[] = [];
  const closed: [number, string][] = [];
  const queue: string[] = [];
  const state = { wake: (): void => {}, isOver: false };
  return {
    protocol,
    sent,
    closed,
    say: (text) => {
      queue.push(text);
      state.wake();
    },
    send: async (message) => {
      if (String(message.bytes) === "secret") throw new Fault("refused_by_rule", "no", "Ask.");
      sent.push(message);
    },
    async *received() {
      while (!state.isOver) {
        for (const text of queue.splice(0)) yield { kind: "text" as const, bytes: Buffer.from(text) };
        await new Promise<void>((resolve) => (state.wake = resolve));
      }
    },
    close: (code, reason) => {
      closed.push([code, reason]);
      state.isOver = true;
      state.wake();
    },
  };
}

async function opened(one: Upstream, options: HouseOptions = {}) {
  const house = await openProxyHouse({
    ...options,
    road: { socket: async () => ({ kind: "open", socket: one }) },
  });
  const secure = await inside(house);
  const client = new WebSocket("wss://example.org/chat?x", one.protocol === null ? [] : ["a", "b"], {
    createConnection: () => secure,
  });
  onTestFinished(() => client.terminate());
  await new Promise((resolve, reject) => client.once("open", resolve).once("error", reject));
  return { house, client };
}

const closing = (client: WebSocket) =>
  new Promise<string>((resolve) =>
    client.once("close", (code, reason) => resolve(`${code} ${String(reason)}`)),
  );

test("messages both ways, one by one by the road; the sub-protocol is the upstream's", async () => {
  const one = upstream("b");
  const { client } = await opened(one);
  expect(client.protocol).toBe("b");
  const heard: string[] = [];
  client.on("message", (data) => heard.push(Buffer.from(data as Buffer).toString()));
  client.send("hello");
  client.send(Buffer.from([1, 2]));
  await expect
    .poll(() => one.sent.map(({ kind, bytes }) => [kind, String(bytes)]))
    .toEqual([
      ["text", "hello"],
      ["binary", "\x01\x02"],
    ]);
  one.say("back");
  await expect.poll(() => heard).toEqual(["back"]);
  client.close(4_001, "enough");
  await expect.poll(() => one.closed[0]?.[0]).toBe(4_001);
});

test("a message that the road refuses ends both sides (1008)", async () => {
  const one = upstream();
  const { client } = await opened(one);
  client.send("secret");
  client.send("after");
  expect(await closing(client)).toBe("1008 refused_by_rule");
  expect(one.sent).toEqual([]);
  expect(one.closed[0]).toEqual([1_008, "refused_by_rule"]);
});

test("a cut ends it", async () => {
  const one = upstream();
  const { house, client } = await opened(one);
  const ended = closing(client);
  house.proxy.cut(() => true, new Fault("stopped", "it was stopped", "Ask."));
  expect(await ended).toMatch(/^(1008 stopped|1006 )/);
  expect(one.closed[0]).toEqual([1_008, "stopped"]);
});

test("a message over its maximum ends it, and so does a client that answers no ping", async () => {
  const big = upstream();
  const { client } = await opened(big, { limits: { messageBytesMax: 1_000 } });
  client.send("x".repeat(1_001));
  expect(await closing(client)).toMatch(/^1009 /);
  const silent = upstream();
  const { client: dead } = await opened(silent, { limits: { pingMs: 50 } });
  dead.pong = () => {};
  expect(await closing(dead)).toMatch(/^1006 /);
  await expect.poll(() => silent.closed).toHaveLength(1);
});

test("an answer instead of a socket is a refusal", async () => {
  const house = await openProxyHouse();
  const request = lines(
    "GET ws://example.org/ HTTP/1.1".replace("ws:", "http:"),
    "Host: example.org",
    `Proxy-Authorization: ${AUTHORIZATION}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${KEY}`,
  );
  expect(await raw(house.port, request)).toMatch(/^HTTP\/1\.1 403 .*no sockets$/s);
  // What follows it is not a second request.
  const hidden = lines(
    "GET http://example.org/ HTTP/1.1",
    "Host: example.org",
    `Proxy-Authorization: ${AUTHORIZATION}`,
  );
  expect(await raw(house.port, request + hidden)).toMatch(/^HTTP\/1\.1 400 .*"code":"proxy_upgrade"/s);
  expect(house.requests).toEqual([]);
});

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
];

test.each([
  [
    "another version",
    [...UPGRADE.slice(0, 2), "Sec-WebSocket-Version: 8", UPGRADE[3] ?? ""],
    "proxy_upgrade",
  ],
  ["a version twice", [...UPGRADE, "Sec-WebSocket-Version: 8"], "proxy_header"],
  ["no key", UPGRADE.slice(0, 3), "proxy_upgrade"],
  ["a short key", [...UPGRADE.slice(0, 3), "Sec-WebSocket-Key: abc"], "proxy_upgrade"],
  ["a body", [...UPGRADE, "Content-Length: 5"], "proxy_framing"],
  ["a body in chunks", [...UPGRADE, "Transfer-Encoding: chunked"], "proxy_framing"],
])("an upgrade with %s is refused", async (_what, fields, code) => {
  const house = await openProxyHouse();
  const secure = await inside(house);
  secure.write(lines("GET / HTTP/1.1", "Host: example.org", ...fields));
  expect(await everything(secure)).toMatch(new RegExp(`^HTTP/1\\.1 4.*"code":"${code}"`, "s"));
});

test("frames without a mask end the connection", async () => {
  const one = upstream();
  const house = await openProxyHouse({ road: { socket: async () => ({ kind: "open", socket: one }) } });
  const socket = connect({ port: house.port, host: "127.0.0.1" });
  socket.write(
    lines(
      "GET http://example.org/ HTTP/1.1",
      "Host: example.org",
      `Proxy-Authorization: ${AUTHORIZATION}`,
      ...UPGRADE,
    ),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.write(Buffer.from([0x81, 0x01, 0x61]));
  expect(await everything(socket)).toContain("\x03\xea");
  expect(one.sent).toEqual([]);
  await expect.poll(() => one.closed).toHaveLength(1);
});
