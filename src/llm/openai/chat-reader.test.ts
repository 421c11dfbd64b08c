import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accumulated, cut } from "../../../tests/samples/openai-client.ts";
import { bytesOf, RECORDED } from "../../../tests/samples/openai-streams.ts";
import type { AnswerReader, Piece } from "../face.ts";
import { callsOf, type Turn, textOf } from "../turn.ts";
import { CHAT_TEXT, createEventStreamReader, readChatChunk } from "./chat-reader.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function readAll(chunks: readonly Uint8Array[]): { pieces: Piece[]; turn: Turn } {
  const reader: AnswerReader = createEventStreamReader(readChatChunk, CHAT_TEXT);
  const pieces = chunks.flatMap((chunk) => reader.push(chunk));
  pieces.push(...reader.end());
  return { pieces, turn: reader.turn() };
}

/** A stream of these deltas; the last event says how it ended. */
function streamOf(deltas: readonly object[], reason = "stop"): Uint8Array {
  const choices = [
    ...deltas.map((delta) => ({ index: 0, delta, finish_reason: null })),
    { index: 0, delta: {}, finish_reason: reason },
  ];
  const events = choices.map((choice) => ({ id: "c1", object: "chat.completion.chunk", choices: [choice] }));
  return encode(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`);
}

const raw = (...events: readonly string[]): Uint8Array =>
  encode(events.map((event) => `data: ${event}\n\n`).join(""));

describe.each(RECORDED)("$name", (recorded) => {
  const bytes = bytesOf(recorded);

  test("is read as it was meant", () => {
    const { turn } = readAll([bytes]);
    expect(textOf(turn)).toBe(recorded.text);
    const reasoning = turn.parts.map((part) => (part.kind === "reasoning" ? part.text : "")).join("");
    expect(reasoning).toBe(recorded.reasoning ?? "");
    expect(callsOf(turn).map((call) => [call.name, call.arguments])).toEqual(recorded.calls ?? []);
    expect(turn.finish).toBe(recorded.finish);
    const [inputTokens, outputTokens] = recorded.usage ?? [];
    expect(turn.usage).toEqual(recorded.usage === undefined ? null : { inputTokens, outputTokens });
  });

  test("is the same at every cut, and its pieces are its bytes", () => {
    const whole = readAll([bytes]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const { pieces, turn } = readAll(cut(bytes, [at]));
      expect(turn).toEqual(whole.turn);
      expect(pieces.map(({ deltas }) => deltas)).toEqual(whole.pieces.map(({ deltas }) => deltas));
      expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(bytes)).toBe(true);
    }
  });

  test("is to the official client what it is to us, at many cuts", async () => {
    const { turn } = readAll([bytes]);
    for (let at = 0; at <= bytes.length; at += 41) {
      const { choices } = await accumulated(cut(bytes, [at]));
      const message = choices[0]?.message;
      expect(message?.content ?? "").toBe(textOf(turn));
      const theirs = (message?.tool_calls ?? []).map((call) =>
        call.type === "function" ? [call.function.name, call.function.arguments] : [],
      );
      const legacy = message?.function_call;
      if (legacy) theirs.push([legacy.name, legacy.arguments]);
      expect(theirs).toEqual(callsOf(turn).map((call) => [call.name, call.arguments]));
    }
  });

  test("without its end it is cut, wherever that was", () => {
    const finishAt = new TextDecoder().decode(bytes).search(/"finish_reason":"/);
    for (let length = 0; length < Math.min(finishAt, bytes.length); length += 7)
      expect(() => readAll([bytes.slice(0, length)])).toThrow(
        expect.objectContaining({ code: "answer_cut" }),
      );
  });
});

test("any mix of text and calls, interleaved and split anywhere, is read as the official client reads it", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("text" as const), text: fc.string({ unit: "grapheme", maxLength: 8 }) }),
    fc.record({
      kind: fc.constant("call" as const),
      at: fc.nat(9),
      text: fc.string({ unit: "grapheme", maxLength: 8 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.array(fc.nat(4_000)), async (steps, rawCuts) => {
      let begun = 0;
      const deltas = steps.map((it) => {
        if (it.kind === "text") return { role: "assistant", content: it.text };
        const index = Math.min(it.at, begun);
        if (index < begun) return { tool_calls: [{ index, function: { arguments: it.text } }] };
        begun += 1;
        const first = { name: `tool_${index}`, arguments: it.text };
        return { tool_calls: [{ index, id: `call_${index}`, type: "function", function: first }] };
      });
      const bytes = streamOf(
        [{ role: "assistant", content: "" }, ...deltas],
        begun > 0 ? "tool_calls" : "stop",
      );
      const cuts = rawCuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b);
      const { turn } = readAll(cut(bytes, cuts));
      const { choices } = await accumulated(cut(bytes, cuts));
      expect(choices[0]?.message.content ?? "").toBe(textOf(turn));
      expect((choices[0]?.message.tool_calls ?? []).map((call) => call)).toMatchObject(
        callsOf(turn).map(({ id, name, arguments: args }) => ({ id, function: { name, arguments: args } })),
      );
    }),
    { numRuns: 60 },
  );
});

test("64 calls interleaved over a thousand events keep their own arguments", () => {
  const deltas: object[] = [];
  for (let index = 0; index < 64; index += 1)
    deltas.push({
      tool_calls: [{ index, id: `c${index}`, type: "function", function: { name: `t${index}` } }],
    });
  for (let n = 0; n < 1_000; n += 1)
    deltas.push({ tool_calls: [{ index: n % 64, function: { arguments: `${n};` } }] });
  const { turn } = readAll([streamOf(deltas, "tool_calls")]);
  const calls = callsOf(turn);
  expect(calls).toHaveLength(64);
  for (const [index, call] of calls.entries()) {
    const own = Array.from({ length: 1_000 }, (_, n) => n).filter((n) => n % 64 === index);
    expect(call).toMatchObject({ name: `t${index}`, arguments: own.map((n) => `${n};`).join("") });
  }
});

test("numbers in arguments are text here, whatever their size", () => {
  const args = '{"amount":9007199254740993}';
  const bytes = streamOf([
    { tool_calls: [{ index: 0, id: "a", function: { name: "pay", arguments: args } }] },
  ]);
  const { turn } = readAll([bytes]);
  expect(callsOf(turn)[0]?.arguments).toBe(args);
  expect(turn.finish).toBe("calls");
});

test("a call without an id gets one made of the answer's, and keeps what its upstream put beside it", () => {
  const extra = { extra_content: { google: { thought_signature: "abc" } } };
  const entry = { index: 0, id: "", type: "function", function: { name: "t", arguments: "{}" }, ...extra };
  const { turn } = readAll([streamOf([{ tool_calls: [entry] }])]);
  expect(callsOf(turn)).toEqual([{ id: "call_c1_0", name: "t", arguments: "{}", kind: "function", extra }]);
});

test("whole calls without an index are told apart by their ids", () => {
  const entries = ["a", "b"].map((id) => ({ id, function: { name: id, arguments: "{}" } }));
  const { turn } = readAll([streamOf([{ tool_calls: entries }])]);
  expect(callsOf(turn).map(({ id }) => id)).toEqual(["a", "b"]);
});

test("a fresh id with every delta is one call, under the id that the official client ends with", async () => {
  const bytes = streamOf([
    {
      role: "assistant",
      tool_calls: [{ index: 0, id: "1", type: "function", function: { name: "t", arguments: "{" } }],
    },
    { tool_calls: [{ index: 0, id: "2", type: "function", function: { arguments: "}" } }] },
  ]);
  const { choices } = await accumulated([bytes]);
  const [theirs] = choices[0]?.message.tool_calls ?? [];
  expect(callsOf(readAll([bytes]).turn)).toEqual([
    { id: theirs?.id, name: "t", arguments: "{}", kind: "function" },
  ]);
});

// As Ollama sent them: ollama/ollama issue 15457.
const atZero = (id: string) => ({
  id,
  index: 0,
  type: "function",
  function: { name: "file_write", arguments: `{"filePath":"${id}"}` },
});

test("whole calls at one index are told apart by their names and ids, and are not passed on as they are", () => {
  const { turn, pieces } = readAll([
    streamOf(
      [{ tool_calls: [atZero("a")] }, { tool_calls: [atZero("b")] }, { tool_calls: [atZero("c")] }],
      "stop",
    ),
  ]);
  expect(callsOf(turn).map(({ id, arguments: text }) => [id, text])).toEqual(
    ["a", "b", "c"].map((id) => [id, `{"filePath":"${id}"}`]),
  );
  expect(turn.finish).toBe("calls");
  const calls = pieces.flatMap(({ deltas }) => deltas.filter(({ kind }) => kind === "call"));
  expect(calls).toEqual([
    { kind: "call" },
    { kind: "call", isAmbiguous: true },
    { kind: "call", isAmbiguous: true },
  ]);
});

test("custom calls, refusals and reasoning are read", () => {
  const bytes = streamOf([
    { role: "assistant", reasoning: "hm" },
    { refusal: "I will " },
    { refusal: "not." },
    { tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "sql", input: "select" } }] },
    { tool_calls: [{ index: 0, custom: { input: " 1" } }] },
  ]);
  const { turn, pieces } = readAll([bytes]);
  expect(turn.parts).toEqual([
    { kind: "reasoning", text: "hm", signature: null },
    { kind: "text", text: "I will not." },
    { kind: "call", call: { id: "a", name: "sql", arguments: "select 1", kind: "custom" } },
  ]);
  expect(pieces.flatMap(({ deltas }) => deltas.map(({ kind }) => kind))).toEqual([
    "begin",
    "reasoning",
    "text",
    "text",
    "call",
    "call",
    "finish",
    "done",
  ]);
});

test.each(RECORDED)(
  "$name: usage beside no choice stands alone, so that it can be kept back",
  ({ events, end }) => {
    const { pieces } = readAll([bytesOf({ events, ...(end === undefined ? {} : { end }) })]);
    for (const { event, deltas } of pieces) {
      const isAlone = deltas.length > 0 && deltas.every(({ kind }) => kind === "usage");
      expect(isAlone).toBe(
        event !== null && event["usage"] !== null && /"choices":\[\]/.test(JSON.stringify(event)),
      );
    }
  },
);

test.each([
  [
    "OpenAI's",
    '{"error":{"message":"overloaded","type":"server_error"}}',
    { message: "overloaded", status: 500 },
  ],
  ["a text", '{"error":"out of memory"}', { message: "out of memory" }],
  [
    "OpenRouter's",
    '{"id":"x","error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
    { message: "gone", status: 502 },
  ],
])("%s error mid-stream is an error, and ends it", (_name, event, said) => {
  const { pieces } = readAll([raw(event)]);
  expect(pieces[0]?.deltas).toContainEqual({ kind: "error", ...said });
});

test("an event named error is one", () => {
  const { pieces } = readAll([encode('event: error\ndata: {"message":"gone"}\n\n')]);
  expect(pieces[0]?.deltas).toEqual([{ kind: "error", message: "gone" }]);
});

test("a finish without [DONE] is an end; half an event after it is not", () => {
  const bytes = streamOf([{ content: "a" }]).slice(0, -"data: [DONE]\n\n".length);
  expect(readAll([bytes]).turn.finish).toBe("stop");
  expect(() => readAll([bytes, encode('data: {"choi')])).toThrow(
    expect.objectContaining({ code: "answer_cut" }),
  );
});

const chunk = (choice: string, rest = ""): string => `{"id":"x"${rest},"choices":[${choice}]}`;
const said = (delta: string): string => chunk(`{"index":0,"delta":${delta}}`);
const called = (...entries: readonly string[]): string[] =>
  entries.map((entry) => said(`{"tool_calls":[${entry}]}`));

test.each<[string, readonly string[]]>([
  ["a duplicate key in a delta", [said('{"content":"a","content":"b"}')]],
  ["a duplicate key in a call", called('{"index":0,"id":"a","function":{"name":"x","name":"y"}}')],
  ["an inexact number", [chunk("", ',"usage":{"prompt_tokens":9007199254740993}')]],
  ["a second choice", [chunk('{"index":0,"delta":{}},{"index":1,"delta":{}}')]],
  ["a choice at another index", [chunk('{"index":1,"delta":{}}')]],
  ["no choices", ['{"id":"x"}']],
  ["an index that jumps", called('{"index":1,"id":"a","function":{"name":"x"}}')],
  ["a negative index", called('{"index":-1,"id":"a","function":{"name":"x"}}')],
  ["an index of text", called('{"index":"0","id":"a","function":{"name":"x"}}')],
  [
    "a name in two halves",
    called('{"index":0,"id":"a","function":{"name":"ba"}}', '{"index":0,"function":{"name":"sh"}}'),
  ],
  [
    "a name twice",
    called('{"index":0,"id":"a","function":{"name":"x"}}', '{"index":0,"function":{"name":"x"}}'),
  ],
  [
    "a second name at an index, and no second id",
    called('{"index":0,"id":"a","function":{"name":"x"}}', '{"index":0,"id":"a","function":{"name":"y"}}'),
  ],
  ["a call that goes on nowhere", called('{"function":{"arguments":"{}"}}')],
  ["a call of two types", called('{"index":0,"id":"a","type":"function","custom":{"name":"x"}}')],
  ["a call of an unknown type", called('{"index":0,"id":"a","type":"mcp","function":{"name":"x"}}')],
  ["arguments of an object", called('{"index":0,"id":"a","function":{"name":"x","arguments":{}}}')],
  ["an unknown field in a call", called('{"index":0,"id":"a","function":{"name":"x"},"approved":true}')],
  ["an unknown field in a function", called('{"index":0,"id":"a","function":{"name":"x","args":"{}"}}')],
  ["an unknown field in a delta", [said('{"tool_use":{"name":"x"}}')]],
  ["calls that are no list", [said('{"tool_calls":{"0":{"index":0}}}')]],
  ["a call that is no object", called('"x"')],
  ["a call beside the delta", [chunk('{"index":0,"delta":{},"tool_calls":[{"index":0}]}')]],
  ["a call beside the choices", [chunk('{"index":0,"delta":{}}', ',"function_call":{"name":"x"}')]],
  [
    "a call in a message beside the delta",
    [chunk('{"index":0,"delta":{},"message":{"tool_calls":[{"id":"a"}]}}')],
  ],
  [
    "both kinds of call",
    [said('{"tool_calls":[{"index":0,"id":"a","function":{"name":"x"}}],"function_call":{"name":"y"}}')],
  ],
  ["another role", [said('{"role":"tool","content":"x"}')]],
  ["content of a list", [said('{"content":["x"]}')]],
  ["audio", [said('{"audio":{"id":"x"}}')]],
  ["the client's own envelope", [chunk("", ',"object":"chat.completion.chunk.message:{}"')]],
  ["no JSON", ["[DONE]x"]],
  ["an event after the end", ["[DONE]", said("{}")]],
  [
    "a call without a name at the finish",
    [
      ...called('{"index":0,"id":"a","function":{"arguments":"{}"}}'),
      chunk('{"index":0,"delta":{},"finish_reason":"tool_calls"}'),
    ],
  ],
  [
    "two calls of one id",
    [
      ...called(
        '{"index":0,"id":"a","function":{"name":"x"}}',
        '{"index":1,"id":"a","function":{"name":"y"}}',
      ),
      "[DONE]",
    ],
  ],
])("%s is refused", (_name, events) => {
  const reader = createEventStreamReader(readChatChunk, CHAT_TEXT);
  expect(() => reader.push(raw(...events))).toThrow(expect.objectContaining({ code: "answer_malformed" }));
});

test("129 calls, and a stream that never ends, are given up", () => {
  const deltas = Array.from({ length: 129 }, (_, index) => ({
    tool_calls: [{ index, id: `c${index}`, function: { name: "t", arguments: "" } }],
  }));
  expect(() => readAll([streamOf(deltas)])).toThrow(/more than 128 tool calls/);
  const reader = createEventStreamReader(readChatChunk, CHAT_TEXT);
  const text = raw(said(`{"content":"${"x".repeat(500_000)}"}`));
  expect(() => {
    for (let n = 0; n < 100; n += 1) reader.push(text);
  }).toThrow(expect.objectContaining({ code: "answer_too_large" }));
});

test("half a character is refused when its event ends, and waited for before", () => {
  const text = encode('data: {"choices":[{"index":0,"delta":{"content":"ž"}}]}\n\n');
  const at = text.indexOf(0xc5);
  const reader = createEventStreamReader(readChatChunk, CHAT_TEXT);
  expect(reader.push(text.slice(0, at + 1))).toEqual([]);
  expect(reader.push(text.slice(at + 1))[0]?.deltas).toContainEqual({ kind: "text", text: "ž" });
  const broken = text.filter((_byte, n) => n !== at + 1);
  expect(() => createEventStreamReader(readChatChunk, CHAT_TEXT).push(broken)).toThrow(/not UTF-8/);
});
