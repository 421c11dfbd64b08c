import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import { faceOf } from "./faces.ts";
import { heardIn } from "./heard.ts";
import type { Protocol } from "./protocol.ts";

// Whatever a model reads and did not write is heard, and for what it is said to be.

const MODEL = { model: "m" };
const heard = (protocol: Protocol, body: JsonObject): string[] =>
  heardIn(faceOf(protocol).readRequest({ ...MODEL, ...body })).map((one) =>
    one.kind === "result"
      ? `result ${one.callId}${one.isError ? "!" : ""}: ${one.texts.join("|")}`
      : `${one.kind}: ${one.text ?? "-"}`,
  );

test.each<[string, Protocol, JsonObject, readonly string[]]>([
  [
    "OpenAI's chat",
    "openai-chat",
    {
      messages: [
        { role: "system", content: "be good" },
        { role: "user", content: [{ type: "text", text: "hello" }] },
        {
          role: "assistant",
          content: "mine",
          tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "said" },
      ],
    },
    ["instruction: be good", "user: hello", "result c1: said"],
  ],
  [
    "a picture",
    "openai-chat",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "look" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
      ],
    },
    ["user: look", "other: -"],
  ],
  [
    "Anthropic's messages",
    "anthropic-messages",
    {
      max_tokens: 9,
      system: [{ type: "text", text: "be good" }],
      messages: [
        { role: "user", content: "hello" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "f", input: {} }] },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t1",
              is_error: true,
              content: [
                { type: "text", text: "one" },
                { type: "text", text: "two" },
              ],
            },
            { type: "text", text: "and?" },
            {
              type: "document",
              title: "paper",
              source: { type: "text", media_type: "text/plain", data: "hidden" },
            },
          ],
        },
      ],
    },
    [
      "instruction: be good",
      "user: hello",
      "result t1!: one|two",
      "user: and?",
      "other: paper",
      "other: text/plain",
      "other: hidden",
    ],
  ],
  [
    "OpenAI's responses",
    "openai-responses",
    {
      instructions: "be good",
      input: [
        { type: "message", role: "developer", content: "quickly" },
        { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] },
        { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "said" },
      ],
    },
    ["instruction: be good", "instruction: quickly", "user: hello", "result c1: said"],
  ],
  ["a text alone", "openai-responses", { input: "hello" }, ["user: hello"]],
  [
    "Ollama's chat",
    "ollama-chat",
    {
      messages: [
        { role: "user", content: "hello", images: ["AAAA"] },
        { role: "tool", tool_name: "f", content: "said" },
      ],
    },
    ["user: hello", "other: -", "result f: said"],
  ],
  [
    "Ollama's generate",
    "ollama-generate",
    { system: "be good", prompt: "hello" },
    ["instruction: be good", "user: hello"],
  ],
  ["a completion", "openai-completions", { prompt: "hello" }, ["user: hello"]],
  ["a completion of tokens", "openai-completions", { prompt: [1, 2, 3] }, ["other: -"]],
])("%s", (_, protocol, body, expected) => {
  expect(heard(protocol, body)).toEqual(expected);
});
