import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunks, completion, DONE, json, type Said, stream } from "../support/model-upstream.ts";

// What policy wants marked is marked whenever it is told: as it comes, whole or streamed; replayed once a person has
// approved the calls in it; and read again by its id.

const POLICY = `
@id("models") @reason("A test.") @mark("ai-generated") permit (principal, action, resource);
@id("ask") @reason("Somebody looks first.") @hold("admins") forbid (principal, action, resource == Doorward::Tool::"agent:agent/pay");
`;
const TOOL = { name: "pay", description: "Pays", parameters: { type: "object", properties: {} } };
const CHAT = "/v1/chat/completions";
const chat = (content: string, isStream: boolean): object => ({
  model: "served",
  messages: [{ role: "user", content }],
  tools: [{ type: "function", function: TOOL }],
  stream: isStream,
});

let house: LlmHouse;
let say: Said = { content: "hello" };

beforeAll(async () => {
  house = await openLlmHouse({
    config: "holds: { waitSeconds: 1 }\n",
    behave: (response, body, request) => {
      if (request.url === "/v1/embeddings") return json(response, 200, EMBEDDED);
      if (request.url === "/v1/responses") return json(response, 200, RESPONSE);
      if (body["stream"] !== true) return json(response, 200, completion(say));
      stream(response, chunks(say));
      response.end(DONE);
    },
    policy: POLICY,
  });
  await house.ask(CHAT, chat("declare", false));
  await house.admin.perform("tools.accept", { tools: ["agent:agent/pay"], effects: ["write"] });
});
afterAll(async () => house?.close());

/** `CreateEmbeddingResponse` and `Response` (openai 7.57.0, resources/embeddings.d.ts, resources/responses/responses.d.ts). */
const EMBEDDED = {
  object: "list",
  model: "served",
  data: [{ object: "embedding", index: 0, embedding: [0.5] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
};
const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "served",
  output: [],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};

const MARK = z.object({ doorward: z.object({ marks: z.array(z.string()), action: z.string() }) });

/** The mark in the answer, which its headers must say too. */
function markIn(answer: Response, text: string): unknown {
  expect(answer.headers.get("ai-disclosure")).toBe("mode=ai-originated");
  expect(answer.headers.get("x-doorward-marks")).toBe("ai-generated");
  const first = text.startsWith("data: ") ? (text.slice(6).split("\n")[0] ?? "") : text;
  const { doorward } = MARK.parse(JSON.parse(first));
  expect(doorward.action).toBe(answer.headers.get("x-doorward-action"));
  return doorward.marks;
}

async function asked(path: string, body: object): Promise<{ text: string; marks: unknown }> {
  const answer = await house.ask(path, body);
  const text = await answer.text();
  expect([answer.status, answer.status === 200 ? "" : text]).toEqual([200, ""]);
  return { text, marks: markIn(answer, text) };
}

const CARDS = z.object({ items: z.array(z.object({ id: z.string() })) });

describe.each([false, true])("streamed: %s", (isStream) => {
  test("as it comes", async () => {
    say = { content: "hello there" };
    expect((await asked(CHAT, chat("hi", isStream))).marks).toEqual(["ai-generated"]);
  });

  test("held, then replayed after a person approved", async () => {
    say = { content: "paying", calls: [{ id: `call_${String(isStream)}`, name: "pay", arguments: "{}" }] };
    const held = await asked(CHAT, chat("pay", isStream));
    expect(held.text).toContain("Held by Doorward");
    const { items } = CARDS.parse(await house.admin.perform("approvals.list", { status: "requested" }));
    await house.admin.perform("approvals.approve", { approval: items[0]?.id });
    const replayed = await asked(CHAT, chat("pay", isStream));
    expect(replayed.text).toContain('"pay"');
    expect(replayed.text).not.toContain("Held by Doorward");
    expect(replayed.marks).toEqual(["ai-generated"]);
  });
});

test("a marked stream is its upstream's in all else", async () => {
  say = { content: "hello there" };
  const { text } = await asked(CHAT, chat("hi", true));
  const [first = "", ...rest] = text.split("\n\n");
  const sent = [...chunks(say), DONE].join("").split("\n\n");
  expect(rest).toEqual(sent.slice(1));
  expect(first.replace(/,"doorward":\{[^}]*\}/, "")).toBe(sent[0]);
});

test("vectors", async () => {
  const { marks } = await asked("/v1/embeddings", { model: "served", input: "x" });
  expect(marks).toEqual(["ai-generated"]);
});

test("a response that is read again by its id", async () => {
  const { marks } = await asked("/v1/responses", { model: "served", input: "x" });
  expect(marks).toEqual(["ai-generated"]);
  const again = await fetch(`${house.running.url}/v1/responses/resp_1`, {
    headers: { authorization: `Bearer ${house.key}` },
  });
  expect(markIn(again, await again.text())).toEqual(["ai-generated"]);
});
