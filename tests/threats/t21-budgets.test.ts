import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, DONE, json, stream } from "../support/model-upstream.ts";

// T21 at the llm door: what one agent spends stops that agent and nobody else; a stream stops at the limit; a restart
// forgets nothing.

const CHAT = "/v1/chat/completions";
const asking = (more: object = {}): object => ({
  model: "served",
  messages: [{ role: "user", content: "hello" }],
  max_tokens: 10,
  ...more,
});

let house: LlmHouse;
const keys: Record<string, string> = {};

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => json(response, 200, completion({ content: "hi" })) });
  for (const name of ["spender", "streamer", "holder"])
    keys[name] = String((await house.admin.perform("agents.add", { name }))["key"]);
  const day = { window: "day" };
  await house.admin.perform("budgets.add", {
    name: "few",
    agent: "spender",
    metric: "requests",
    amount: "3",
    ...day,
  });
  await house.admin.perform("budgets.add", {
    name: "short",
    agent: "streamer",
    metric: "output-tokens",
    amount: "300",
    ...day,
  });
  await house.admin.perform("budgets.add", {
    name: "ask",
    agent: "holder",
    metric: "requests",
    amount: "1",
    over: "hold",
    group: "admins",
    ...day,
  });
});
afterAll(async () => house?.close());

test("requests beyond a budget are refused with its reset, in the client's own error; others go on", async () => {
  const key = keys["spender"] ?? "";
  for (let call = 0; call < 3; call += 1) expect((await house.ask(CHAT, asking(), { key })).status).toBe(200);
  const asked = house.upstream.asked.length;
  const answer = await house.ask(CHAT, asking(), { key });
  expect(answer.status).toBe(429);
  expect(answer.headers.get("x-should-retry")).toBe("false");
  const seconds = Number(answer.headers.get("retry-after"));
  expect(seconds > 0 && seconds <= 86_400).toBe(true);
  const said = await answer.text();
  expect(said).toMatch(/few/);
  expect(said).toMatch(/\d{4}-\d\d-\d\dT00:00:00/);
  expect(house.upstream.asked.length).toBe(asked);
  const client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: key });
  const refused = client.chat.completions.create({
    model: "served",
    messages: [{ role: "user", content: "x" }],
  });
  await expect(refused).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  expect((await house.ask(CHAT, asking())).status).toBe(200);
});

test("no two calls at once see the same room", async () => {
  const key = String((await house.admin.perform("agents.add", { name: "crowd" }))["key"]);
  await house.admin.perform("budgets.add", {
    name: "five",
    agent: "crowd",
    metric: "requests",
    window: "day",
    amount: "5",
  });
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async () => (await house.ask(CHAT, asking(), { key })).status),
  );
  expect(statuses.filter((status) => status === 200).length).toBe(5);
});

test("a stream without a limit of its own stops where the budget does, with an end its client understands", async () => {
  let isLetGo = false;
  house.upstream.behave = (response) => {
    stream(response, [chunk({ role: "assistant", content: "" })]);
    const more = setInterval(() => response.write(chunk({ content: "word ".repeat(20) })), 2);
    response.on("close", () => {
      clearInterval(more);
      isLetGo = true;
    });
  };
  const body = {
    model: "served",
    messages: [{ role: "user", content: "talk" }],
    stream: true,
    max_tokens: 100,
  };
  const answer = await house.ask(CHAT, body, { key: keys["streamer"] ?? "" });
  const text = await answer.text();
  expect(text.endsWith(DONE)).toBe(true);
  expect(text).toMatch(/"finish_reason":"length"/);
  await expect.poll(() => isLetGo).toBe(true);
  const { items } = await house.admin.perform("budgets.list", {});
  const short = (Array.isArray(items) ? items : []).find((one: { name: string }) => one.name === "short");
  expect(short !== undefined).toBe(true);
});

test("beyond a budget that holds, a person decides", async () => {
  house.upstream.behave = (response) => json(response, 200, completion({ content: "hi" }));
  const key = keys["holder"] ?? "";
  expect((await house.ask(CHAT, asking(), { key })).status).toBe(200);
  const waiting = house.ask(CHAT, asking({ seed: 1 }), { key });
  const approvals = async (): Promise<{ id: string; status: string }[]> => {
    const { items } = await house.admin.perform("approvals.list", { status: "requested" });
    return Array.isArray(items) ? items : [];
  };
  await expect.poll(async () => (await approvals()).length).toBe(1);
  const [request] = await approvals();
  await house.admin.perform("approvals.approve", { approval: request?.id });
  expect((await waiting).status).toBe(200);
});
