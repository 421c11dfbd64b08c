import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { json } from "../support/model-upstream.ts";

// T8: what is kept of a response is the model's own turn. Asked for again by its id, it must not give away a call that was
// refused, or one that still waits for a person, and a client's SDK must be able to read what is given.

const POLICY = `@id("all") @reason("Everything else may pass.") permit (principal, action, resource);
@id("no-wipe") @reason("Nobody wipes.") forbid (principal, action, resource == Doorward::Tool::"agent:agent/wipe");
@id("ask") @reason("Somebody looks first.") @hold("admins") forbid (principal, action, resource == Doorward::Tool::"agent:agent/pay");`;
const SCHEMA = { type: "object", properties: { what: { type: "string" } } };
const TOOLS = ["wipe", "pay", "look"].map((name) => ({
  type: "function",
  name,
  description: name,
  parameters: SCHEMA,
  strict: false,
}));
const ANSWER = z.object({ id: z.string(), output: z.array(z.looseObject({ type: z.string() })) });

/** `Response` (openai 7.57.0, resources/responses/responses.d.ts). */
function response(id: string, output: readonly object[]): object {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return { id, object: "response", created_at: 1, status: "completed", model: "served", output, usage };
}

const call = (name: string) => ({
  type: "function_call",
  id: "fc_1",
  call_id: "call_1",
  name,
  arguments: '{"what":"EVERYTHING"}',
  status: "completed",
});

let house: LlmHouse;

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (reply) => json(reply, 200, response("resp_0", [])),
    config: "holds: { waitSeconds: 1 }\n",
    policy: POLICY,
  });
  await house.ask("/v1/responses", { model: "served", input: "x", tools: TOOLS });
  for (const { name } of TOOLS)
    await house.admin.perform("tools.accept", { tools: [`agent:agent/${name}`], effects: ["read"] });
});
afterAll(async () => house?.close());

async function readAgain(id: string, output: readonly object[]) {
  house.upstream.behave = (reply) => json(reply, 200, response(id, output));
  const told = ANSWER.parse(
    await (await house.ask("/v1/responses", { model: "served", input: id, tools: TOOLS })).json(),
  );
  const headers = { authorization: `Bearer ${house.key}` };
  const again = await fetch(`${house.running.url}/v1/responses/${told.id}`, { headers });
  expect(again.status).toBe(200);
  return { told, again: ANSWER.parse(await again.json()) };
}

test.each(["wipe", "pay"])(
  "a call of %s that was not released is not read out of the store",
  async (name) => {
    const { told, again } = await readAgain(`resp_${name}`, [call(name)]);
    expect(JSON.stringify(told)).not.toContain("EVERYTHING");
    expect(JSON.stringify(again)).not.toContain("EVERYTHING");
    expect(again.output.map(({ type }) => type)).toEqual(["message"]);
  },
);

const part = (said: string) => ({ type: "output_text", text: said, annotations: [] });
const message = (parts: readonly object[]) => ({
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: parts,
});

test("nor is one that was written as text, in one part or over several", async () => {
  const text = '<tool_call>{"name":"wipe","arguments":{"what":"EVERYTHING"}}</tool_call>';
  for (const [at, parts] of [[part(text)], [part(text.slice(0, 9)), part(text.slice(9))]].entries()) {
    const { told, again } = await readAgain(`resp_text${at}`, [message(parts)]);
    expect(JSON.stringify(told)).not.toContain("EVERYTHING");
    expect(JSON.stringify(again)).not.toContain("EVERYTHING");
  }
});
