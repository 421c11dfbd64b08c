import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import type { Turn } from "../turn.ts";
import { clientFor, contentOf, HEAD, partsOf } from "../../../tests/samples/anthropic-client.ts";
import { anthropicMessages } from "./messages.ts";

/** A message as `Message` of @anthropic-ai/sdk 1.12.0 has it. */
const MESSAGE: JsonObject = {
  id: "msg_01",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [
    { type: "thinking", thinking: "hm", signature: "EqQB" },
    { type: "text", text: "Two things.", citations: null },
    { type: "tool_use", id: "t1", name: "bash", input: { command: "ls" } },
    { type: "redacted_thinking", data: "xyz" },
    { type: "tool_use", id: "t2", name: "key", toolset_name: "computer", input: { text: "a" } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 3, cache_creation_input_tokens: 4, cache_read_input_tokens: 5, output_tokens: 6 },
};
const withContent = (...content: readonly Json[]): JsonObject => ({ ...MESSAGE, content });

async function sdkCreate(body: JsonObject, status = 200): Promise<Anthropic.Message> {
  const client = clientFor(JSON.stringify(body), "application/json", status);
  return client.messages.create({ model: "m", max_tokens: 1, messages: [] });
}

test("a whole message is read as the official client reads it", async () => {
  const turn = anthropicMessages.readAnswer(MESSAGE);
  expect(partsOf(turn)).toEqual(contentOf(await sdkCreate(MESSAGE)));
  expect(turn).toMatchObject({ finish: "calls", usage: { inputTokens: 12, outputTokens: 6 } });
});

test("a kept turn is told whole, and reads the same again", async () => {
  const turn = anthropicMessages.readAnswer(MESSAGE);
  const told = anthropicMessages.whole(turn, { ...HEAD, mark: { doorward: true } });
  expect(anthropicMessages.readAnswer(told)).toEqual(turn);
  expect(contentOf(await sdkCreate(told))).toEqual(partsOf(turn));
  expect(told).toMatchObject({ stop_reason: "tool_use", doorward: true });
  const empty: Turn = { id: null, model: null, parts: [], finish: "length", usage: null };
  expect(anthropicMessages.whole(empty, HEAD)).toMatchObject({ content: [], stop_reason: "max_tokens" });
});

test("parts of other protocols have no place in a message", () => {
  const parts = [{ kind: "opaque", json: { type: "web_search_call", id: "x" } }] as const;
  const turn: Turn = { id: null, model: null, parts, finish: "stop", usage: null };
  expect(anthropicMessages.whole(turn, HEAD)["content"]).toEqual([]);
});

test("refused calls are text in their place, and everything else stays", async () => {
  const words = new Map([[0, "Doorward refused `bash`."]]);
  const one = anthropicMessages.refuseCalls(MESSAGE, words);
  const [thinking, text, , sealed, key] = MESSAGE["content"] as readonly JsonObject[];
  expect(one["content"]).toEqual([
    thinking,
    text,
    { type: "text", text: "Doorward refused `bash`.", citations: null },
    sealed,
    key,
  ]);
  expect(one).toMatchObject({ stop_reason: "tool_use", usage: MESSAGE["usage"] });
  const both = anthropicMessages.refuseCalls(MESSAGE, new Map([...words, [1, "No."]]));
  expect(both["stop_reason"]).toBe("end_turn");
  expect((await sdkCreate(both)).content.some((block) => block.type === "tool_use")).toBe(false);
});

test.each([
  ["no message", { content: [] }],
  ["no content", { type: "message" }],
  ["a block that is text", withContent("a")],
  ["a block of an unknown type", withContent({ type: "client_effect" })],
  ["a call whose input is text", withContent({ type: "tool_use", id: "t", name: "f", input: "{}" })],
  ["a call without an id", withContent({ type: "tool_use", name: "f", input: {} })],
  [
    "two calls of one id",
    withContent(
      { type: "tool_use", id: "t", name: "f", input: {} },
      { type: "tool_use", id: "t", name: "g", input: {} },
    ),
  ],
  [
    "a call from hosted code",
    withContent({
      type: "tool_use",
      id: "t",
      name: "f",
      input: {},
      caller: { type: "code_execution_20260120" },
    }),
  ],
  [
    "too many calls",
    withContent(
      ...Array.from({ length: LLM_LIMITS.callsMax + 1 }, (_, n) => ({
        type: "tool_use",
        id: `t${n}`,
        name: "f",
        input: {},
      })),
    ),
  ],
] as const)("%s is refused", (_name, body) => {
  expect(() => anthropicMessages.readAnswer(body)).toThrow(
    expect.objectContaining({ code: "answer_malformed" }),
  );
});

test("broken counts are not believed", () => {
  const usage = { input_tokens: -5, output_tokens: 1.5 };
  expect(anthropicMessages.readAnswer({ ...MESSAGE, usage }).usage).toEqual({
    inputTokens: null,
    outputTokens: null,
  });
});

test.each([
  [400, Anthropic.BadRequestError, "invalid_request_error"],
  [401, Anthropic.AuthenticationError, "authentication_error"],
  [402, Anthropic.APIError, "billing_error"],
  [403, Anthropic.PermissionDeniedError, "permission_error"],
  [404, Anthropic.NotFoundError, "not_found_error"],
  [409, Anthropic.ConflictError, "invalid_request_error"],
  [413, Anthropic.APIError, "request_too_large"],
  [429, Anthropic.RateLimitError, "rate_limit_error"],
  [500, Anthropic.InternalServerError, "api_error"],
  [502, Anthropic.InternalServerError, "api_error"],
  [504, Anthropic.InternalServerError, "timeout_error"],
  [529, Anthropic.InternalServerError, "overloaded_error"],
] as const)("a problem with status %d is the client's own error", async (status, raised, type) => {
  const body = anthropicMessages.problem({
    status,
    code: "policy_denied",
    message: "No. Ask.",
    parameter: "tools",
  });
  const rejected = sdkCreate(body, status);
  await expect(rejected).rejects.toBeInstanceOf(raised);
  await expect(rejected).rejects.toMatchObject({ type, errorCode: "policy_denied", apiMessage: "No. Ask." });
});
