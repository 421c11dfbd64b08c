import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { chunk, DONE } from "../../../tests/samples/chat-chunks.ts";
import { openaiChat } from "./chat.ts";

// As docs.mistral.ai "Reasoning" and vercel/ai pull request 8072 show them.
const THOUGHT = { type: "thinking", thinking: [{ type: "text", text: "Hm" }] };
const SAID = { type: "text", text: "Four." };
const REQUEST = openaiChat.readRequest({ model: "m", messages: [{ role: "user", content: "2+2?" }] });
const PARTS = [
  { kind: "reasoning", text: "Hm", signature: null },
  { kind: "text", text: "Four." },
];

function wholeOf(content: unknown, more: JsonObject = {}): JsonObject {
  const message = JSON.parse(JSON.stringify({ role: "assistant", content, ...more })) as JsonObject;
  return { id: "x", choices: [{ index: 0, message, finish_reason: "stop" }] };
}

describe("content as a list of chunks", () => {
  test("is read whole", () => {
    const list = [THOUGHT, SAID, { type: "reference", reference_ids: [1] }];
    expect(openaiChat.readAnswer(wholeOf(list)).parts).toEqual(PARTS);
  });

  test("is read as it streams, between deltas of text", () => {
    const reader = openaiChat.createReader(REQUEST);
    const events = [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: [THOUGHT] }),
      chunk({ content: [{ type: "text", text: "Fo" }] }),
      chunk({ content: "ur" }),
      chunk({ content: "." }),
      chunk({}, "stop"),
      DONE,
    ];
    const deltas = reader.push(Buffer.from(events.join(""))).flatMap((piece) => piece.deltas);
    expect(reader.turn().parts).toEqual(PARTS);
    expect(deltas.filter(({ kind }) => kind === "text").length).toBe(3);
  });

  test("keeps its form where a call beside it is refused", () => {
    const tools = [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }];
    const refused = openaiChat.refuseCalls(wholeOf([SAID], { tool_calls: tools }), new Map([[0, "No."]]));
    expect(openaiChat.readAnswer(refused).parts).toEqual([{ kind: "text", text: "Four.\n\nNo." }]);
    expect(JSON.stringify(refused)).not.toContain("tool_calls");
  });

  test.each([
    ["of another kind", [{ type: "tool_use", name: "f" }]],
    ["that is text", ["Four."]],
    ["without a type", [{ text: "Four." }]],
    ["within a thought", [{ type: "thinking", thinking: [{ type: "image", url: "x" }] }]],
  ])("a chunk %s is malformed: nobody knows what clients see in it", (_name, content) => {
    expect(() => openaiChat.readAnswer(wholeOf(content))).toThrow(
      expect.objectContaining({ code: "answer_malformed" }),
    );
  });
});
