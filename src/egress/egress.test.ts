import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createEgress, type Egress, type EgressRules } from "./index.ts";

const open: (Server | Egress)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) {
    if ("request" in thing) await thing.close();
    else await new Promise((resolve) => (thing.closeAllConnections(), thing.close(resolve)));
  }
});

const GRANTED: EgressRules = { allowPrivate: true, bytesMax: 1_000, timeoutMs: 2_000 };

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function egress(own: readonly { host: string; port: number }[] = []): Egress {
  const made = createEgress({ ownAddresses: () => own });
  open.push(made);
  return made;
}

const get = (from: Egress, url: string, rules = GRANTED) =>
  from.request(rules, { url, method: "GET", headers: {} });

test("a granted private address answers; headers and body arrive", async () => {
  const port = await serve((request, response) =>
    response.setHeader("x-seen", request.headers["x-sent"] ?? "").end("hello"),
  );
  const answer = await egress().request(GRANTED, {
    url: `http://127.0.0.1:${port}/`,
    method: "POST",
    headers: { "x-sent": "yes" },
    body: "x",
  });
  expect([answer.status, answer.headers["x-seen"], await answer.text()]).toEqual([200, "yes", "hello"]);
});

test("a body over its maximum is cut, announced or not", async () => {
  const port = await serve((_request, response) => void response.end("x".repeat(1_001)));
  const answer = await get(egress(), `http://127.0.0.1:${port}/`);
  await expect(answer.text()).rejects.toMatchObject({ code: "egress_body_too_large" });
});

test("a stream of events may be long, an event may not", async () => {
  const port = await serve((request, response) => {
    response.setHeader("content-type", "text/event-stream");
    response.end(
      request.url === "/long"
        ? `data: ${"x".repeat(900)}\r\n\r\n`.repeat(5)
        : `data: ${"x".repeat(1_100)}\n\n`,
    );
  });
  const long = await get(egress(), `http://127.0.0.1:${port}/long`);
  expect((await long.text().catch(() => "too large")).length).toBeLessThan(10);
  const streamed = await get(egress(), `http://127.0.0.1:${port}/long`);
  expect(await readAll(streamed.chunks())).toBeGreaterThan(4_500);
  const big = await get(egress(), `http://127.0.0.1:${port}/big`);
  await expect(readAll(big.chunks())).rejects.toMatchObject({ code: "egress_body_too_large" });
});

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

test("silence ends in a fault that does not claim nothing happened", async () => {
  const port = await serve(() => {});
  await expect(
    get(egress(), `http://127.0.0.1:${port}/`, { ...GRANTED, timeoutMs: 200 }),
  ).rejects.toMatchObject({ code: "egress_lost" });
});

test.each(["ftp://example.com/", "file:///etc/passwd", "http://user:secret@example.com/"])(
  "%s is not asked",
  async (url) => {
    await expect(get(egress(), url)).rejects.toMatchObject({ code: "egress_url_refused" });
  },
);

test("fetch follows a redirect within its origin, for GET only, and not for ever", async () => {
  const port = await serve((request, response) => {
    const status = request.url === "/end" ? 200 : 302;
    response.writeHead(status, { location: request.url === "/loop" ? "/loop" : "/end" }).end("there");
  });
  const fetch = egress().fetch(GRANTED);
  const at = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${at}/start`)).text()).toBe("there");
  await expect(fetch(`${at}/loop`)).rejects.toMatchObject({ code: "egress_redirect_refused" });
  await expect(fetch(`${at}/start`, { method: "POST", body: "x" })).rejects.toMatchObject({
    code: "egress_redirect_refused",
  });
});

test("when egress is closed, nothing leaves", async () => {
  const from = createEgress({ ownAddresses: () => [] });
  await from.close();
  await expect(get(from, "http://127.0.0.1:1/")).rejects.toMatchObject({ code: "egress_closed" });
});
