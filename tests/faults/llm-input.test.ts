import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { residentBytes } from "../journeys/doorward-process.ts";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// Bad input at the llm door: refused with a code, a reason and a remedy in the client's own protocol; nothing of it
// reaches an upstream or the ledger; the process lives and stays small.

const MIB = 1024 * 1024;
const GROWTH_MAX = 192 * MIB;
const CHAT = "/v1/chat/completions";
const hello = [{ role: "user", content: "hello" }];

let house: LlmHouse;
let rssBefore: number | null;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => json(response, 200, completion({ content: "hi" })) });
  rssBefore = await residentBytes(house.running.pid);
});
afterAll(async () => house?.close());
afterEach(async () => {
  const { status } = await house.admin.perform("health.get");
  if (status !== "ok") throw new Error(`Doorward is ${String(status)}`);
  const rss = await residentBytes(house.running.pid);
  if (rss !== null && rssBefore !== null && rss - rssBefore > GROWTH_MAX)
    throw new Error(`grew by ${(rss - rssBefore) / MIB} MiB`);
});

async function refused(path: string, body: unknown, headers = {}): Promise<Record<string, unknown>> {
  const asked = house.upstream.asked.length;
  const intents = (await entriesOf(house.admin, "intent")).length;
  const answer = await house.ask(path, body, { headers });
  const error: Record<string, unknown> = JSON.parse(await answer.text());
  expect(house.upstream.asked.length).toBe(asked);
  expect((await entriesOf(house.admin, "intent")).length).toBe(intents);
  return { status: answer.status, ...error };
}

const ROWS: readonly (readonly [string, unknown, number, RegExp])[] = [
  ["an unknown field", { model: "served", messages: hello, surprise: 1 }, 400, /surprise/],
  [
    "an unknown field deep within",
    { model: "served", messages: [{ ...hello[0], hidden: 1 }] },
    400,
    /hidden/,
  ],
  [
    "an unknown block",
    { model: "served", messages: [{ role: "user", content: [{ type: "exec" }] }] },
    400,
    /exec|type/,
  ],
  [
    "duplicate keys",
    `{"model":"served","model":"other","messages":[{"role":"user","content":"x"}]}`,
    400,
    /twice/,
  ],
  [
    "an inexact number",
    `{"model":"served","messages":[{"role":"user","content":"x"}],"seed":9007199254740993}`,
    400,
    /9007199254740993|exact/,
  ],
  ["n = 128", { model: "served", messages: hello, n: 128 }, 400, /\bn\b/],
  [
    "a lone surrogate",
    `{"model":"served","messages":[{"role":"user","content":"\\ud800"}]}`,
    400,
    /surrogate/,
  ],
  ["half a UTF-8 character", Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d]), 400, /UTF-8/],
  ["no JSON", "<html>", 400, /./],
  ["an array", "[1]", 400, /object/],
  ["no model", { messages: hello }, 400, /model/],
  ["no messages", { model: "served" }, 400, /messages/],
  ["a model nobody has", { model: "nobody-has-this", messages: hello }, 404, /doorward models list/],
  ["too deep", `{"model":"served","messages":${"[".repeat(300)}${"]".repeat(300)}}`, 400, /deep/],
];

describe("refused in OpenAI's words", () => {
  test.each(ROWS)("%s", async (_what, body, status, words) => {
    const { status: given, error } = await refused(CHAT, body);
    expect(given).toBe(status);
    const { message, type, code } = error as Record<string, unknown>;
    expect(String(message)).toMatch(words);
    expect(String(message).length > 20 && typeof type === "string" && typeof code === "string").toBe(true);
  });
});

test("each family is told in its own words", async () => {
  const anthropic = await refused("/v1/messages", { model: "served", surprise: 1 });
  expect(anthropic["type"]).toBe("error");
  expect((anthropic["error"] as Record<string, unknown>)["type"]).toBe("invalid_request_error");
  const ollama = await refused("/api/chat", { model: "served", surprise: 1 });
  expect(String(ollama["error"])).toMatch(/surprise/);
});

test("the official client raises its own errors", async () => {
  const client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key });
  const asked = client.chat.completions.create({ model: "served", messages: [], n: 128 });
  await expect(asked).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  const nobody = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: "dwk_wrong" });
  await expect(nobody.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});

test("credentials: none, a user's, two at once", async () => {
  const url = `${house.running.url}${CHAT}`;
  const body = JSON.stringify({ model: "served", messages: hello });
  const headers = { "content-type": "application/json" };
  const post = async (more: Record<string, string>): Promise<number> =>
    (await fetch(url, { method: "POST", headers: { ...headers, ...more }, body })).status;
  expect(await post({})).toBe(401);
  expect(await post({ authorization: `Bearer ${house.admin.token}` })).toBe(401);
  expect(await post({ authorization: "Bearer dwk_wrong", "x-api-key": house.key })).toBe(401);
  expect(await post({ "x-api-key": house.key })).toBe(200);
  expect(await post({ authorization: `Bearer ${house.key}`, origin: "https://evil.example" })).toBe(403);
});

test("a body that is not declared as JSON is not read", async () => {
  const given = await refused(CHAT, { model: "served", messages: hello }, { "content-type": "text/plain" });
  expect(given["status"]).toBe(415);
});

test("management routes and unknown paths are never passed on", async () => {
  for (const path of [
    "/api/pull",
    "/api/delete",
    "/api/create",
    "/api/push",
    "/api/copy",
    "/api/blobs/sha256:00",
    "/v1/load_lora_adapter",
    "/v1/files",
    "/v1/chat/completions?stream=true",
    "/v1/../props",
  ]) {
    const asked = house.upstream.asked.length;
    const answer = await house.ask(path, { model: "served" });
    expect(answer.status === 404).toBe(true);
    expect(house.upstream.asked.length).toBe(asked);
  }
});

test("a flood of one agent's bytes is bounded, and one of 33 MiB is not read", async () => {
  const { status } = await house.ask(CHAT, {
    model: "served",
    messages: [{ role: "user", content: "x".repeat(33 * MIB) }],
  });
  expect(status).toBe(413);
});

test("what is forwarded is what was decided, field by field", async () => {
  const body = { model: "served", messages: hello, temperature: 0.5, user: "somebody", seed: 7 };
  expect((await house.ask(CHAT, body)).status).toBe(200);
  const { body: sent, headers } = house.upstream.asked.at(-1) ?? { body: {}, headers: {} };
  expect(sent).toEqual(body);
  expect(headers["authorization"]).toBe(undefined);
});
