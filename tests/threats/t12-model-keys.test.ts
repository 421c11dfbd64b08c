// T12: what Doorward injects never comes back: not in an answer, a stream, a list, an error, a report or an operation.
import type { RequestListener } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Fault } from "#base";
import {
  asking,
  candidateOf,
  type InferenceHouse,
  lists,
  openInferenceHouse,
  textOf,
} from "../samples/inference.ts";

const KEY = "sk-echo-0123456789abcdefghij";

let house: InferenceHouse;
const reports: unknown[] = [];
beforeEach(async () => {
  reports.length = 0;
  house = await openInferenceHouse();
});
afterEach(() => house.close());

async function echoing(listener: RequestListener, more: object = {}) {
  const port = await house.serve(listener);
  const credential = { type: "bearer", id: "crd_1" } as const;
  await house.add("echo", { url: `http://127.0.0.1:${port}`, credential, secret: KEY, ...more });
  return house.open({ report: (event, detail) => void reports.push([event, detail]) });
}

const sent = (request: { headers: Record<string, unknown> }): string =>
  String(request.headers["authorization"]);

test("the key is sent, and removed from an answer that echoes it, its media type too", async () => {
  const models = await echoing(
    lists(["m"], (request, response) => {
      response.setHeader("content-type", `text/${KEY}`);
      response.end(
        JSON.stringify({ said: sent(request), also: Buffer.from(sent(request)).toString("base64") }),
      );
    }),
  );
  const answer = await models.send(await candidateOf(models, "m"), asking());
  const text = await answer.text();
  expect(text).toContain("Bearer [removed by Doorward]");
  expect(text + answer.mediaType).not.toContain(KEY);
  expect(Buffer.from(String(JSON.parse(text).also), "base64").toString()).not.toContain(KEY.slice(4));
});

test("one byte at a time it does not come through either", async () => {
  const models = await echoing(
    lists(["m"], (request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const bytes = [...Buffer.from(`data: ${sent(request)}\n\ndata: [DONE]\n\n`)];
      const pump = (): void => {
        const byte = bytes.shift();
        if (byte === undefined) return void response.end();
        response.write(Buffer.from([byte]), () => setImmediate(pump));
      };
      pump();
    }),
  );
  const answer = await models.send(await candidateOf(models, "m"), asking({ isStream: true }));
  expect(await textOf(answer.chunks())).toBe("data: Bearer [removed by Doorward]\n\ndata: [DONE]\n\n");
});

test("a list of models that names it names it no more", async () => {
  const models = await echoing(
    (request, response) => void response.end(JSON.stringify({ data: [{ id: sent(request) }] })),
  );
  await models.check("echo");
  expect(JSON.stringify([models.states(), models.models(), models.routes()])).not.toContain(KEY);
});

test.each<[string, RequestListener]>([
  ["refuses it", (request, response) => void response.writeHead(401).end(sent(request))],
  ["breaks off", (request) => void request.socket.destroy()],
  ["speaks nonsense", (request) => void request.socket.end(`HTTP/1.1 ${sent(request)}\r\n\r\n`)],
])("where the upstream %s, no fault, state or report has it", async (_what, listener) => {
  const models = await echoing(listener);
  const state = await models.check("echo");
  const configuration = {
    kind: "vllm",
    url: `http://127.0.0.1:1`,
    protocols: ["openai-chat"],
    allowPrivate: true,
    credential: { type: "header", id: "crd_2", header: "x-api-key" },
  } as const;
  const fault: unknown = await models.look(configuration, KEY).catch((cause: unknown) => cause);
  expect(state.health).toBe("down");
  expect(fault).toBeInstanceOf(Fault);
  const shown = [
    state,
    reports,
    fault instanceof Fault ? [fault.message, fault.remedy, String(fault.cause)] : [],
  ];
  expect(JSON.stringify(shown)).not.toContain(KEY);
});

test("it goes into the header that was named, and no other", async () => {
  const seen: (string | undefined)[] = [];
  const port = await house.serve(
    lists(["m"], (request, response) => {
      seen.push(request.headers["api-key"]?.toString(), request.headers.authorization);
      response.end("{}");
    }),
  );
  const credential = { type: "header", id: "crd_1", header: "api-key" } as const;
  await house.add("azure", { url: `http://127.0.0.1:${port}`, credential, secret: KEY });
  const models = await house.open();
  const headers = { "api-key": "of-the-agent", authorization: "Bearer of-the-agent" };
  (await models.send(await candidateOf(models, "m"), asking({ headers }))).discard();
  expect(seen).toEqual([KEY, undefined]);
});

test("a key sealed for one upstream does not open for another, and an upstream without its key is not used", async () => {
  await house.add("bare", { url: "http://127.0.0.1:1", credential: { type: "bearer", id: "crd_1" } });
  const models = await house.open({ report: (event, detail) => void reports.push([event, detail]) });
  expect(models.states()).toEqual([]);
  expect(JSON.stringify(reports)).toContain("bare");
});
