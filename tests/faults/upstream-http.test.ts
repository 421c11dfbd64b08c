import { afterEach, beforeEach, expect, test } from "vitest";
import { NOTHING_SENT } from "#upstream";
import {
  type HostileHttpServer,
  listenHostile,
  type Misbehaviour,
  reply,
  result,
} from "../servers/hostile-http.ts";
import { DEAF, http, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

let house: TestHouse;
let server: HostileHttpServer | null = null;
beforeEach(async () => {
  house = await openTestHouse();
});
afterEach(async () => {
  await house.close();
  await server?.close();
});

async function connected(misbehave: Misbehaviour) {
  server = await listenHostile(misbehave);
  await house.add("bad", http(server.url));
  const connection = await house.upstreams.connect("bad", DEAF);
  const act = (timeoutMs = 5_000) =>
    connection.request("tools/call", { name: "act", arguments: {} }, within(timeoutMs));
  return { server, connection, act };
}

const EVENTS = { "content-type": "text/event-stream" };
const event = (message: object): string => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;

test.each<[string, Misbehaviour, string]>([
  ["never answers", () => {}, "upstream_timeout"],
  ["cuts the connection", (response) => void response.socket?.destroy(), "egress_lost"],
  [
    "lies about length",
    (response) =>
      response
        .writeHead(200, { "content-type": "application/json", "content-length": "999" })
        .write("{}", () => response.socket?.destroy()),
    "egress_lost",
  ],
  [
    "closes the stream before the answer",
    (response) => void response.writeHead(200, EVENTS).end(": hello\n\n"),
    "upstream_lost_answer",
  ],
  [
    "cuts the stream in the middle of an event",
    (response) =>
      response.writeHead(200, EVENTS).write('data: {"jsonrpc":"2.0"', () => response.socket?.destroy()),
    "egress_lost",
  ],
  [
    "sends a broken event and nothing else",
    (response) => void response.writeHead(200, EVENTS).end("data: {not json}\n\n"),
    "upstream_lost_answer",
  ],
  [
    "sends bytes that are no UTF-8",
    (response) =>
      void response.writeHead(200, EVENTS).end(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 10, 10])),
    "upstream_lost_answer",
  ],
  [
    "answers with a page",
    (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>hello</p>"),
    "upstream_lost_answer",
  ],
  [
    "answers with no message",
    (response) => void response.writeHead(200, { "content-type": "application/json" }).end("[1,2]"),
    "upstream_lost_answer",
  ],
  ["answers 500", (response) => void response.writeHead(500).end("boom"), "upstream_http_failed"],
  ["answers 403", (response) => void response.writeHead(403).end("no"), "upstream_http_refused"],
  [
    "redirects",
    (response) => void response.writeHead(307, { location: "http://169.254.169.254/" }).end(),
    "upstream_http_refused",
  ],
  [
    "compresses unasked",
    (response) =>
      void response
        .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
        .end("x"),
    "egress_encoding",
  ],
])("a server that %s", async (_what, misbehave, code) => {
  const { act, server: at } = await connected(misbehave);
  await expect(act(code === "upstream_timeout" ? 300 : 5_000)).rejects.toMatchObject({
    code,
    remedy: expect.stringMatching(/\S/),
  });
  expect(at.calls).toHaveLength(1);
});

test.each([
  ["one JSON body", { "content-type": "application/json" }, "egress_body_too_large"],
  ["one event", EVENTS, "egress_body_too_large"],
])("a gigabyte in %s is cut off", async (_what, headers, code) => {
  const chunk = Buffer.alloc(1024 * 1024, "x");
  const { act } = await connected((response) => {
    response.writeHead(200, headers).write('data: "');
    let left = 1024;
    const more = (): void => {
      while (left-- > 0 && !response.destroyed)
        if (!response.write(chunk)) return void response.once("drain", more);
    };
    more();
  });
  const before = process.memoryUsage().rss;
  await expect(act(20_000)).rejects.toMatchObject({ code });
  expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
});

test("a broken event before the answer is skipped, progress and the answer arrive", async () => {
  const { connection } = await connected((response, id) => {
    response.writeHead(200, EVENTS);
    response.write("data: {broken\n\n");
    response.write(
      event({ method: "notifications/progress", params: { progressToken: id, progress: 1, odd: true } }),
    );
    response.end(event(result(id, "done")));
  });
  const seen: unknown[] = [];
  const options = within(5_000, { onProgress: (params) => seen.push(params) });
  expect(await connection.request("tools/call", { name: "act" }, options)).toEqual({
    content: [{ type: "text", text: "done" }],
  });
  expect(seen).toMatchObject([{ progress: 1, odd: true }]);
});

test("a forgotten session fails the call that found out, is renewed, and the next call passes", async () => {
  const {
    act,
    connection,
    server: at,
  } = await connected((response, id) => reply(response, result(id, "done")));
  at.forgetSessions();
  await expect(act()).rejects.toMatchObject({ code: "upstream_session_lost" });
  expect(await act()).toMatchObject({ content: [{ text: "done" }] });
  at.forgetSessions();
  expect(await connection.request("tools/list", {}, within(5_000))).toMatchObject({
    tools: [{ name: "act" }],
  });
  expect(at.calls).toHaveLength(1);
});

test("many calls that lose the session at once renew it once, and none of them is sent again", async () => {
  const { act, server: at } = await connected((response, id) => reply(response, result(id, "done")));
  at.forgetSessions();
  const ends = await Promise.allSettled(Array.from({ length: 20 }, () => act()));
  expect(ends.every(({ status }) => status === "rejected")).toBe(true);
  expect(at.calls).toHaveLength(0);
  expect(await act()).toMatchObject({ content: [{ text: "done" }] });
});

test("a server that is gone: a call on the old connection may have arrived, a call on none was never sent", async () => {
  const { act, server: at } = await connected((response, id) => reply(response, result(id, "done")));
  await at.close();
  await act().catch(() => {});
  const failure: unknown = await act().catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: "egress_unreachable" });
  expect(NOTHING_SENT.has("egress_unreachable")).toBe(true);
});
