// Slow, dead, cut and flooding peers of the http door: each is bounded by a limit with a name.
import { once } from "node:events";
import { createServer as createPlain, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { forwardingRoad } from "./support/proxy/forwarding.ts";
import {
  AUTHORIZATION,
  everything,
  openProxyHouse,
  type ProxyHouse,
  raw,
  text,
  told,
} from "./support/proxy/house.ts";
import { inside, lines } from "./support/proxy/inside.ts";

const HEAD = `Host: example.org\r\nProxy-Authorization: ${AUTHORIZATION}\r\n`;
const codes = ({ refusals }: ProxyHouse): string[] => refusals.map(({ code }) => code);

function dial(house: ProxyHouse, bytes = ""): Socket {
  const socket = connect({ port: house.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  if (bytes !== "") socket.write(bytes);
  return socket;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const ended = (socket: Socket) =>
  new Promise<void>((resolve) => void socket.once("close", () => resolve()).resume());

test("a connection that says nothing is over after prefaceMs", async () => {
  const house = await openProxyHouse({ limits: { prefaceMs: 100 } });
  await ended(dial(house));
  await ended(dial(house, "DOORWARD-RELAY/1 key"));
  expect(codes(house)).toEqual(["proxy_too_slow", "proxy_too_slow"]);
});

const slowly = (socket: Socket): Promise<string> => {
  const drip = setInterval(() => socket.writable && socket.write("X"), 20);
  onTestFinished(() => clearInterval(drip));
  return everything(socket, 3_000);
};

test("a head that comes letter by letter (slowloris) is over after headMs, outside and inside of tunnels", async () => {
  const house = await openProxyHouse({ limits: { headMs: 300 } });
  expect(await slowly(dial(house, `GET http://example.org/ HTTP/1.1\r\n${HEAD}X-A: `))).toMatch(
    /^HTTP\/1\.1 408 /,
  );
  const secure = await inside(house);
  secure.write("GET / HTTP/1.1\r\nX-A: ");
  expect(await slowly(secure)).toMatch(/^HTTP\/1\.1 408 /);
  expect(house.requests).toEqual([]);
});

test("a TLS handshake that stops is over after handshakeMs", async () => {
  const house = await openProxyHouse({ limits: { handshakeMs: 100 } });
  const socket = dial(
    house,
    lines(
      "CONNECT example.org:443 HTTP/1.1",
      "Host: example.org:443",
      `Proxy-Authorization: ${AUTHORIZATION}`,
    ),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.write(Buffer.from([0x16, 0x03, 0x01]));
  await ended(socket);
  expect(codes(house)).toEqual(["proxy_too_slow"]);
});

test("a connection without a request is over after idleMs, over HTTP/2 too", async () => {
  const house = await openProxyHouse({ limits: { idleMs: 100 } });
  const secure = await inside(house, { alpn: ["h2"] });
  await ended(secure);
  expect(house.requests).toEqual([]);
});

test("a body that stops, and one that trickles for ever, are refused", async () => {
  const house = await openProxyHouse({ limits: { bodyIdleMs: 150 } });
  const post = `POST http://example.org/ HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\nabc`;
  expect(await raw(house.port, post, 2_500)).toMatch(/^HTTP\/1\.1 408 .*"code":"proxy_too_slow"/s);
  const other = await openProxyHouse({
    limits: { bodyIdleMs: 1_000, bodyGraceMs: 300, bodyBytesPerSecond: 1_000, drainMs: 50 },
  });
  const socket = dial(other, post);
  const drip = setInterval(() => socket.writable && socket.write("x"), 20);
  onTestFinished(() => clearInterval(drip));
  expect(await everything(socket, 3_000)).toMatch(/^HTTP\/1\.1 408 /);
});

test("a body over its maximum is refused, by its length before anything is read, in chunks where it exceeds", async () => {
  const house = await openProxyHouse({ limits: { bodyBytesMax: 10 } });
  const known = `POST http://example.org/ HTTP/1.1\r\n${HEAD}Content-Length: 11\r\n\r\n`;
  expect(await raw(house.port, known, 2_500)).toMatch(/^HTTP\/1\.1 413 /);
  const chunked = `POST http://example.org/ HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n`;
  expect(await raw(house.port, chunked)).toMatch(/^HTTP\/1\.1 413 .*"code":"proxy_body_too_large"/s);
});

test("a bomb of chunks (sizes too large, lines too long, a byte each) costs what it weighs", async () => {
  const house = await openProxyHouse();
  const post = `POST http://example.org/ HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  for (const bad of [
    "FFFFFFFFFFFFFFFFFF\r\n",
    `1;${"x".repeat(100_000)}\r\na\r\n`,
    "1 \r\na\r\n",
    "-1\r\n",
    "0x1\r\na\r\n",
    "1\na\r\n",
    "1\r\nab\r\n",
  ])
    expect(await raw(house.port, `${post}${bad}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d /);
  const many = `${post}${"1\r\na\r\n".repeat(50_000)}0\r\n\r\n`;
  expect(await raw(house.port, many, 1_000)).toContain('"body":"aaaa');
});

test("a head that is too large, in bytes, lines or target, is refused (431)", async () => {
  const house = await openProxyHouse({
    limits: { headBytesMax: 8_192, headersMax: 20, targetBytesMax: 1_000 },
  });
  const heads = [`X-A: ${"a".repeat(9_000)}\r\n`, "X-A: b\r\n".repeat(30)];
  for (const more of heads)
    expect(await raw(house.port, `GET http://example.org/ HTTP/1.1\r\n${HEAD}${more}\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  expect(
    await raw(house.port, `GET http://example.org/${"a".repeat(1_001)} HTTP/1.1\r\n${HEAD}\r\n`),
  ).toMatch(/^HTTP\/1\.1 431 /);
});

test("more requests behind one another than pipelinedMax end the connection", async () => {
  const house = await openProxyHouse({
    limits: { pipelinedMax: 4 },
    road: { request: () => new Promise(() => {}) },
  });
  const one = lines("GET http://example.org/ HTTP/1.1", HEAD.trim());
  expect(await raw(house.port, one.repeat(6))).toBe("");
  expect(codes(house)).toEqual(["proxy_pipelined"]);
});

/** A connection whose client has said who it is, and keeps it. */
async function knownOne(house: ProxyHouse, key = "key-ada"): Promise<Socket> {
  const socket = dial(house);
  const authorization = `Basic ${Buffer.from(`agent:${key}`).toString("base64")}`;
  socket.write(
    lines("GET http://example.org/ HTTP/1.1", "Host: example.org", `Proxy-Authorization: ${authorization}`),
  );
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

test("more connections than connectionsMax are not taken, of whoever has said who they are", async () => {
  const house = await openProxyHouse({ limits: { connectionsMax: 3 } });
  const open = [await knownOne(house), await knownOne(house), await knownOne(house, "key-bob")];
  await ended(dial(house));
  open[0]?.destroy();
  await expect
    .poll(async () => raw(house.port, lines("GET http://example.org/ HTTP/1.1", `${HEAD}Connection: close`)))
    .toMatch(/^HTTP\/1\.1 200 /);
});

test("whoever has not said who they are gives way to the next, and shuts nobody out", async () => {
  const house = await openProxyHouse({ limits: { strangersMax: 3 } });
  const kept = await knownOne(house);
  const strangers = Array.from({ length: 6 }, () => dial(house));
  await Promise.all(strangers.slice(0, 3).map(ended));
  kept.write(lines("GET http://example.org/ HTTP/1.1", HEAD.trim()));
  const [answer] = await once(kept, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  await knownOne(house, "key-bob");
});

test("one agent has connectionsPerAgentMax, and another its own", async () => {
  const house = await openProxyHouse({ limits: { connectionsPerAgentMax: 2 } });
  const [first] = [await knownOne(house), await knownOne(house)];
  const third = await raw(house.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim()));
  expect(third).toMatch(/^HTTP\/1\.1 429 .*"code":"proxy_connections"/s);
  expect(codes(house)).toEqual(["proxy_connections"]);
  await knownOne(house, "key-bob");
  first?.destroy();
  await expect
    .poll(async () => raw(house.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim())))
    .toMatch(/^HTTP\/1\.1 200 /);
});

/** An upstream, and a house that forwards to it. */
async function forwarding(
  listener: RequestListener,
  limits = {},
): Promise<{ house: ProxyHouse; url: string; host: string }> {
  const port = await listen(createPlain(listener));
  const house = await openProxyHouse({ road: forwardingRoad(), limits });
  return {
    house,
    url: `http://127.0.0.1:${port}`,
    host: `Host: 127.0.0.1:${port}\r\nProxy-Authorization: ${AUTHORIZATION}\r\n`,
  };
}

test("a client that goes away while it uploads takes its upstream's request along", async () => {
  let [came, aborted] = [0, false];
  const { house, url, host } = await forwarding((request) => {
    request.on("data", (chunk: Buffer) => (came += chunk.length));
    request.on("aborted", () => (aborted = true)).on("error", () => {});
  });
  const socket = dial(
    house,
    `POST ${url}/ HTTP/1.1\r\n${host}Content-Length: 100000\r\n\r\n${"a".repeat(5_000)}`,
  );
  await expect.poll(() => came).toBe(5_000);
  socket.destroy();
  await expect.poll(() => aborted).toBe(true);
});

test("an upstream that is cut within its answer cuts the client's, which is not whole", async () => {
  for (const length of [{ "content-length": "100" }, {}]) {
    const { house, url, host } = await forwarding((request, response) => {
      response.writeHead(200, length).write("part");
      setTimeout(() => request.socket.destroy(), 30);
    });
    const answer = await raw(house.port, `GET ${url}/ HTTP/1.1\r\n${host}\r\n`, 2_000);
    expect(answer).toContain("part");
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
  }
});

test("an upstream whose answer has two lengths is not passed on", async () => {
  const port = await listen(
    createTcp(
      (socket) =>
        void socket
          .on("error", () => {})
          .once("data", () =>
            socket.end(
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            ),
          ),
    ),
  );
  const house = await openProxyHouse({ road: forwardingRoad() });
  const answer = await raw(
    house.port,
    `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nProxy-Authorization: ${AUTHORIZATION}\r\n\r\n`,
    1_000,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 502 /);
});

test("a client that takes nothing is left after stallMs, and its upstream is let go", async () => {
  let closed = false;
  const { house, url, host } = await forwarding(
    (_, response) => {
      response.on("close", () => (closed = true));
      const fill = (): void =>
        void (response.write(Buffer.alloc(65_536)) ? setImmediate(fill) : response.once("drain", fill));
      fill();
    },
    { stallMs: 200 },
  );
  const socket = dial(house, `GET ${url}/ HTTP/1.1\r\n${host}\r\n`);
  socket.pause();
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(true);
});

test("a large download goes through in flat memory", async () => {
  const [block, blocks] = [Buffer.alloc(1_048_576), 400];
  const { house, url, host } = await forwarding((_, response) => {
    response.writeHead(200, { "content-length": String(block.length * blocks) });
    let sent = 0;
    const fill = (): void => {
      for (; sent < blocks; ) {
        sent += 1;
        if (!response.write(block)) return void response.once("drain", fill);
      }
      response.end();
    };
    fill();
  });
  const before = process.memoryUsage().rss;
  let [came, most] = [0, 0];
  const socket = dial(house, `GET ${url}/ HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
  socket.on("data", (chunk) => {
    came += chunk.length;
    most = Math.max(most, process.memoryUsage.rss());
  });
  await ended(socket);
  expect(came).toBeGreaterThan(block.length * blocks);
  // Upstream, proxy and client are all in this process; 400 MiB went through it.
  expect(most - before).toBeLessThan(160 * 1_048_576);
});

test("a tunnel that is passed through: bytes both ways, told once, over after tunnelIdleMs", async () => {
  const echo = await listen(createTcp((socket) => void socket.on("error", () => {}).pipe(socket)));
  const done: object[] = [];
  const open = async () => connect({ port: echo, host: "127.0.0.1" });
  const house = await openProxyHouse({
    limits: { tunnelIdleMs: 300 },
    road: { connect: async () => ({ kind: "tunnel", open, done: (bytes) => void done.push({ ...bytes }) }) },
  });
  const socket = dial(
    house,
    lines(
      "CONNECT example.org:443 HTTP/1.1",
      "Host: example.org:443",
      `Proxy-Authorization: ${AUTHORIZATION}`,
    ),
  );
  let came = "";
  socket.on("data", (chunk) => {
    if (came === "") socket.write("hello");
    came += String(chunk);
  });
  await new Promise((resolve) => socket.once("close", resolve));
  expect(came).toMatch(/^HTTP\/1\.1 200 [^\r]+\r\n\r\nhello$/);
  expect(done).toEqual([{ sent: 5, received: 5 }]);
});

test("a road that fails is an answer without its words, and a report", async () => {
  const house = await openProxyHouse({
    road: { request: () => Promise.reject(new Error("secret in words")) },
  });
  const answer = await raw(house.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim()));
  expect(answer).toMatch(/^HTTP\/1\.1 500 .*"code":"proxy_failed"/s);
  expect(answer).not.toContain("secret");
  expect(house.reports).toHaveLength(1);
});

test("a road's answer that is no HTTP is not written", async () => {
  for (const headers of [
    [["x-a", "b\r\nx-c: d"]],
    [
      ["content-length", "5"],
      ["content-length", "6"],
    ],
  ] as const) {
    const house = await openProxyHouse({
      road: { request: async () => ({ ...text(200, "hello"), headers }) },
    });
    expect(await raw(house.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim()))).toMatch(
      /^HTTP\/1\.1 502 /,
    );
  }
  const long = await openProxyHouse({
    road: {
      request: async (who, request) => ({
        ...(await told(who, request)),
        headers: [["content-length", "3"]],
      }),
    },
  });
  const answer = await raw(long.port, lines("GET http://example.org/ HTTP/1.1", HEAD.trim()));
  expect(answer).not.toContain("ada");
});
