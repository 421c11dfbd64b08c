import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import { callsOf } from "../turn.ts";
import {
  block,
  callBlock,
  contentOf,
  event,
  FULL,
  partsOf,
  readStream,
  REQUEST,
  sdkMessage,
  START,
  stopEvents,
  textBlock,
} from "../../../tests/samples/anthropic-client.ts";
import { anthropicMessages } from "./messages.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const MALFORMED = expect.objectContaining({ code: "answer_malformed" });

test("a stream says what the official client reads in it, wherever it is cut", async () => {
  const bytes = encode(FULL);
  const turn = readStream(bytes);
  const message = await sdkMessage(bytes);
  expect(partsOf(turn)).toEqual(contentOf(message));
  expect(turn).toMatchObject({
    id: "msg_01",
    model: "claude-sonnet-5-5",
    finish: "calls",
    usage: { inputTokens: 30, outputTokens: 15 },
  });
  for (let cut = 0; cut <= bytes.length; cut += 1) expect(readStream(bytes, [cut])).toEqual(turn);
  expect(readStream(bytes, [...bytes.keys()])).toEqual(turn);
  const crlf = encode(FULL.replaceAll("\n", "\r\n"));
  expect(readStream(crlf, [...crlf.keys()])).toEqual(turn);
});

test("each event says its deltas, and a call holds from its first event", () => {
  const reader = anthropicMessages.createReader(REQUEST);
  const kinds = reader.push(encode(FULL)).map((piece) => piece.deltas.map(({ kind }) => kind).join(" "));
  expect(kinds.filter((kind) => kind !== "")).toEqual([
    "begin usage",
    "reasoning",
    "sealed",
    "text",
    "text",
    "opaque",
    "opaque",
    "call",
    "call",
    "call",
    "call",
    "call",
    "usage finish",
    "done",
  ]);
});

const many = (count: number): string =>
  START +
  Array.from({ length: count }, (_, n) => callBlock(n, `t${n}`, "write", `{"n":${n}}`)).join("") +
  stopEvents("tool_use");

test("a call split over a thousand events, and as many calls as a turn may have", async () => {
  const text = JSON.stringify({ path: "x".repeat(2_000), n: 9_007_199_254_740_991 });
  const parts = Array.from({ length: 1_000 }, (_, n) => text.slice(n * 3, n === 999 ? undefined : n * 3 + 3));
  const stream = START + callBlock(0, "t", "write", ...parts) + stopEvents("tool_use");
  expect(callsOf(readStream(encode(stream)))).toEqual([
    { id: "t", name: "write", arguments: text, kind: "function" },
  ]);
  const whole = many(LLM_LIMITS.callsMax);
  expect(partsOf(readStream(encode(whole)))).toEqual(contentOf(await sdkMessage(whole)));
  expect(() => readStream(encode(many(LLM_LIMITS.callsMax + 1)))).toThrow(MALFORMED);
});

test("members of a toolset are named with their set", () => {
  const start = { type: "tool_use", id: "t", name: "key", toolset_name: "computer", input: { text: "a" } };
  expect(callsOf(readStream(encode(START + block(0, start) + stopEvents("tool_use"))))).toMatchObject([
    { name: "computer.key", arguments: '{"text":"a"}' },
  ]);
});

const delta = (json: JsonObject, index = 0): string => event("content_block_delta", { index, delta: json });
const begin = (start: JsonObject, index = 0): string =>
  event("content_block_start", { index, content_block: start });
const TEXT = { type: "text", text: "" };
const CALL = { type: "tool_use", id: "t", name: "f", input: {} };
const callWith = (json: string): string => START + callBlock(0, "t", "f", json) + stopEvents("tool_use");

const HOSTILE: readonly (readonly [string, string])[] = [
  [
    "a name twice",
    `${START}event: content_block_start\ndata: {"type":"content_block_start","index":0,"index":1}\n\n`,
  ],
  ["a name and a type that differ", `${START}event: ping\ndata: {"type":"message_stop"}\n\n`],
  ["an event without a name", `${START}data: {"type":"message_stop"}\n\n`],
  ["an event that is no JSON", `${START}event: content_block_delta\ndata: {"type":\n\n`],
  ["a block of an unknown type", START + begin({ type: "client_effect", id: "x" })],
  ["blocks in message_start", event("message_start", { message: { content: [CALL] } })],
  ["a second message_start", START + START],
  ["a block before message_start", begin(TEXT)],
  ["an index that jumps", START + begin(TEXT, 1)],
  ["an index again", START + textBlock(0, "a") + begin(TEXT, 0)],
  ["an index that is text", `${START}${event("content_block_start", { index: "0", content_block: TEXT })}`],
  ["interleaved calls", START + begin(CALL, 0) + begin({ ...CALL, id: "u" }, 1)],
  ["a delta of another block", START + begin(TEXT) + delta({ type: "text_delta", text: "a" }, 1)],
  ["a delta after its block", START + textBlock(0, "a") + delta({ type: "text_delta", text: "b" })],
  ["arguments in a text", START + begin(TEXT) + delta({ type: "input_json_delta", partial_json: "{}" })],
  ["text in a call", START + begin(CALL) + delta({ type: "text_delta", text: "a" })],
  ["an unknown delta", START + begin(TEXT) + delta({ type: "tool_delta", name: "f" })],
  ["message_stop within a block", START + begin(TEXT) + stopEvents("end_turn")],
  ["an event after message_stop", START + stopEvents("end_turn") + begin(TEXT)],
  ["content in an unknown event", START + event("content_block_more", { index: 0, content_block: CALL })],
  ["arguments with a name twice", callWith('{"path":"/tmp/a","path":"/etc/passwd"}')],
  ["arguments with an inexact number", callWith('{"amount":9007199254740993}')],
  ["arguments that were cut", callWith('{"path":"/tmp/a"')],
  ["arguments that go on", callWith('{"a":1}{"b":2}')],
  ["arguments that are no object", callWith('["a"]')],
  ["arguments with a lone surrogate", callWith('{"a":"\\ud800"}')],
  [
    "arguments at the start and after",
    START + block(0, { ...CALL, input: { a: 1 } }, { type: "input_json_delta", partial_json: "{}" }),
  ],
  ["input that is no object", START + block(0, { ...CALL, input: "x" })],
  ["a call without a name", START + begin({ ...CALL, name: "" })],
  ["a call without an id", START + begin({ type: "tool_use", name: "f", input: {} })],
  [
    "a call from hosted code",
    START + begin({ ...CALL, caller: { type: "code_execution_20250825", tool_id: "x" } }),
  ],
  ["a call of an unknown toolset", START + begin({ ...CALL, toolset_name: "shell" })],
  [
    "two calls of one id",
    START + callBlock(0, "t", "f", "{}") + callBlock(1, "t", "g", "{}") + stopEvents("tool_use"),
  ],
];

test.each(HOSTILE)("%s is refused", (_name, stream) => {
  expect(() => readStream(encode(stream))).toThrow(MALFORMED);
});

test("half a character, and an answer that HTML gives", () => {
  const bytes = encode(START + textBlock(0, "ž"));
  const half = Uint8Array.from(bytes.filter((byte) => byte !== 0xbe));
  expect(() => readStream(half)).toThrow(MALFORMED);
  expect(() => readStream(encode("<html><body>502</body></html>\n\n"))).toThrow(MALFORMED);
});

test("a stream without its end is cut, wherever it stops", () => {
  const pieces = FULL.split(/(?<=\n\n)/);
  for (let count = 0; count < pieces.length - 1; count += 1)
    expect(() => readStream(encode(pieces.slice(0, count).join("")))).toThrow(
      expect.objectContaining({ code: "answer_cut" }),
    );
});

test("a stream that never ends is given up", () => {
  const reader = anthropicMessages.createReader(REQUEST);
  reader.push(encode(START + begin(TEXT)));
  const chunk = encode(delta({ type: "text_delta", text: "x".repeat(60_000) }).repeat(16));
  expect(() => {
    for (let n = 0; n < 40; n += 1) reader.push(chunk);
  }).toThrow(expect.objectContaining({ code: "answer_too_large" }));
});

test("arguments without an end are given up", () => {
  const reader = anthropicMessages.createReader(REQUEST);
  reader.push(encode(START + begin(CALL)));
  const chunk = encode(delta({ type: "input_json_delta", partial_json: "x".repeat(60_000) }).repeat(16));
  expect(() => {
    for (let n = 0; n < 10; n += 1) reader.push(chunk);
  }).toThrow(expect.objectContaining({ code: "answer_too_large" }));
});

test("an error of the upstream is told, an unknown event passes", () => {
  const reader = anthropicMessages.createReader(REQUEST);
  const error = { type: "overloaded_error", message: "Overloaded" };
  const pieces = reader.push(encode(START + event("weather", { sun: true }) + event("error", { error })));
  expect(pieces.map((piece) => piece.deltas)).toEqual([
    expect.anything(),
    [],
    [{ kind: "error", message: "Overloaded", status: 529 }],
  ]);
});

test.each([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "filter"],
  ["tool_use", "stop"],
])("stop_reason %s without a call is %s", (reason, finish) => {
  expect(readStream(encode(START + textBlock(0, "a") + stopEvents(reason))).finish).toBe(finish);
});

test("any text and arguments are read as the official client reads them", async () => {
  const part = fc.oneof(
    fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }).map((texts) => ({ texts })),
    fc
      .dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ unit: "grapheme" }))
      .map((input) => ({ input })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 5 }),
      fc.infiniteStream(fc.nat(30)),
      async (parts, sizes) => {
        const blocks = parts.map((each, at) =>
          "texts" in each
            ? textBlock(at, ...each.texts)
            : callBlock(at, `t${at}`, "f", ...(JSON.stringify(each.input).match(/.{1,7}/gsu) ?? [])),
        );
        const bytes = encode(START + blocks.join("") + stopEvents("end_turn"));
        const cuts: number[] = [];
        for (let at = sizes.next().value; at < bytes.length; at += 1 + sizes.next().value) cuts.push(at);
        expect(partsOf(readStream(bytes, cuts))).toEqual(contentOf(await sdkMessage(bytes)));
      },
    ),
    { numRuns: 60 },
  );
});
