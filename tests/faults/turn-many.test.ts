import { afterAll, beforeAll, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// As many calls as one turn may ask for, through the whole road and a real journal: all released in one batch.

const CHAT = "/v1/chat/completions";
const PARAMETERS = { type: "object", properties: { at: { type: "integer" } } };
const asking = {
  model: "served",
  messages: [{ role: "user", content: "x" }],
  tools: [{ type: "function", function: { name: "look", description: "Looks", parameters: PARAMETERS } }],
};

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (reply) => json(reply, 200, completion({ content: "hi" })) });
  await house.ask(CHAT, asking);
  await house.admin.perform("tools.accept", { tools: ["agent:agent/look"], effects: ["read"] });
});
afterAll(async () => house?.close());

test.each([65, 128])("%d calls of one turn are released together", async (count) => {
  const calls = Array.from({ length: count }, (_none, at) => ({
    id: `call_${at}`,
    name: "look",
    arguments: `{"at":${at}}`,
  }));
  house.upstream.behave = (reply) => json(reply, 200, completion({ calls }));
  const answer = await house.ask(CHAT, asking);
  expect(answer.status).toBe(200);
  expect((await answer.text()).match(/"id":"call_\d+"/g)).toHaveLength(count);
});
