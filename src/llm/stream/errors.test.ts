import { describe, expect, test } from "vitest";
import { START as MESSAGE, REQUEST as MESSAGES, event } from "../../../tests/samples/anthropic-client.ts";
import { REQUEST as RESPONSES, START as RESPONSE } from "../../../tests/samples/responses-client.ts";
import { faceOf } from "../faces.ts";
import type { Protocol } from "../protocol.ts";
import type { ModelRequest } from "../request.ts";
import { errorInAnswer, saidError } from "./errors.ts";

const chat = faceOf("openai-chat").readRequest({ model: "m", messages: [{ role: "user", content: "x" }] });
const ollama = faceOf("ollama-chat").readRequest({ model: "m", messages: [{ role: "user", content: "x" }] });
const completions = faceOf("openai-completions").readRequest({ model: "m", prompt: "x" });

/** One error, as each protocol says it in mid-stream. */
const OVERLOADED = { type: "overloaded_error", code: "overloaded", message: "Come back later" };
const STREAMS: readonly (readonly [Protocol, ModelRequest, string])[] = [
  ["openai-chat", chat, `data: ${JSON.stringify({ error: OVERLOADED })}\n\n`],
  ["openai-completions", completions, `data: ${JSON.stringify({ error: OVERLOADED })}\n\n`],
  [
    "openai-responses",
    RESPONSES,
    `${RESPONSE}event: error\ndata: ${JSON.stringify({ ...OVERLOADED, type: "error", error: OVERLOADED })}\n\n`,
  ],
  ["anthropic-messages", MESSAGES, MESSAGE + event("error", { error: OVERLOADED })],
  ["ollama-chat", ollama, `${JSON.stringify({ error: OVERLOADED })}\n`],
];

test.each(STREAMS)("%s: an error in mid-stream is the same error everywhere", (protocol, request, stream) => {
  const deltas = faceOf(protocol)
    .createReader(request)
    .push(Buffer.from(stream))
    .flatMap((piece) => piece.deltas);
  expect(deltas.at(-1)).toEqual({
    kind: "error",
    message: "Come back later",
    status: 529,
    code: "overloaded",
  });
});

describe("an error's status and code", () => {
  test.each([
    [{ message: "m", type: "rate_limit_error" }, { status: 429 }],
    [
      { message: "m", code: "context_length_exceeded", type: "invalid_request_error" },
      { status: 400, code: "context_length_exceeded" },
    ],
    [{ message: "m", code: 503 }, { status: 503 }],
    [{ message: "m", code: 200 }, {}],
    [{ message: "m", code: "no name at all" }, {}],
    [{ message: "m" }, {}],
  ])("%j", (error, said) => {
    expect(saidError(error)).toEqual({ kind: "error", message: "m", ...said });
  });
});

test("an answer of status 200 that is an error is one in every protocol", () => {
  expect(errorInAnswer({ error: "out of memory" })).toMatchObject({ message: "out of memory" });
  expect(errorInAnswer({ error: { message: "m", code: "server_error" }, status: "failed" })).toMatchObject({
    status: 500,
  });
  expect(errorInAnswer({ type: "error", error: { type: "api_error", message: "m" } })).toMatchObject({
    message: "m",
  });
  expect(errorInAnswer({ type: "error", message: "m" })).toMatchObject({ message: "m" });
  for (const fine of [{}, { error: null }, { error: "" }, { type: "message" }])
    expect(errorInAnswer(fine)).toBeNull();
});
