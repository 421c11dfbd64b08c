import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json, type ModelServer, startModelServer } from "../support/model-upstream.ts";

// T20 at the llm door: each fallback is decided anew; a lost answer is `unknown` and goes nowhere else.

const POLICY = `
@id("models") @reason("Agents may use models.") permit (principal, action == Doorward::Action::"models/generate", resource);
@id("not-there") @reason("Nothing goes to the third.") forbid (principal, action, resource in Doorward::Server::"third");
`;
const CHAT = "/v1/chat/completions";
const asking = { model: "routed", messages: [{ role: "user", content: "hello" }] };

let house: LlmHouse;
let second: ModelServer;
let third: ModelServer;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => response.destroy(), policy: POLICY });
  second = await startModelServer(["served"], (response) =>
    json(response, 200, completion({ content: "second" })),
  );
  third = await startModelServer(["served"], (response) =>
    json(response, 200, completion({ content: "third" })),
  );
  for (const [name, { url }] of [
    ["second", second],
    ["third", third],
  ] as const)
    await house.admin.perform("upstreams.add", { name, kind: "openai", url, allowPrivate: true });
});
afterAll(async () => {
  await house?.close();
  await second?.close();
  await third?.close();
});
beforeEach(async () => {
  for (const upstream of ["up", "second", "third"])
    await house.admin.perform("upstreams.check", { upstream });
});

const route = (...targets: string[]): Promise<unknown> =>
  house.admin.perform("models.set-route", { model: "routed", targets });

test("an upstream that says it is busy is passed over; both attempts are on record", async () => {
  await route("up/served", "second/served");
  house.upstream.behave = (response) => json(response, 503, { error: { message: "busy" } });
  const before = (await entriesOf(house.admin, "intent")).length;
  const answer = await house.ask(CHAT, asking);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toMatch(/second/);
  const intents = (await entriesOf(house.admin, "intent")).slice(before);
  expect(intents.length).toBe(2);
  expect(intents[0]?.["server"]).toBe("up");
  expect(intents[1]?.["server"]).toBe("second");
  const outcomes = await entriesOf(house.admin, "outcome");
  expect(outcomes.at(-2)?.["status"]).toBe("error");
  expect(outcomes.at(-1)?.["status"]).toBe("ok");
});

test("a fallback that policy does not allow is refused, though the name is the same", async () => {
  await route("up/served", "third/served");
  house.upstream.behave = (response) => json(response, 503, { error: { message: "busy" } });
  const answer = await house.ask(CHAT, asking);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toMatch(/Nothing goes to the third/);
  expect(third.asked.length).toBe(0);
});

test("a lost answer is unknown, and is not asked for anywhere else", async () => {
  await route("up/served", "second/served");
  house.upstream.behave = (response) => response.destroy();
  const asked = second.asked.length;
  const mine = house.upstream.asked.length;
  const answer = await house.ask(CHAT, asking);
  expect(answer.status).toBe(502);
  expect(answer.headers.get("x-should-retry")).toBe("false");
  expect(house.upstream.asked.length).toBe(mine + 1);
  expect(second.asked.length).toBe(asked);
  expect((await entriesOf(house.admin, "outcome")).at(-1)?.["status"]).toBe("unknown");
});

test("a stream that broke after its first text goes nowhere else", async () => {
  await route("up/served", "second/served");
  house.upstream.behave = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(
      `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"half"},"finish_reason":null}]}\n\n`,
    );
    setTimeout(() => response.destroy(), 30);
  };
  const asked = second.asked.length;
  const answer = await house.ask(CHAT, { ...asking, stream: true });
  const text = await answer.text().catch(() => "cut");
  expect(!text.includes("second")).toBe(true);
  expect(second.asked.length).toBe(asked);
});
