import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createEgress, type Egress, type EgressRules } from "./index.ts";

const open: (Server | Egress)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) {
    if ("request" in thing) await thing.close();
    else await new Promise((resolve) => (thing.closeAllConnections(), thing.close(resolve)));
  }
});

const RULES: EgressRules = { allowPrivate: true, bytesMax: 1_000, timeoutMs: 200 };

async function ask(listener: RequestListener, rules: Partial<EgressRules> = {}, signal?: AbortSignal) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const egress = createEgress({ ownAddresses: () => [] });
  open.push(server, egress);
  const request = { url: `http://127.0.0.1:${port}/`, method: "GET", headers: {} };
  return {
    egress,
    ask: () => egress.request({ ...RULES, ...rules }, { ...request, ...(signal && { signal }) }),
    port,
  };
}

/** Some bytes, and then nothing, for ever. */
const stalls =
  (type: string): RequestListener =>
  (_, response) =>
    void response.writeHead(200, { "content-type": type }).write("some");

test("a body that is no stream ends in bounded time, however it is read", async () => {
  const { ask: asked, egress, port } = await ask(stalls("application/json"));
  await expect((await asked()).text()).rejects.toMatchObject({ code: "egress_lost" });
  const chunks = (await asked()).chunks();
  expect((await chunks.next()).done).toBe(false);
  await expect(chunks.next()).rejects.toMatchObject({ code: "egress_lost" });
  const fetched = await egress.fetch(RULES)(`http://127.0.0.1:${port}/`);
  await expect(fetched.text()).rejects.toThrow(/200 ms/);
});

test("a stream of events may be silent for longer, unless its rules say how long", async () => {
  const { ask: asked } = await ask((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
    setTimeout(() => response.end("data: 2\n\n"), 400);
  });
  let text = "";
  for await (const chunk of (await asked()).chunks()) text += Buffer.from(chunk).toString();
  expect(text).toBe("data: 1\n\ndata: 2\n\n");
  const bounded = await ask(stalls("text/event-stream"), { stream: { idleMs: 100, bytesMax: 100 } });
  const chunks = (await bounded.ask()).chunks();
  await chunks.next();
  await expect(chunks.next()).rejects.toMatchObject({ code: "egress_idle" });
});

test("what waits is given as one chunk, whole and in order", async () => {
  const { ask: asked } = await ask((_, response) => {
    response.writeHead(200);
    for (let line = 0; line < 20; line += 1) response.write(`${line}\n`);
    response.end();
  });
  const answer = await asked();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const chunks: string[] = [];
  for await (const chunk of answer.chunks()) chunks.push(Buffer.from(chunk).toString());
  expect([chunks.length, chunks.join("")]).toEqual([
    1,
    Array.from({ length: 20 }, (_, line) => `${line}\n`).join(""),
  ]);
});

test("an abort before, during and after, and nothing is left over", async () => {
  const early = AbortSignal.abort();
  const { ask: never } = await ask((_, response) => void response.end("x"), {}, early);
  await expect(never()).rejects.toMatchObject({ name: "AbortError" });
  const waiting = new AbortController();
  const { ask: asked } = await ask(() => waiting.abort(), {}, waiting.signal);
  await expect(asked()).rejects.toMatchObject({ name: "AbortError" });
  const reading = new AbortController();
  const { ask: read } = await ask(stalls("application/json"), {}, reading.signal);
  const text = (await read()).text();
  reading.abort();
  await expect(text).rejects.toMatchObject({ name: "AbortError" });
  const done = new AbortController();
  const { ask: whole } = await ask((_, response) => void response.end("x"), {}, done.signal);
  expect(await (await whole()).text()).toBe("x");
  done.abort();
});

test("a private place whose name leads outside is not asked", async () => {
  const { egress } = await ask((_, response) => void response.end("x"));
  const rules = { ...RULES, onlyPrivate: true };
  const request = { url: "http://8.8.8.8/", method: "GET", headers: {} };
  await expect(egress.request(rules, request)).rejects.toMatchObject({ code: "egress_address_public" });
});

test("a header that cannot be sent is a fault, and nothing is sent", async () => {
  let reached = 0;
  const { egress, port } = await ask((_, response) => {
    reached += 1;
    response.end();
  });
  const request = { url: `http://127.0.0.1:${port}/`, method: "GET", headers: { "x-a": "a\r\nb: c" } };
  await expect(egress.request(RULES, request)).rejects.toMatchObject({ code: "egress_request_invalid" });
  expect(reached).toBe(0);
});
