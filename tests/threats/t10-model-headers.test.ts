import { afterAll, beforeAll, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { completion, json } from "../support/model-upstream.ts";

// T10: the headers that an agent sets and that go on to a model's upstream are part of what is decided and approved.

const POLICY = `
@id("all") @reason("Allowed.") permit (principal, action, resource);
@id("no-files") @reason("Not that beta.")
forbid (principal, action == Doorward::Action::"models/generate", resource)
when { context.headers.contains("openai-beta: files=v9") };
@id("betas-wait") @reason("A beta waits for a person.") @hold("admins")
forbid (principal, action == Doorward::Action::"models/generate", resource)
when { context.headers.contains("openai-beta: shown=v1") || context.headers.contains("openai-beta: other=v1") };`;

const asking = { model: "served", messages: [{ role: "user", content: "hello" }], max_tokens: 10 };

let house: LlmHouse;
beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response) => json(response, 200, completion({ content: "hi" })),
    policy: POLICY,
    config: "holds: { waitSeconds: 1 }\n",
  });
});
afterAll(async () => house?.close());

const ask = (beta: string | null): Promise<Response> =>
  house.ask("/v1/chat/completions", asking, beta === null ? {} : { headers: { "openai-beta": beta } });
const asked = (): number => house.upstream.asked.length;

test("policy sees each of them, in a list too, and what it refuses does not leave", async () => {
  expect((await ask(null)).status).toBe(200);
  const before = asked();
  expect((await ask("files=v9")).status).toBe(403);
  expect((await ask("x=1, files=v9")).status).toBe(403);
  expect(asked()).toBe(before);
  expect((await ask("x=1")).status).toBe(200);
  expect(asked()).toBe(before + 1);
});

test("an approval is for the headers that were shown, and for no others", async () => {
  const waiting = async (): Promise<{ id: string }[]> => {
    const { items } = await house.admin.perform("approvals.list", { status: "requested" });
    return Array.isArray(items) ? items : [];
  };
  await (await ask("shown=v1")).text();
  const [shown] = await waiting();
  const card = await house.admin.perform("approvals.get", { approval: shown?.id });
  expect(card["arguments"]).toMatchObject({ model: "served", headers: { "openai-beta": "shown=v1" } });
  await house.admin.perform("approvals.approve", { approval: shown?.id });
  const before = asked();
  await (await ask("other=v1")).text();
  expect((await waiting()).length).toBe(1);
  expect(asked()).toBe(before);
  expect((await ask("shown=v1")).status).toBe(200);
  expect(asked()).toBe(before + 1);
});
