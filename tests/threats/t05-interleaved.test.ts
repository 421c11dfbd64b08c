import { describe, expect, test } from "vitest";
import { faceOf, type Piece } from "#llm";

// T5: text that clients read by itself (a refusal, each part of each message) is read by Doorward as one text, in the order
// in which it comes. A hostile upstream that goes back and forth could so write a call which is there for a client that
// reads one place, and for nobody who reads along; such an order is refused, and what came before it is no call yet.

const CALL = '<tool_call>{"name":"wipe","arguments":{}}</tool_call>';
const [FRONT, BACK] = [CALL.slice(0, 6), CALL.slice(6)];

function read(protocol: "openai-chat" | "openai-responses", events: readonly object[]): readonly Piece[] {
  const face = faceOf(protocol);
  const asked = protocol === "openai-chat" ? { messages: [{ role: "user", content: "x" }] } : { input: "x" };
  const reader = face.createReader(face.readRequest({ model: "m", stream: true, ...asked }));
  return events.flatMap((event) => reader.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`)));
}

/** `ChatCompletionChunk` (openai 7.57.0, resources/chat/completions/completions.d.ts). */
const delta = (said: object): object => ({
  id: "c",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta: said, finish_reason: null }],
});

test("content does not go on after a refusal", () => {
  const before = [delta({ content: "I will " }), delta({ refusal: "not" }), delta({ refusal: " do it" })];
  expect(read("openai-chat", before)).toHaveLength(3);
  const hidden = [delta({ content: FRONT }), delta({ refusal: "x" }), delta({ content: BACK })];
  expect(() => read("openai-chat", hidden)).toThrow(/goes on after its refusal/);
});

/** `ResponseStreamEvent` (openai 7.57.0, resources/responses/responses.d.ts). */
const created = { type: "response.created", response: { id: "resp_1", output: [] } };
const item = (output_index: number): object => ({
  type: "response.output_item.added",
  output_index,
  item: { type: "message", id: `msg_${output_index}`, role: "assistant", content: [] },
});
const text = (output_index: number, content_index: number, said: string): object => ({
  type: "response.output_text.delta",
  output_index,
  content_index,
  item_id: `msg_${output_index}`,
  delta: said,
});

describe("parts and messages of a response", () => {
  test("one after the other they are read", () => {
    const events = [created, item(0), text(0, 0, "a"), text(0, 1, "b"), item(1), text(1, 0, "c")];
    expect(read("openai-responses", events).flatMap(({ deltas }) => deltas)).toHaveLength(4);
  });

  test("a part does not go on once a later one has begun", () => {
    const events = [created, item(0), text(0, 0, FRONT), text(0, 1, "x"), text(0, 0, BACK)];
    expect(() => read("openai-responses", events)).toThrow(/goes on with a part/);
    const done = { type: "response.output_text.done", output_index: 0, content_index: 0, text: CALL };
    const late = [created, item(0), text(0, 0, ""), text(0, 1, "x"), done];
    expect(() => read("openai-responses", late)).toThrow(/goes on with a part/);
  });

  test("a message does not go on once a later one has begun", () => {
    const events = [created, item(0), item(1), text(0, 0, FRONT), text(1, 0, "x"), text(0, 0, BACK)];
    expect(() => read("openai-responses", events)).toThrow(/goes on with a message/);
    const whole = { type: "message", id: "msg_0", content: [{ type: "output_text", text: CALL }] };
    const done = { type: "response.output_item.done", output_index: 0, item: whole };
    expect(() => read("openai-responses", [created, item(0), item(1), text(1, 0, "x"), done])).toThrow(
      /goes on with a message/,
    );
  });
});
