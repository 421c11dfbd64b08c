// A model upstream that misbehaves in every way it can: what whoever asked hears, and what is noted of its health.
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EGRESS_NOTHING_SENT, type ModelUpstreams } from "#inference";
import {
  asking,
  candidateOf,
  type InferenceHouse,
  lists,
  openInferenceHouse,
  textOf,
} from "../samples/inference.ts";

let house: InferenceHouse;
beforeEach(async () => {
  house = await openInferenceHouse();
});
afterEach(() => house.close());

const BOUNDS = { answerBytesMax: 10_000, answerMsMax: 400, streamBytesMax: 10_000, streamIdleMsMax: 200 };
const EVENTS = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };

async function upstream(listener: RequestListener): Promise<ModelUpstreams> {
  const port = await house.serve(lists(["m"], listener));
  await house.add("gpu", { url: `http://127.0.0.1:${port}` });
  return house.open({ bounds: BOUNDS });
}

const send = async (models: ModelUpstreams, more = {}) =>
  models.send(await candidateOf(models, "m"), asking(more));
const stateOf = (models: ModelUpstreams) => models.states()[0];
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "answered",
    (fault: { code?: string; name?: string }) => String(fault.name === "Fault" ? fault.code : fault.name),
  );

test("an answer comes as it is, from the protocol's own path, with the few headers that go on", async () => {
  const seen: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const models = await upstream((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      seen.push({ url: request.url ?? "", headers: request.headers, body });
      response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end('{"ok":true}');
    });
  });
  const headers = {
    "openai-beta": "x=1",
    authorization: "Bearer of-the-agent",
    cookie: "a=b",
    "x-evil": "1",
  };
  const answer = await send(models, { headers });
  expect([answer.status, answer.mediaType, await answer.text()]).toEqual([
    200,
    "application/json",
    '{"ok":true}',
  ]);
  expect(seen[0]).toMatchObject({ url: "/v1/chat/completions", body: '{"model":"m"}' });
  const { authorization, cookie, "x-evil": evil, "openai-beta": beta } = seen[0]!.headers;
  expect([authorization, cookie, evil, beta]).toEqual([undefined, undefined, undefined, "x=1"]);
  expect(stateOf(models)).toMatchObject({ health: "up", backOffUntil: null });
});

describe("a whole answer", () => {
  test.each<[string, RequestListener, string]>([
    ["is reset before it begins", (request) => void request.socket.destroy(), "egress_lost"],
    [
      "is reset in the middle",
      (request, response) =>
        void response
          .writeHead(200, JSON_TYPE)
          .write("{", () => setTimeout(() => request.socket.destroy(), 20)),
      "egress_lost",
    ],
    [
      "is shorter than its Content-Length",
      (request, response) =>
        void response
          .writeHead(200, { ...JSON_TYPE, "content-length": "99" })
          .write("{}", () => setTimeout(() => request.socket.destroy(), 20)),
      "egress_lost",
    ],
    [
      "is larger than its maximum",
      (_, response) => void response.writeHead(200, JSON_TYPE).end("x".repeat(10_001)),
      "answer_too_large",
    ],
    [
      "is no UTF-8",
      (_, response) => void response.writeHead(200, JSON_TYPE).end(Buffer.from([0x22, 0xff, 0x22])),
      "egress_not_text",
    ],
    ["never ends", (_, response) => void response.writeHead(200, JSON_TYPE).write("{"), "egress_lost"],
    ["never begins", () => {}, "egress_lost"],
    [
      "is compressed unasked",
      (_, response) => void response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end("x"),
      "egress_encoding",
    ],
    [
      "has huge headers",
      (_, response) => void response.writeHead(200, { ...JSON_TYPE, "x-big": "x".repeat(40_000) }).end("{}"),
      "egress_lost",
    ],
  ])(
    "that %s is a fault that does not say that nothing was sent, and counts",
    async (_what, listener, code) => {
      const models = await upstream(listener);
      expect(await codeOf(send(models).then((answer) => answer.text()))).toBe(code);
      expect(EGRESS_NOTHING_SENT.has(code)).toBe(false);
      expect(stateOf(models)).toMatchObject({ health: "down", reason: expect.stringMatching(/\S/) });
      expect(stateOf(models)?.backOffUntil).toBeGreaterThan(house.ambient.now());
    },
  );

  test("longer than its Content-Length ends there, and what is left over harms nobody", async () => {
    const port = await house.serveSocket((socket) => {
      socket.on("data", (data) => {
        const isList = data.toString().startsWith("GET");
        const body = isList ? '{"data":[{"id":"m"}]}' : '{"a":1}';
        const more = isList ? "" : "GARBAGE THAT NOBODY ANNOUNCED";
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}${more}`,
        );
      });
    });
    await house.add("gpu", { url: `http://127.0.0.1:${port}` });
    const models = await house.open({ bounds: BOUNDS });
    expect(await (await send(models)).text()).toBe('{"a":1}');
    expect(await (await send(models)).text()).toBe('{"a":1}');
  });

  test("that is a web page is passed on with its type, and noted", async () => {
    const models = await upstream(
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    );
    const answer = await send(models);
    expect([answer.mediaType, await answer.text()]).toEqual(["text/html", "<p>"]);
    expect(stateOf(models)).toMatchObject({ health: "down", reason: "it answered with a web page" });
  });

  test("that redirects is not followed", async () => {
    let reached = 0;
    const elsewhere = await house.serve((_, response) => {
      reached += 1;
      response.end();
    });
    const models = await upstream(
      (_, response) => void response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/` }).end(),
    );
    const answer = await send(models);
    expect(answer.status).toBe(307);
    answer.discard();
    expect([reached, stateOf(models)?.health]).toEqual([0, "down"]);
  });
});

const streaming = async (listener: RequestListener) => {
  const models = await upstream(listener);
  return { models, answer: await send(models, { isStream: true }) };
};

describe("a stream", () => {
  test("comes byte for byte, and its end is a success", async () => {
    const { models, answer } = await streaming((_, response) => {
      response.writeHead(200, EVENTS).write("data: é");
      setTimeout(() => response.end("\r\n\r\n: keep-alive\n\n"), 20);
    });
    expect(await textOf(answer.chunks())).toBe("data: é\r\n\r\n: keep-alive\n\n");
    expect(stateOf(models)).toMatchObject({ health: "up", backOffUntil: null });
  });

  test.each<[string, RequestListener, string]>([
    [
      "falls silent",
      (_, response) => void response.writeHead(200, EVENTS).write("data: 1\n\n"),
      "upstream_idle",
    ],
    [
      "is silent from the start",
      (_, response) => response.writeHead(200, EVENTS).flushHeaders(),
      "upstream_idle",
    ],
    [
      "is cut in the middle",
      (request, response) =>
        void response
          .writeHead(200, EVENTS)
          .write("data: 1\n\n", () => setTimeout(() => request.socket.destroy(), 20)),
      "egress_lost",
    ],
    [
      "never ends",
      (_, response) => {
        response.writeHead(200, EVENTS);
        const pump = (): void => {
          while (!response.destroyed && response.write(`data: ${"x".repeat(500)}\n\n`));
          if (!response.destroyed) response.once("drain", pump);
        };
        pump();
      },
      "answer_too_large",
    ],
  ])("that %s ends with a fault, and counts", async (_what, listener, code) => {
    const { models, answer } = await streaming(listener);
    expect(await codeOf(textOf(answer.chunks()))).toBe(code);
    expect(stateOf(models)).toMatchObject({ health: "down" });
  });

  test("gives what came before it was cut", async () => {
    const { answer } = await streaming(
      (request, response) =>
        void response
          .writeHead(200, EVENTS)
          .write("data: 1\n\n", () => setTimeout(() => request.socket.destroy(), 20)),
    );
    const got: string[] = [];
    const reading = (async () => {
      for await (const chunk of answer.chunks()) got.push(Buffer.from(chunk).toString());
    })();
    expect(await codeOf(reading)).toBe("egress_lost");
    expect(got.join("")).toBe("data: 1\n\n");
  });

  test("ends when whoever asked goes away, and that is no fault of the upstream's", async () => {
    const gone: boolean[] = [];
    const models = await upstream((request, response) => {
      request.socket.once("close", () => gone.push(true));
      response.writeHead(200, EVENTS).write("data: 1\n\n");
    });
    const asker = new AbortController();
    const answer = await send(models, { isStream: true, signal: asker.signal });
    const chunks = answer.chunks()[Symbol.asyncIterator]();
    await chunks.next();
    asker.abort();
    expect(await codeOf(chunks.next())).toBe("AbortError");
    await expect.poll(() => gone.length).toBe(1);
    expect(stateOf(models)?.health).toBe("up");
  });

  test("left early lets its upstream go", async () => {
    const gone: boolean[] = [];
    const models = await upstream((request, response) => {
      request.socket.once("close", () => gone.push(true));
      response.writeHead(200, EVENTS).write("data: 1\n\n");
    });
    for await (const _ of (await send(models, { isStream: true })).chunks()) break;
    await expect.poll(() => gone.length).toBe(1);
  });

  test("whose reader takes its time is not cut for silence, and waits rather than filling memory", async () => {
    let written = 0;
    const port = await house.serve(
      lists(["m"], (_, response) => {
        response.writeHead(200, EVENTS);
        const pump = (): void => {
          while (written < 20_000_000 && response.write("x".repeat(10_000))) written += 10_000;
          if (written < 20_000_000) response.once("drain", pump);
          else response.end();
        };
        pump();
      }),
    );
    await house.add("gpu", { url: `http://127.0.0.1:${port}` });
    const models = await house.open({ bounds: { ...BOUNDS, streamBytesMax: 100_000_000 } });
    const chunks = (await send(models, { isStream: true })).chunks()[Symbol.asyncIterator]();
    await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(written).toBeLessThan(19_000_000);
    let more = 0;
    for (let step = await chunks.next(); step.done !== true; step = await chunks.next())
      more += step.value.length;
    expect(more).toBeGreaterThan(10_000_000);
  });
});

const refusing =
  (headers: Record<string, string>): RequestListener =>
  (_, response) =>
    void response.writeHead(429, { ...JSON_TYPE, ...headers }).end("{}");

describe("429", () => {
  test.each<[string, Record<string, string>, number | null, number]>([
    ["without Retry-After", {}, null, 1_000],
    ["with seconds", { "retry-after": "7" }, 7_000, 7_000],
    ["with a date", { "retry-after": "Thu, 01 Jan 2026 12:00:20 GMT" }, 20_000, 20_000],
    ["with milliseconds of the clients' own", { "retry-after-ms": "2500", "retry-after": "9" }, 2_500, 2_500],
    ["with a year", { "retry-after": "31536000" }, 600_000, 600_000],
    ["with nonsense", { "retry-after": "soon" }, null, 1_000],
    ["with the past", { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0, 1_000],
  ])("%s: it is left alone for so long, and lives", async (_what, headers, told, backOff) => {
    const models = await upstream(refusing(headers));
    const answer = await send(models);
    answer.discard();
    const since = house.ambient.now();
    expect([answer.status, answer.retryAfterMs === null]).toEqual([429, told === null]);
    expect(Math.abs((answer.retryAfterMs ?? 0) - (told ?? 0))).toBeLessThanOrEqual(5);
    expect(stateOf(models)?.health).toBe("up");
    expect(Math.abs((stateOf(models)?.backOffUntil ?? 0) - since - backOff)).toBeLessThanOrEqual(5);
    house.ambient.advance(backOff + 5);
    expect(stateOf(models)).toMatchObject({ backOffUntil: null, reason: null });
  });
});

describe("of two upstreams that have a model", () => {
  test("the one that fails comes last, is looked at again later, and comes first again when it lives", async () => {
    let isBroken = true;
    const one = await house.serve((request, response) => {
      if (isBroken) return void response.writeHead(500).end();
      return lists(["m"], (_, answer) => void answer.writeHead(200, JSON_TYPE).end("{}"))(request, response);
    });
    const other = await house.serve(
      lists(["m"], (_, response) => void response.writeHead(200, JSON_TYPE).end("{}")),
    );
    await house.add("one", { url: `http://127.0.0.1:${one}` });
    await house.add("other", { url: `http://127.0.0.1:${other}` });
    isBroken = false;
    const models = await house.open({ bounds: BOUNDS });
    const order = async () => (await models.candidates("m")).map(({ upstream: name }) => name);
    await Promise.all(["one", "other"].map((name) => models.check(name)));
    expect(await order()).toEqual(["one", "other"]);
    isBroken = true;
    (await models.send(await candidateOf(models, "m"), asking())).discard();
    expect(await order()).toEqual(["other", "one"]);
    house.ambient.advance(1_001);
    await order();
    await expect
      .poll(() => models.states()[0]?.backOffUntil ?? 0)
      .toBeGreaterThan(house.ambient.now() + 1_500);
    isBroken = false;
    house.ambient.advance(2_001);
    await order();
    await expect.poll(order).toEqual(["one", "other"]);
  });
});

describe("a name that nobody lists", () => {
  test("waits for upstreams that never answered, but not for ever", async () => {
    const slow = await house.serve(() => {});
    await house.add("slow", { url: `http://127.0.0.1:${slow}` });
    const models = await house.open({ bounds: { ...BOUNDS, discoverMsMax: 100, listMsMax: 300 } });
    expect(await models.candidates("m")).toEqual([]);
    await expect.poll(() => models.states()[0]?.health).toBe("down");
    expect(models.candidates("m")).toEqual([]);
  });

  test("is found once its upstream has it", async () => {
    const ids = ["a"];
    const port = await house.serve((request, response) => lists(ids, () => {})(request, response));
    await house.add("gpu", { url: `http://127.0.0.1:${port}` });
    const models = await house.open({ bounds: BOUNDS });
    expect(await models.candidates("b")).toEqual([]);
    ids.push("b");
    house.ambient.advance(5_001);
    await models.candidates("b");
    await expect.poll(async () => (await models.candidates("b")).length).toBe(1);
  });
});

test("a request decided for what an upstream was is not sent to what it is now", async () => {
  const models = await upstream((_, response) => void response.end("{}"));
  const candidate = await candidateOf(models, "m");
  const identity = "sha256:other" as typeof candidate.identity;
  expect(await codeOf(models.send({ ...candidate, identity }, asking()))).toBe("upstream_gone");
  const upstreamName = "nobody" as typeof candidate.upstream;
  expect(await codeOf(models.send({ ...candidate, upstream: upstreamName }, asking()))).toBe("upstream_gone");
});
