import type { ChatCompletion } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { callsOf } from "../turn.ts";
import { openaiChat } from "./chat.ts";

const { readAnswer, refuseCalls } = openaiChat;

// huggingface/text-generation-inference, commit db931fcf42da018a3657580c64bf2720f167f9ab,
// integration-tests/models/__snapshots__/test_tools_llama/test_flash_llama_grammar_tools_nostream.json
const TGI: JsonObject = {
  choices: [
    {
      finish_reason: "stop",
      index: 0,
      logprobs: null,
      message: {
        content: null,
        role: "assistant",
        tool_calls: [
          {
            function: {
              arguments: '{"location":"Brooklyn, NY","format":"fahrenheit"}',
              description: null,
              name: "get_current_weather",
            },
            id: "0",
            type: "function",
          },
        ],
      },
    },
  ],
  created: 1741372335,
  id: "",
  model: "meta-llama/Llama-3.1-8B-Instruct",
  object: "chat.completion",
  system_fingerprint: "3.1.2-dev0-native",
  usage: { completion_tokens: 29, prompt_tokens: 501, total_tokens: 530 },
};

const PARALLEL = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [
    {
      index: 0,
      logprobs: null,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        content: "Looking.",
        refusal: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "x", arguments: "{}" } },
          { id: "b", type: "custom", custom: { name: "y", input: "z" } },
          { id: "c", type: "function", function: { name: "x", arguments: '{"n":1}' } },
        ],
      },
    },
  ],
} satisfies ChatCompletion;

test("a recorded answer is read whole", () => {
  const turn = readAnswer(TGI);
  expect(turn).toMatchObject({ finish: "calls", usage: { inputTokens: 501, outputTokens: 29 }, id: null });
  expect(callsOf(turn)).toEqual([
    {
      id: "0",
      name: "get_current_weather",
      arguments: '{"location":"Brooklyn, NY","format":"fahrenheit"}',
      kind: "function",
    },
  ]);
});

function messageOf(body: JsonObject): unknown {
  return (body as unknown as ChatCompletion).choices[0];
}

describe("refused calls", () => {
  test("become text, and the others keep their order", () => {
    const mended = refuseCalls(PARALLEL, new Map([[1, "Refused: y."]]));
    expect(messageOf(mended)).toEqual({
      ...PARALLEL.choices[0],
      message: {
        role: "assistant",
        content: "Looking.\n\nRefused: y.",
        refusal: null,
        tool_calls: [PARALLEL.choices[0]?.message.tool_calls[0], PARALLEL.choices[0]?.message.tool_calls[2]],
      },
    });
    expect(callsOf(readAnswer(mended)).map(({ id }) => id)).toEqual(["a", "c"]);
  });

  test("when all are refused nothing waits for calls", () => {
    const texts = new Map([
      [2, "Three."],
      [0, "One."],
      [1, "Two."],
    ]);
    const mended = refuseCalls(PARALLEL, texts);
    expect(messageOf(mended)).toEqual({
      ...PARALLEL.choices[0],
      finish_reason: "stop",
      message: { role: "assistant", content: "Looking.\n\nOne.\n\nTwo.\n\nThree.", refusal: null },
    });
    expect(readAnswer(mended).finish).toBe("stop");
  });

  test("in an answer without content, and everything else stays", () => {
    const mended = refuseCalls(TGI, new Map([[0, "Refused."]]));
    expect(mended).toMatchObject({
      system_fingerprint: "3.1.2-dev0-native",
      usage: { total_tokens: 530 },
      choices: [{ finish_reason: "stop", message: { content: "Refused." } }],
    });
    expect(JSON.stringify(mended)).not.toContain("tool_calls");
  });

  test("of the legacy kind", () => {
    const message = { role: "assistant", content: null, function_call: { name: "x", arguments: "{}" } };
    const body: JsonObject = { choices: [{ index: 0, message, finish_reason: "function_call" }] };
    expect(callsOf(readAnswer(body))).toMatchObject([{ name: "x", kind: "legacy" }]);
    expect(refuseCalls(body, new Map([[0, "No."]]))).toEqual({
      choices: [{ index: 0, message: { role: "assistant", content: "No." }, finish_reason: "stop" }],
    });
  });

  test("close the gap in indexes that a runtime gave", () => {
    const calls: Json = ["a", "b"].map((id, index) => ({
      id,
      index,
      function: { name: id, arguments: "{}" },
    }));
    const body: JsonObject = {
      choices: [{ index: 0, message: { tool_calls: calls }, finish_reason: "tool_calls" }],
    };
    expect(refuseCalls(body, new Map([[0, "No."]]))).toMatchObject({
      choices: [{ message: { tool_calls: [{ id: "b", index: 0 }] }, finish_reason: "tool_calls" }],
    });
  });
});

const whole = (choice: Json): JsonObject => ({ choices: [choice] });

test.each<[string, JsonObject]>([
  ["an error", { error: { message: "no" } }],
  ["no choices", { choices: [] }],
  ["two choices", { choices: [{ message: { content: "a" } }, { message: { content: "b" } }] }],
  ["no message", whole({ index: 0, delta: { content: "a" } })],
  ["an unknown field", whole({ index: 0, message: { content: "a", tool_use: {} } })],
  ["calls beside the message", whole({ index: 0, message: { content: "a" }, tool_calls: [{}] })],
  ["calls in a delta beside the message", whole({ message: { content: "a" }, delta: { tool_calls: [{}] } })],
  [
    "arguments of an object",
    whole({ message: { tool_calls: [{ id: "a", function: { name: "x", arguments: {} } }] } }),
  ],
  ["a call without a name", whole({ message: { tool_calls: [{ id: "a", function: { arguments: "{}" } }] } })],
])("%s is refused", (_name, body) => {
  expect(() => readAnswer(body)).toThrow(expect.objectContaining({ code: "answer_malformed" }));
});

test.each([
  ["what is said", { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }, [5, 7]],
  [
    "reasoning that only the total has",
    { prompt_tokens: 5, completion_tokens: 7, total_tokens: 100 },
    [5, 95],
  ],
  ["no total", { prompt_tokens: 5, completion_tokens: 7 }, [5, 7]],
  ["a negative count", { prompt_tokens: 5, completion_tokens: -7 }, [5, null]],
])("usage: %s", (_name, usage, [inputTokens, outputTokens]) => {
  const body: JsonObject = { ...whole({ message: { content: "a" } }), usage };
  expect(readAnswer(body).usage).toEqual({ inputTokens, outputTokens });
});

test.each([
  [
    "all at one index, as some versions of Ollama count them",
    [
      { index: 0, id: "a" },
      { index: 0, id: "b" },
    ],
  ],
  ["without ids", [{}, {}]],
  ["with empty ids, as llama.cpp wrote them", [{ id: "" }, { id: "" }]],
])("calls of a whole answer %s are those of its list", (_name, marks) => {
  const tools = marks.map((mark, at) => ({ ...mark, function: { name: `t${at}`, arguments: "{}" } }));
  const message = { role: "assistant", content: null, tool_calls: tools };
  const body = { id: "x", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
  const calls = callsOf(openaiChat.readAnswer(body));
  expect(calls.map(({ name }) => name)).toEqual(["t0", "t1"]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
});
