import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import {
  BOTH,
  call,
  type DoorUnderTest,
  modern,
  openDoor,
  openSession,
  post,
  rawSocket,
  type Settings,
  until,
} from "./door-harness.ts";

// The HTTP side of the door: who gets in, in what form, and what broken, slow and huge clients can do to it.

const open: DoorUnderTest[] = [];

async function start(settings: Settings = {}): Promise<DoorUnderTest> {
  const target = await openDoor(settings);
  open.push(target);
  return target;
}

afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function codeOf(reply: Response): Promise<unknown> {
  return ((await reply.json()) as { error: { data: JsonObject } }).error.data["code"];
}

const head = (length: number, more = ""): string =>
  `POST /door/mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAccept: ${BOTH}\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;

const headOf = (body: string, session: Record<string, string>): string =>
  head(Buffer.byteLength(body), `Mcp-Session-Id: ${session["mcp-session-id"]}\r\n`);

describe("who gets in", () => {
  test("the guard speaks before anything else is read", async () => {
    const target = await start({
      guard: (incoming) =>
        incoming.headers.origin === undefined
          ? null
          : { kind: "refused", status: 403, code: "origin", reason: "a web page", remedy: "Use a client." },
    });
    const reply = await post(target, "not json", { origin: "https://evil.example", authorization: "none" });
    expect([reply.status, await codeOf(reply)]).toEqual([403, "origin"]);
    expect((await post(target, "{", {})).status).toBe(400);
  });

  test("without a credential nothing is read, and the client is told how to bring one", async () => {
    const target = await start();
    const reply = await post(target, "not json", { authorization: "Bearer nobody" });
    expect([reply.status, await codeOf(reply)]).toEqual([401, "no_credential"]);
    expect(reply.headers.get("www-authenticate")).toBe('Bearer realm="doorward"');
  });

  test.each([
    ["/door/mcp/", 404],
    ["/door/mcp?x=1", 404],
    ["/door/mcp/UPPER", 404],
    ["/door/mcp/a/b", 404],
    ["/door/k/short/mcp", 404],
    ["//door/mcp", 404],
    ["/door/%6dcp", 404],
  ])("%s is no door", async (path, status) => {
    const target = await start();
    const reply = await fetch(`http://127.0.0.1:${target.port}${path}`, { method: "POST", body: "{}" });
    expect([reply.status, await codeOf(reply)]).toEqual([status, "no_such_door"]);
  });

  test.each([
    [{ accept: "application/json" }, 406],
    [{ accept: "text/event-stream;q=0, application/json" }, 406],
    [{ "content-type": "text/plain" }, 415],
    [{ "content-type": "application/json; charset=utf-16" }, 415],
    [{ "content-type": "application/json", "content-encoding": "gzip" }, 415],
    [{ accept: "*/*", "content-type": "application/json; charset=UTF-8" }, 200],
    [{ accept: "text/event-stream" }, 200],
  ] as [Record<string, string>, number][])("headers %j: %i", async (headers, status) => {
    const target = await start();
    const session = await openSession(target);
    const reply = await post(target, call(1, "echo"), { ...session, ...headers });
    expect(reply.status).toBe(status);
    const type = headers["accept"] === "text/event-stream" ? "text/event-stream" : "application/json";
    expect(reply.headers.get("content-type")).toBe(type);
    await reply.body?.cancel();
  });

  test.each(["PUT", "PATCH", "OPTIONS"])("%s is not a method here", async (method) => {
    const target = await start();
    const reply = await fetch(target.url, { method, headers: { authorization: "Bearer a" } });
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST, GET, DELETE"]);
  });
});

describe("bodies", () => {
  test.each([true, false])(
    "100 MB is refused early and not buffered (declared length: %s)",
    async (declared) => {
      const target = await start();
      const before = process.memoryUsage().arrayBuffers;
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const outcome = await new Promise<{ status: number; body: string; sent: number }>((resolve) => {
        const headers = { authorization: "Bearer a", accept: BOTH, "content-type": "application/json" };
        const length = declared ? { "content-length": 100 * 1024 * 1024 } : {};
        const outgoing = request(target.url, { method: "POST", headers: { ...headers, ...length } });
        let sent = 0;
        let answered = false;
        outgoing.on("error", () => {});
        outgoing.on("response", (reply) => {
          answered = true;
          let body = "";
          reply.on("data", (data: Buffer) => void (body += data.toString()));
          const done = (): void => resolve({ status: reply.statusCode ?? 0, body, sent });
          reply.on("end", done).on("error", done);
        });
        const more = (): void => {
          if (answered || sent >= 100 * 1024 * 1024 || outgoing.destroyed) return;
          sent += chunk.length;
          outgoing.write(chunk, () => setImmediate(more));
        };
        more();
      });
      expect(outcome.status).toBe(413);
      expect(outcome.body).toContain("body_too_large");
      expect(outcome.sent).toBeLessThan(50 * 1024 * 1024);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
      expect((await post(target, "{")).status).toBe(400);
    },
  );

  test("a body one byte over is refused, one of exactly the maximum is read", async () => {
    const target = await start({ limits: { bodyBytesMax: 200 } });
    const session = await openSession(target);
    const body = JSON.stringify(call(1, "echo"));
    expect((await post(target, body.padEnd(200), session)).status).toBe(200);
    expect((await post(target, body.padEnd(201), session)).status).toBe(413);
  });
});

describe("slow, broken and eager clients", () => {
  test.each([
    ["headers that never end", "POST /door/mcp HTTP/1.1\r\nHost: x\r\nX-A: "],
    ["a body that never ends", head(1000)],
  ])("%s: cut off", async (_name, bytes) => {
    const target = await start({
      listener: { headersTimeout: 150, requestTimeout: 200, connectionsCheckingInterval: 50 },
    });
    const { socket, received, closed } = await rawSocket(target);
    socket.write(bytes);
    const drip = setInterval(() => socket.write(" "), 20);
    await closed;
    clearInterval(drip);
    expect(received()).toMatch(/^(HTTP\/1\.1 408|$)/);
    expect(target.door.counts().underWay).toBe(0);
  });

  test("too many header bytes are refused by the parser", async () => {
    const target = await start();
    const { socket, received, closed } = await rawSocket(target);
    socket.write(`POST /door/mcp HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(64 * 1024)}`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 431/);
  });

  test.each([
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    ["length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a header with a bare LF", "X-A: b\nX-C: d\r\nContent-Length: 2\r\n\r\n{}"],
  ])("ambiguous framing is refused: %s", async (_name, rest) => {
    const target = await start();
    const { socket, received, closed } = await rawSocket(target);
    socket.write(
      `POST /door/mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAccept: ${BOTH}\r\nContent-Type: application/json\r\n${rest}`,
    );
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 400/);
    expect(target.seen.handled).toEqual([]);
  });

  test("a client that dies at any byte leaves nothing behind", async () => {
    const target = await start();
    const session = await openSession(target);
    const body = JSON.stringify(call(1, "echo"));
    const whole = headOf(body, session) + body;
    for (let at = 1; at <= whole.length; at += 7) {
      const { socket, closed } = await rawSocket(target);
      socket.end(whole.slice(0, at), () => socket.destroy());
      await closed;
    }
    await until(() => target.door.counts().underWay === 0);
    expect(target.seen.reported).toEqual([]);
    expect((await post(target, call(2, "echo"), session)).status).toBe(200);
  });

  // Node takes half a close for a whole one, and so do we: the modern era cancels by closing, and a client that has
  // gone looks, from here, like one that has only stopped sending.
  test.each(["legacy", "modern"])("a half-closed client (%s) has left", async (era) => {
    const target = await start();
    const session = await openSession(target);
    const { body, headers } = modern(1, "tools/call", { name: "wait", arguments: { key: "h" } });
    const text = JSON.stringify(era === "modern" ? body : call(1, "wait", { key: "h" }));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { socket, closed } = await rawSocket(target);
    socket.write(
      era === "modern" ? head(Buffer.byteLength(text), lines.join("")) + text : headOf(text, session) + text,
    );
    await until(() => target.seen.release.has("h"));
    socket.end();
    await closed;
    if (era === "modern") await until(() => target.seen.aborted.length === 1);
    target.seen.release.get("h")?.();
    await until(() => target.door.counts().underWay === 0);
    expect(target.seen.aborted).toEqual(era === "modern" ? ["h"] : []);
  });

  test("pipelined requests are answered in order, a stream first", async () => {
    const target = await start();
    const session = await openSession(target);
    const bodies = [
      call(1, "progress", { steps: 2 }, { progressToken: 1 }),
      call(2, "echo"),
      call(3, "echo", { z: 1 }),
    ];
    const { socket, received } = await rawSocket(target);
    socket.write(bodies.map((body) => headOf(JSON.stringify(body), session) + JSON.stringify(body)).join(""));
    await until(() => received().includes('{\\"z\\":1}'));
    const order = ["text/event-stream", '"text":"done"', '"id":2', '"id":3'].map((mark) =>
      received().indexOf(mark),
    );
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    socket.destroy();
  });

  test("a reader that stops reading is cut off, and its call goes on", async () => {
    const target = await start({ limits: { backlogBytesMax: 64 * 1024 } });
    const session = await openSession(target);
    const body = JSON.stringify(call(1, "wait", { key: "w" }));
    const { socket, closed } = await rawSocket(target);
    socket.write(headOf(body, session) + body);
    await until(() => target.seen.release.has("w"));
    socket.pause();
    const exchange = target.seen.handled.at(-1)?.exchange;
    const filler = { level: "info", data: "x".repeat(100_000) };
    await until(() => {
      exchange?.notify("notifications/message", filler);
      return target.door.counts().streams === 0;
    });
    expect(target.seen.aborted).toEqual([]);
    socket.destroy();
    await closed;
  });
});

test("a complete answer that nobody reads keeps its place until its connection is cut", async () => {
  const target = await start({ limits: { stallMs: 300 } });
  const session = await openSession(target);
  const body = JSON.stringify(call(1, "big", { size: 30_000_000 }));
  const { socket } = await rawSocket(target);
  socket.pause();
  socket.write(headOf(body, session) + body);
  await until(() => target.seen.handled.length === 1);
  expect(target.door.counts().underWay).toBe(1);
  await until(() => target.door.counts().underWay === 0);
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  expect(socket.bytesRead).toBeLessThan(30_000_000);
});

describe("how much one agent may hold", () => {
  test("requests under way: the next is told to wait, another agent is not", async () => {
    const target = await start({ limits: { exchangesPerAgentMax: 2 } });
    const session = await openSession(target);
    const waiting = [1, 2].map(async (id) => post(target, call(id, "wait", { key: `k${id}` }), session));
    await until(() => target.seen.release.size === 2);
    const refused = await post(target, call(3, "echo"), session);
    expect([refused.status, await codeOf(refused), refused.headers.get("retry-after")]).toEqual([
      429,
      "too_many_requests",
      "1",
    ]);
    const { body, headers } = modern(1, "tools/call", { name: "echo" });
    expect((await post(target, body, { ...headers, authorization: "Bearer b" })).status).toBe(200);
    for (const release of target.seen.release.values()) release();
    await Promise.all(waiting);
    expect((await post(target, call(4, "echo"), session)).status).toBe(200);
  });

  test("event streams", async () => {
    const target = await start({ limits: { streamsPerAgentMax: 1 } });
    const session = await openSession(target);
    const get = async (): Promise<Response> =>
      fetch(target.url, { headers: { ...session, accept: "text/event-stream" } });
    const first = await get();
    const second = await get();
    expect([first.status, second.status, await codeOf(second)]).toEqual([200, 429, "too_many_streams"]);
    await first.body?.cancel();
    await until(() => target.door.counts().streams === 0);
    expect((await get()).status).toBe(200);
  });
});

test("an agent that is cut off loses its requests and sessions at once, others keep theirs", async () => {
  const target = await start();
  const [mine, other] = [await openSession(target), await openSession(target, { agent: "b" })];
  const waiting = post(target, call(1, "wait", { key: "mine" }), mine);
  const theirs = post(target, call(1, "wait", { key: "theirs" }), other);
  await until(() => target.seen.release.size === 2);
  const { doorClosing } = await import("../../src/gateway/door/refusals.ts");
  expect(target.door.cut((identity) => identity.agentName === "a", doorClosing())).toBe(2);
  expect(await codeOf(await waiting)).toBe("door_closing");
  expect(target.seen.aborted).toEqual(["mine"]);
  expect((await post(target, call(2, "echo"), mine)).status).toBe(404);
  target.seen.release.get("theirs")?.();
  expect((await theirs).status).toBe(200);
});

test("a closed door answers 503 and holds nothing", async () => {
  const target = await start();
  const session = await openSession(target);
  const stream = await fetch(target.url, { headers: { ...session, accept: "text/event-stream" } });
  target.door.close();
  await stream.text();
  const reply = await post(target, call(1, "echo"), session);
  expect([reply.status, await codeOf(reply)]).toEqual([503, "door_closing"]);
  expect(target.door.counts()).toEqual({ sessions: 0, channels: 0, underWay: 0, suspended: 0, streams: 0 });
});
