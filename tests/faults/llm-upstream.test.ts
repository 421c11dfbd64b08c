import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { residentBytes } from "../journeys/doorward-process.ts";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, chunks, completion, DONE, json, stream } from "../support/model-upstream.ts";

// Broken and hostile upstreams at the llm door: the client is told in its own protocol, memory stays bounded, and the
// outcome is on record as what it was.

const MIB = 1024 * 1024;
const CHAT = "/v1/chat/completions";
const asking = (isStream: boolean): object => ({
  model: "served",
  messages: [{ role: "user", content: "hello" }],
  ...(isStream ? { stream: true } : {}),
});

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => json(response, 200, completion({ content: "hi" })) });
});
afterAll(async () => house?.close());
beforeEach(async () => {
  // An upstream that failed is left alone for a while; each test begins with one that nobody doubts.
  await house.admin.perform("upstreams.check", { upstream: "up" });
});

async function lastOutcome(): Promise<Record<string, unknown>> {
  const all = await entriesOf(house.admin, "outcome");
  return all.at(-1) ?? {};
}

async function problemOf(answer: Response): Promise<string> {
  const { error }: { error: { message: string } } = JSON.parse(await answer.text());
  return error.message;
}

for (const isStream of [false, true]) {
  const how = isStream ? "streamed" : "whole";
  test(`${how}: an answer that is HTML`, async () => {
    house.upstream.behave = (response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html><h1>It works!</h1></html>");
    };
    const answer = await house.ask(CHAT, asking(isStream));
    expect(answer.status).toBe(502);
    expect(await problemOf(answer)).toMatch(/text\/html/);
    expect((await lastOutcome())["status"]).toBe("error");
  });

  test(`${how}: 429 with and without Retry-After goes on as it is`, async () => {
    house.upstream.behave = (response) =>
      json(response, 429, { error: { message: "slow down", type: "x", code: "y" } }, { "retry-after": "7" });
    const told = await house.ask(CHAT, asking(isStream));
    expect(told.status).toBe(429);
    expect(told.headers.get("retry-after")).toBe("7");
    expect(await problemOf(told)).toMatch(/slow down/);
    await house.admin.perform("upstreams.check", { upstream: "up" });
    house.upstream.behave = (response) => json(response, 429, { error: { message: "slow down" } });
    const untold = await house.ask(CHAT, asking(isStream));
    expect(untold.status).toBe(429);
    expect(untold.headers.get("retry-after")).toBe(null);
  });

  test(`${how}: a connection that breaks before any answer is recorded as unknown and not sent again`, async () => {
    const before = house.upstream.asked.length;
    house.upstream.behave = (response) => response.destroy();
    const answer = await house.ask(CHAT, asking(isStream));
    expect(answer.status).toBe(502);
    expect((await lastOutcome())["status"]).toBe("unknown");
    expect(house.upstream.asked.length).toBe(before + 1);
  });
}

test("a Content-Length that lies", async () => {
  house.upstream.behave = (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 5_000 });
    response.write(JSON.stringify(completion({ content: "hi" })));
    response.destroy();
  };
  expect((await house.ask(CHAT, asking(false))).status).toBe(502);
  expect((await lastOutcome())["status"]).toBe("unknown");
});

test("a whole answer with duplicate keys could be read in two ways, so nobody reads it", async () => {
  const said = JSON.stringify(completion({ content: "hi" }));
  house.upstream.behave = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(said.replace('"content":"hi"', '"content":"hi","content":"other"'));
  };
  const answer = await house.ask(CHAT, asking(false));
  expect(answer.status).toBe(502);
  expect((await lastOutcome())["status"]).toBe("error");
});

test("a stream that breaks off mid-way has no end that looks like one", async () => {
  house.upstream.behave = (response) => {
    stream(response, [chunk({ role: "assistant", content: "" }), chunk({ content: "half a" })]);
    setTimeout(() => response.destroy(), 50);
  };
  const answer = await house.ask(CHAT, asking(true));
  const text = await answer.text().catch(() => "cut");
  expect(!text.includes("[DONE]") || text.includes("error")).toBe(true);
  expect((await lastOutcome())["status"]).toBe("unknown");
});

test("an error in mid-stream is told", async () => {
  house.upstream.behave = (response) => {
    stream(response, [
      chunk({ role: "assistant", content: "well" }),
      `data: {"error":{"message":"the GPU caught fire"}}\n\n`,
    ]);
    response.end();
  };
  const answer = await house.ask(CHAT, asking(true));
  const text = await answer.text().catch(() => "cut");
  expect(!text.includes('"finish_reason":"stop"')).toBe(true);
  expect((await lastOutcome())["status"]).toBe("error");
});

test("half a UTF-8 character, cut by the network, arrives whole; left half, it is refused", async () => {
  const [first, second] = [
    chunk({ role: "assistant", content: "" }),
    Buffer.from(chunk({ content: "Grüße 👋" })),
  ];
  const middle = second.indexOf(0xf0) + 2;
  house.upstream.behave = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    response.write(second.subarray(0, middle));
    setTimeout(() => {
      response.write(second.subarray(middle));
      response.end(chunk({}, "stop") + DONE);
    }, 30);
  };
  const whole = await (await house.ask(CHAT, asking(true))).text();
  expect(whole).toMatch(/Grüße 👋/);
  house.upstream.behave = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    response.end(Buffer.concat([second.subarray(0, middle), Buffer.from('"}}]}\n\n')]));
  };
  const half = await (await house.ask(CHAT, asking(true))).text().catch(() => "cut");
  expect(!half.includes("\ufffd")).toBe(true);
  expect((await lastOutcome())["status"]).toBe("error");
});

test("a stream that never ends is stopped with its client, and costs no memory", async () => {
  house.upstream.behave = (response) => {
    stream(response, [chunk({ role: "assistant", content: "" })]);
    const more = setInterval(() => response.write(chunk({ content: "x".repeat(4_096) })), 1);
    response.on("close", () => clearInterval(more));
  };
  const before = (await residentBytes(house.running.pid)) ?? 0;
  const stop = new AbortController();
  const answer = await house.ask(CHAT, asking(true), { signal: stop.signal });
  const reader = answer.body?.getReader();
  for (let read = 0; read < 200; read += 1) await reader?.read();
  stop.abort();
  await expect.poll(async () => (await lastOutcome())["status"], { timeout: 10_000 }).toBe("unknown");
  await expect.poll(() => house.upstream.connections(), { timeout: 10_000 }).toBeLessThanOrEqual(1);
  const after = (await residentBytes(house.running.pid)) ?? 0;
  expect(after - before < 96 * MIB).toBe(true);
});

test("a client that stops reading holds its upstream back, not Doorward's memory", async () => {
  let written = 0;
  house.upstream.behave = (response) => {
    stream(response, [chunk({ role: "assistant", content: "" })]);
    const more = setInterval(() => {
      // As a careful server does: what nobody takes is not made.
      if (response.writableLength < MIB) {
        response.write(chunk({ content: "y".repeat(64 * 1024) }));
        written += 64 * 1024;
      }
    }, 1);
    response.on("close", () => clearInterval(more));
  };
  const before = (await residentBytes(house.running.pid)) ?? 0;
  const stop = new AbortController();
  const answer = await house.ask(CHAT, asking(true), { signal: stop.signal });
  await answer.body?.getReader().read();
  await sleep(1_500);
  const mark = written;
  await sleep(1_000);
  expect(written - mark < 8 * MIB).toBe(true);
  const after = (await residentBytes(house.running.pid)) ?? 0;
  expect(after - before < 96 * MIB).toBe(true);
  stop.abort();
});

test("an answer of calls by the hundred thousand is refused, not kept", async () => {
  const calls = Array.from({ length: 200 }, (_, at) => ({ id: `call_${at}`, name: "tool", arguments: "{}" }));
  house.upstream.behave = (response) => {
    stream(response, chunks({ calls }));
    response.end(DONE);
  };
  const answer = await house.ask(CHAT, asking(true));
  const text = await answer.text().catch(() => "cut");
  expect(!text.includes("call_199")).toBe(true);
});
