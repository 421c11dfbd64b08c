import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, json, stream } from "../support/model-upstream.ts";

// An upstream that says in its answer, with status 200, that it failed: the client raises what it would raise had it been
// said before, whichever protocol it speaks, streamed or not.

let house: LlmHouse;
let hasBegun = false;
const ERROR = {
  error: { message: "too many tokens", type: "rate_limit_error", code: "rate_limit_exceeded" },
};

beforeAll(async () => {
  house = await openLlmHouse({
    behave: (response, body) => {
      if (body["stream"] !== true) return json(response, 200, ERROR);
      const begun = hasBegun ? [chunk({ role: "assistant", content: "Well, " })] : [];
      stream(response, [...begun, `data: ${JSON.stringify(ERROR)}\n\n`]);
      return response.end();
    },
  });
});
afterAll(async () => house?.close());
beforeEach(async () => {
  hasBegun = false;
  await house.admin.perform("upstreams.check", { upstream: "up" });
});

const messages = [{ role: "user" as const, content: "x" }];
const thrown = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const openai = () => new OpenAI({ baseURL: `${house.running.url}/v1`, apiKey: house.key, maxRetries: 0 });
const anthropic = () => new Anthropic({ baseURL: house.running.url, apiKey: house.key, maxRetries: 0 });

test.each([false, true])("before anything was said (streamed: %s)", async (isStream) => {
  const chat = { model: "served", messages, stream: isStream };
  const error = await thrown(openai().chat.completions.create(chat));
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  await house.admin.perform("upstreams.check", { upstream: "up" });
  const other = await thrown(anthropic().messages.create({ ...chat, max_tokens: 9 }));
  expect(other).toBeInstanceOf(Anthropic.RateLimitError);
  expect(other).toMatchObject({ status: 429, type: "rate_limit_error" });
});

test("after it had begun", async () => {
  hasBegun = true;
  const told = openai().chat.completions.stream({ model: "served", messages }).finalChatCompletion();
  expect(await thrown(told)).toMatchObject({ code: "rate_limit_exceeded", message: "too many tokens" });
  await house.admin.perform("upstreams.check", { upstream: "up" });
  const other = anthropic().messages.stream({ model: "served", messages, max_tokens: 9 }).finalMessage();
  expect(await thrown(other)).toMatchObject({ type: "rate_limit_error" });
});
