import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import * as anthropic from "../../tests/samples/anthropic-client.ts";
import * as responses from "../../tests/samples/responses-client.ts";
import { chunk, DONE } from "../../tests/samples/chat-chunks.ts";
import { faceOf } from "./faces.ts";
import { callsOf, type Turn } from "./turn.ts";

// An answer that ends at its limit may end within a call. Half of free text, or of a call without arguments yet, reads
// like a whole one, and clients repair half an object: in every protocol the call is known as cut, and why it stopped is
// told. Sources of the shapes: tests/samples and tests/samples/chat-chunks.ts.

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const shown = (turn: Turn) => ({
  finish: turn.finish,
  calls: callsOf(turn).map(({ name, arguments: text, isCut = false }) => [name, text, isCut]),
});

type Half = readonly [kind: "function" | "custom", written: string, isCut: boolean];

/** The last call of an answer as far as it came. */
const HALVES: readonly Half[] = [
  ["function", '{"path":"/tmp', true],
  ["function", "", true],
  ["function", '{"path":"/tmp/x"}', false],
  ["custom", "rm -rf /tmp", true],
];

const request = faceOf("openai-chat").readRequest({ model: "m", messages: [{ role: "user", content: "x" }] });
const member = (kind: string, text: string): JsonObject =>
  kind === "custom" ? { custom: { name: "f", input: text } } : { function: { name: "f", arguments: text } };

function chat(kind: string, text: string, reason: string): Turn {
  const events = [
    chunk({
      tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "none", arguments: "" } }],
    }),
    chunk({ tool_calls: [{ index: 1, id: "b", type: kind, ...member(kind, "") }] }),
    chunk({
      tool_calls: [
        {
          index: 1,
          ...(kind === "custom" ? { custom: { input: text } } : { function: { arguments: text } }),
        },
      ],
    }),
    chunk({}, reason),
    DONE,
  ];
  const reader = faceOf("openai-chat").createReader(request);
  reader.push(encode(events.join("")));
  reader.end();
  return reader.turn();
}

function wholeChat(kind: string, text: string, reason: string): Turn {
  const calls = [
    { id: "a", type: "function", function: { name: "none", arguments: "" } },
    { id: "b", type: kind, ...member(kind, text) },
  ];
  const message = { role: "assistant", content: null, tool_calls: calls };
  return faceOf("openai-chat").readAnswer({
    id: "x",
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: reason }],
  });
}

describe("chat completions", () => {
  test.each(HALVES)("%s %j at the limit", (kind, text, isCut) => {
    const expected = {
      finish: "length",
      calls: [
        ["none", "", false],
        ["f", text, isCut],
      ],
    };
    expect(shown(chat(kind, text, "length"))).toEqual(expected);
    expect(shown(wholeChat(kind, text, "length"))).toEqual(expected);
    expect(shown(chat(kind, text, "content_filter"))).toEqual({ ...expected, finish: "filter" });
  });

  test.each(HALVES)("%s %j where the model stopped by itself is what it wrote", (kind, text) => {
    const expected = {
      finish: "calls",
      calls: [
        ["none", "", false],
        ["f", text, false],
      ],
    };
    expect(shown(chat(kind, text, "tool_calls"))).toEqual(expected);
    expect(shown(wholeChat(kind, text, "tool_calls"))).toEqual(expected);
  });

  test("a call that has no name yet is cut too, and malformed anywhere else", () => {
    const nameless = chunk({ tool_calls: [{ index: 0, id: "a", type: "function" }] });
    const read = (reason: string) => {
      const reader = faceOf("openai-chat").createReader(request);
      reader.push(encode(nameless + chunk({}, reason) + DONE));
      return shown(reader.turn());
    };
    expect(read("length")).toEqual({ finish: "length", calls: [["unnamed", "", true]] });
    expect(() => read("tool_calls")).toThrow("without a name");
  });

  test("the function of before has no end of its own either", () => {
    const legacy = chunk({ function_call: { name: "f", arguments: '{"a":' } });
    const reader = faceOf("openai-chat").createReader(request);
    reader.push(encode(legacy + chunk({}, "length") + DONE));
    expect(shown(reader.turn()).calls).toEqual([["f", '{"a":', true]]);
  });
});

const use = (id: string) => ({ type: "tool_use", id, name: "f", input: { path: "/tmp" } });
const answer = (reason: string, ...content: readonly JsonObject[]) =>
  shown(faceOf("anthropic-messages").readAnswer({ type: "message", content, stop_reason: reason })).calls;

describe("messages", () => {
  const { START, callBlock, stopEvents } = anthropic;
  const stream = (text: string, reason: string): Turn =>
    anthropic.readStream(
      encode(START + callBlock(0, "a", "none") + callBlock(1, "b", "f", text) + stopEvents(reason)),
    );

  test.each(HALVES.filter(([kind]) => kind === "function"))("%s %j at the limit", (_kind, text, isCut) => {
    const calls = [
      ["none", "{}", false],
      ["f", text, isCut],
    ];
    expect(shown(stream(text, "max_tokens"))).toEqual({ finish: "length", calls });
    expect(shown(stream(text, "refusal"))).toEqual({ finish: "filter", calls });
  });

  test("half a call is malformed where the model stopped by itself, or went on", () => {
    expect(() => stream('{"path":', "tool_use")).toThrow("cannot be read");
    const on =
      START + callBlock(0, "a", "f", '{"path":') + callBlock(1, "b", "f", "{}") + stopEvents("max_tokens");
    expect(() => anthropic.readStream(encode(on))).toThrow("cannot be read");
    expect(shown(stream("", "tool_use")).calls.at(-1)).toEqual(["f", "{}", false]);
  });

  test("whole: the last call may be half of one, whatever its input says", () => {
    expect(answer("max_tokens", use("a"), use("b")).map(([, , isCut]) => isCut)).toEqual([false, true]);
    expect(answer("tool_use", use("a"), use("b")).map(([, , isCut]) => isCut)).toEqual([false, false]);
    const text = { type: "text", text: "and" };
    expect(answer("max_tokens", use("a"), text).map(([, , isCut]) => isCut)).toEqual([false]);
  });
});

describe("responses", () => {
  const { added, call, callEvents, done, event, RESPONSE, START } = responses;
  const reason = { incomplete_details: { reason: "max_output_tokens" } };
  const ended = (...output: readonly JsonObject[]) =>
    event("response.incomplete", { response: { ...RESPONSE, status: "incomplete", ...reason, output } });
  const at = { output_index: 1, item_id: "fc_b" };
  const delta = (text: string) => event("response.function_call_arguments.delta", { ...at, delta: text });
  const begun =
    START + callEvents(0, "a", "f", "{}") + added(1, { ...call("b", "f", ""), status: "in_progress" });
  const half = { ...call("b", "f", '{"path":'), status: "incomplete" };
  const expected = {
    finish: "length",
    calls: [
      ["f", "{}", false],
      ["f", '{"path":', true],
    ],
  };

  test.each([
    ["ended as incomplete", done(1, half) + ended()],
    ["not ended", ended()],
    ["told again whole", ended(call("a", "f", "{}"), half)],
    ["told again as under way", ended(call("a", "f", "{}"), { ...half, status: "in_progress" })],
  ])("a call %s", (_name, end) => {
    expect(shown(responses.readStream(encode(begun + delta('{"path":') + end)))).toEqual(expected);
  });

  test("free text, and a call that has only begun", () => {
    const custom = { type: "custom_tool_call", id: "ctc_1", call_id: "c", name: "sql", input: "" };
    const stream =
      START +
      added(0, { ...custom, status: "in_progress" }) +
      event("response.custom_tool_call_input.delta", { output_index: 0, item_id: "ctc_1", delta: "DROP" }) +
      ended();
    expect(shown(responses.readStream(encode(stream))).calls).toEqual([["sql", "DROP", true]]);
    expect(shown(responses.readStream(encode(begun + ended()))).calls.at(-1)).toEqual(["f", "", true]);
  });

  test("whole", () => {
    const body = { ...RESPONSE, status: "incomplete", ...reason, output: [call("a", "f", "{}"), half] };
    expect(shown(faceOf("openai-responses").readAnswer(body))).toEqual(expected);
  });

  test("half a call that says it is whole is malformed, as is a whole answer that ends within one", () => {
    const whole = done(1, { ...half, status: "completed" });
    expect(() => responses.readStream(encode(begun + delta('{"path":') + whole))).toThrow("cannot be read");
    expect(() => responses.readStream(encode(begun + responses.completed()))).toThrow("within an item");
  });
});
