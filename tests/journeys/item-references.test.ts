import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "#base";
import {
  added,
  call,
  callEvents,
  completed,
  event,
  message,
  messageEvents,
  RESPONSE,
  START,
} from "../samples/responses-client.ts";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { json, stream } from "../support/model-upstream.ts";

// Clients of the Responses API name earlier items by their ids (the AI SDK does so by itself). The upstream is told to keep
// nothing, so Doorward puts in what it gave this session under those ids, and refuses every other id.

const POLICY = `
@id("all") @reason("A test.") permit (principal, action, resource);
@id("no-wipe") @reason("Nobody wipes.") forbid (principal, action, resource == Doorward::Tool::"agent:agent/wipe");
@id("ask") @reason("Somebody looks first.") @hold("admins") forbid (principal, action, resource == Doorward::Tool::"agent:agent/pay");
`;
const TOOLS = ["look", "wipe", "pay"].map((name) => ({
  type: "function" as const,
  name,
  description: name,
  parameters: { type: "object", properties: {} },
  strict: false,
}));

let house: LlmHouse;
let client: OpenAI;
/** The items of its next answers, and the inputs of what it was asked. */
let answers: (readonly JsonObject[])[] = [];
const inputs = (): unknown[] => house.upstream.asked.map(({ body }) => body["input"]);
let made = 0;

beforeAll(async () => {
  house = await openLlmHouse({
    config: "holds: { waitSeconds: 1 }\n",
    policy: POLICY,
    behave: (response, body) => {
      const output = answers.shift() ?? [message(`msg_${(made += 1)}`, "done")];
      const id = `resp_${(made += 1)}`;
      if (body["stream"] !== true)
        return json(response, 200, { ...RESPONSE, id, status: "completed", output });
      const events = output.map((item, at) => eventsOf(item, at)).join("");
      stream(response, [(START + events + completed(...output)).replaceAll('"resp_01"', JSON.stringify(id))]);
      response.end();
    },
  });
  client = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
  await client.responses.create({ model: "served", input: "declare", tools: TOOLS });
  await house.admin.perform("tools.accept", { tools: ["agent:agent/*"], effects: ["read"] });
});
afterAll(async () => house?.close());

function eventsOf(item: JsonObject, at: number): string {
  if (item["type"] === "message") return messageEvents(at, textAt(item, "id"), textOf(item));
  if (item["type"] === "function_call")
    return callEvents(at, textAt(item, "call_id"), textAt(item, "name"), textAt(item, "arguments"));
  return added(at, item) + event("response.output_item.done", { output_index: at, item });
}

function textAt(item: JsonObject, name: string): string {
  return z.string().parse(item[name]);
}

function textOf(item: JsonObject): string {
  return z
    .object({ content: z.array(z.object({ text: z.string() })) })
    .parse(item)
    .content.map(({ text }) => text)
    .join("");
}

const reference = (id: string | undefined) => ({ type: "item_reference" as const, id: id ?? "" });
const user = (content: string) => ({ role: "user" as const, content });

async function asked(
  input: OpenAI.Responses.ResponseInput,
  isStream: boolean,
): Promise<OpenAI.Responses.Response> {
  const body = { model: "served", input, tools: TOOLS };
  return isStream ? client.responses.stream(body).finalResponse() : client.responses.create(body);
}

describe.each([false, true])("streamed: %s", (isStream) => {
  test("items of an answer, sealed reasoning among them, go on as they were", async () => {
    const sealed = {
      type: "reasoning",
      id: `rs_${String(isStream)}`,
      summary: [],
      encrypted_content: "c2VhbA==",
    };
    const said = message(`msg_said_${String(isStream)}`, "I look.");
    const look = call(`look_${String(isStream)}`, "look", "{}");
    answers = [[sealed, said, look]];
    const first = await asked([user("look")], isStream);
    expect(first.output.map(({ id }) => id)).toEqual([sealed.id, said["id"], look["id"]]);
    const result = {
      type: "function_call_output" as const,
      call_id: `look_${String(isStream)}`,
      output: "seen",
    };
    await asked([user("look"), ...first.output.map(({ id }) => reference(id)), result], isStream);
    expect(inputs().at(-1)).toEqual([
      user("look"),
      expect.objectContaining({ type: "reasoning", encrypted_content: "c2VhbA==", id: sealed.id }),
      expect.objectContaining({ type: "message", id: `msg_said_${String(isStream)}` }),
      expect.objectContaining({ type: "function_call", call_id: `look_${String(isStream)}`, name: "look" }),
      result,
    ]);
  });

  test("a refusal by its id is what the client read", async () => {
    answers = [[call(`wipe_${String(isStream)}`, "wipe", "{}")]];
    const first = await asked([user("wipe")], isStream);
    expect(first.output_text).toContain("Nobody wipes");
    await asked([...first.output.map(({ id }) => reference(id)), user("why?")], isStream);
    expect(JSON.stringify(inputs().at(-1))).toContain("Nobody wipes");
  });

  test("an approval that a named item speaks of is found: the turn is replayed, under ids of its own", async () => {
    answers = [
      [message(`msg_pay_${String(isStream)}`, "Paying."), call(`pay_${String(isStream)}`, "pay", "{}")],
    ];
    const held = await asked([user(`pay ${String(isStream)}`)], isStream);
    expect(held.output_text).toContain("Held by Doorward");
    const { items } = await house.admin.perform("approvals.list", { status: "requested" });
    const [card] = z.array(z.object({ id: z.string() })).parse(items);
    await house.admin.perform("approvals.approve", { approval: card?.id });
    const before = inputs().length;
    const again = [...held.output.map(({ id }) => reference(id)), user("approved, go on")];
    const released = await asked(again, isStream);
    expect(inputs().length).toBe(before);
    expect(released.output.map(({ type }) => type)).toEqual(["message", "function_call"]);
    const ids = [...held.output, ...released.output].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const result = {
      type: "function_call_output" as const,
      call_id: `pay_${String(isStream)}`,
      output: "paid",
    };
    await asked([...ids.map(reference), result], isStream);
    const told = JSON.stringify(inputs().at(-1));
    for (const part of ["Held by Doorward", "Paying.", `pay_${String(isStream)}`, "paid"])
      expect(told).toContain(part);
  });
});

const flawOf = async (who: OpenAI, id: string) =>
  who.responses.create({ model: "served", input: [user("x"), reference(id)] }).then(
    () => null,
    (error: unknown) => error,
  );

describe("an id that is not this session's", () => {
  test("is unknown: nobody's, or another agent's; and the upstream is not asked", async () => {
    answers = [[message("msg_mine", "mine")]];
    await asked([user("x")], false);
    const key = String((await house.admin.perform("agents.add", { name: "other" }))["key"]);
    const other = new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: key, maxRetries: 0 });
    const before = inputs().length;
    const told = [await flawOf(client, "msg_nobody"), await flawOf(other, "msg_mine")];
    expect(inputs().length).toBe(before);
    for (const error of told) {
      expect(error).toBeInstanceOf(OpenAI.NotFoundError);
      expect(error).toMatchObject({
        status: 404,
        type: "invalid_request_error",
        code: "response_item_unknown",
        param: "input[1]",
      });
    }
    expect(await flawOf(client, "msg_mine")).toBeNull();
  });

  test("store: false keeps none", async () => {
    answers = [[message("msg_unkept", "gone")]];
    await client.responses.create({ model: "served", input: "x", store: false });
    expect(await flawOf(client, "msg_unkept")).toBeInstanceOf(OpenAI.NotFoundError);
  });
});

const provider = () => createOpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key });

const script = (): void => {
  made += 1;
  answers = [
    [message(`msg_ai_${made}`, "First."), call(`ai_${made}`, "look", "{}")],
    [message(`msg_last_${made}`, "Seen.")],
  ];
};

describe("the AI SDK as it comes", () => {
  const tools = {
    look: tool({ description: "look", inputSchema: z.object({}), execute: async () => "seen" }),
  };
  test.each([false, true])("goes on after its tools ran (streamed: %s)", async (isStream) => {
    const asking = {
      model: provider()("served"),
      prompt: "look",
      tools,
      maxRetries: 0,
      stopWhen: stepCountIs(3),
    };
    // Declared by it in other words than by the client above.
    script();
    await generateText(asking).catch(() => null);
    await house.admin.perform("tools.accept", { tools: ["agent:agent/look"], effects: ["read"] });
    script();
    const text = isStream ? await streamText(asking).text : (await generateText(asking)).text;
    expect(text).toBe("Seen.");
    expect(JSON.stringify(inputs().at(-1))).toContain("First.");
    expect(JSON.stringify(inputs().at(-1))).not.toContain("item_reference");
  });
});
