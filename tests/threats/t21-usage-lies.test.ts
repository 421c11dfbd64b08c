import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, json, stream } from "../support/model-upstream.ts";

// T21: what a call used is what its upstream says, where that can be a count; what a client breaks off is counted all the
// same, and asking for endlessly much takes nothing from anybody else.

const CHAT = "/v1/chat/completions";
const messages = [{ role: "user", content: "hello" }];
const LIST = z.object({ items: z.array(z.looseObject({ name: z.string(), used: z.string() })) });

let house: LlmHouse;
let keys: Readonly<Record<string, string>>;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (reply) => json(reply, 200, completion({ content: "hi" })) });
  const made: Record<string, string> = {};
  for (const name of ["liar", "leaver", "glutton"]) {
    made[name] = String((await house.admin.perform("agents.add", { name }))["key"]);
    await house.admin.perform("budgets.add", {
      name,
      agent: name,
      metric: "output-tokens",
      amount: "1000",
      window: "month",
    });
  }
  keys = made;
});
afterAll(async () => house?.close());

async function usedOf(budget: string): Promise<number> {
  const said = await house.admin.perform("budgets.list", {});
  const found = LIST.parse(said).items.find(({ name }) => name === budget);
  return Number(/^[\d,]+/.exec(found?.used ?? "")?.[0].replaceAll(",", "") ?? Number.NaN);
}

test.each([-5, "5", 1.5, null, {}, 1e15])("a usage of %j gives nothing back", async (lie) => {
  const before = await usedOf("liar");
  house.upstream.behave = (reply) => {
    const usage = { prompt_tokens: 1, completion_tokens: lie, total_tokens: 1 };
    json(reply, 200, { ...completion({ content: "hi" }), usage });
  };
  const asked = { model: "served", messages, max_tokens: 10 };
  const { status } = await house.ask(CHAT, asked, { key: keys["liar"] ?? "" });
  expect([200, 429]).toContain(status);
  expect(await usedOf("liar")).toBeGreaterThanOrEqual(before);
});

test("a stream that its client breaks off is counted", async () => {
  house.upstream.behave = (reply) => {
    stream(reply, [chunk({ role: "assistant", content: "" }), chunk({ content: "word ".repeat(40) })]);
  };
  const leaving = new AbortController();
  const asked = { model: "served", messages, stream: true, max_tokens: 500 };
  const answer = await house.ask(CHAT, asked, { key: keys["leaver"] ?? "", signal: leaving.signal });
  await answer.body?.getReader().read();
  leaving.abort();
  await expect.poll(() => house.upstream.connections()).toBe(0);
  await sleep(50);
  expect(await usedOf("leaver")).toBeGreaterThanOrEqual(50);
});

test.each([-1, 0, 1.5, 1e15, 9_007_199_254_740_991, "10"])("max_tokens %j takes from nobody", async (max) => {
  house.upstream.behave = (reply) => json(reply, 200, completion({ content: "hi" }));
  const asked = { model: "served", messages, max_tokens: max };
  const { status } = await house.ask(CHAT, asked, { key: keys["glutton"] ?? "" });
  expect([200, 400, 429]).toContain(status);
  // What was reserved for it is given back.
  expect(await usedOf("glutton")).toBeLessThan(1_000);
  expect((await house.ask(CHAT, { model: "served", messages })).status).toBe(200);
});
