import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import { callsOf } from "../turn.ts";
import {
  added,
  call,
  callEvents,
  completed,
  contentOf,
  done,
  event,
  FULL,
  message,
  messageEvents,
  partsOf,
  readStream,
  REQUEST,
  RESPONSE,
  sdkItems,
  sdkResponse,
  START,
} from "../../../tests/samples/responses-client.ts";
import { openaiResponses } from "./responses.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const MALFORMED = expect.objectContaining({ code: "answer_malformed" });

test("a stream says what the official client reads in it, wherever it is cut", async () => {
  const bytes = encode(FULL);
  const turn = readStream(bytes);
  expect(partsOf(turn)).toEqual(contentOf(await sdkResponse(bytes)));
  expect(turn).toMatchObject({
    id: "resp_01",
    model: "gpt-5.1-2025-11-13",
    finish: "calls",
    usage: { inputTokens: 11, outputTokens: 22 },
  });
  for (let cut = 0; cut <= bytes.length; cut += 3) expect(readStream(bytes, [cut])).toEqual(turn);
  expect(readStream(bytes, [...bytes.keys()])).toEqual(turn);
  const crlf = encode(FULL.replaceAll("\n", "\r\n"));
  expect(readStream(crlf, [...crlf.keys()])).toEqual(turn);
});

test("each event says its deltas, and a call holds from its first event", () => {
  const reader = openaiResponses.createReader(REQUEST);
  const kinds = reader.push(encode(FULL)).map((piece) => piece.deltas.map(({ kind }) => kind).join(" "));
  const said = kinds.filter((kind) => kind !== "");
  expect(said.slice(0, 7)).toEqual(["begin", "reasoning", "reasoning", "sealed", "opaque", "text", "text"]);
  expect(new Set(said.slice(7, -1))).toEqual(new Set(["call"]));
  expect(said.at(-1)).toBe("usage finish done");
});

test("a call split over a thousand events, and 64 calls interleaved", async () => {
  const text = JSON.stringify({ path: "x".repeat(2_000), n: 9_007_199_254_740_991 });
  const parts = Array.from({ length: 1_000 }, (_, n) => text.slice(n * 3, n === 999 ? undefined : n * 3 + 3));
  const split = START + callEvents(0, "c", "write", ...parts) + completed(call("c", "write", text));
  expect(callsOf(readStream(encode(split)))).toEqual([
    { id: "c", name: "write", arguments: text, kind: "function" },
  ]);

  const items = Array.from({ length: 64 }, (_, n) => call(`c${n}`, `f${n}`, JSON.stringify({ n })));
  const step = (make: (item: JsonObject, n: number) => string): string => items.map(make).join("");
  const deltas = [0, 2, 4, 6].map((at) =>
    step((item, n) =>
      event("response.function_call_arguments.delta", {
        output_index: n,
        item_id: item["id"] ?? null,
        delta: JSON.stringify({ n }).slice(at, at === 6 ? undefined : at + 2),
      }),
    ),
  );
  const stream =
    START +
    step((item, n) => added(n, { ...item, arguments: "" })) +
    deltas.join("") +
    step((item, n) => done(n, item)) +
    completed(...items);
  const turn = readStream(encode(stream));
  expect(callsOf(turn)).toHaveLength(64);
  expect(partsOf(turn)).toEqual(contentOf(await sdkResponse(stream)));
});

const TEXT = { type: "output_text", text: "", annotations: [] };
const OPEN = { id: "m", type: "message", role: "assistant", status: "in_progress", content: [] };
const CALL = call("c", "f", "");
const at = { output_index: 0, item_id: "m", content_index: 0 };
const callWith = (json: string): string =>
  START + callEvents(0, "c", "f", json) + completed(call("c", "f", json));
const begun = START + added(0, OPEN) + event("response.content_part.added", { ...at, part: TEXT });
const delta = (text: string, more: JsonObject = {}): string =>
  event("response.output_text.delta", { ...at, delta: text, ...more });
const said = START + messageEvents(0, "m", "hello");

const HOSTILE: readonly (readonly [string, string])[] = [
  ["a name twice", `${START}data: {"type":"response.output_text.delta","delta":"a","delta":"b"}\n\n`],
  ["a name and a type that differ", `${START}event: response.created\ndata: {"type":"response.x"}\n\n`],
  ["an event without a type", `${START}data: {"delta":"a"}\n\n`],
  ["an event that is no JSON", `${START}data: {"type":\n\n`],
  ["an event before response.created", added(0, OPEN)],
  ["response.completed before response.created", completed()],
  ["a second response.created", START + START],
  ["items in response.created", event("response.created", { response: { ...RESPONSE, output: [CALL] } })],
  [
    "items in response.in_progress",
    START + event("response.in_progress", { response: { ...RESPONSE, output: [CALL] } }),
  ],
  ["another id", START + event("response.in_progress", { response: { ...RESPONSE, id: "resp_2" } })],
  ["an item of an unknown type", START + added(0, { type: "remote_effect_call", id: "x" })],
  ["tools within the answer", START + added(0, { type: "additional_tools", id: "x", tools: [] })],
  ["a program that calls tools", START + added(0, { type: "program", id: "x", code: "" })],
  ["an index that jumps", START + added(1, OPEN)],
  ["an index again", said + added(0, OPEN)],
  ["no index", START + event("response.output_item.added", { item: OPEN })],
  ["a delta of an item that is not there", START + delta("a", { output_index: 3 })],
  ["a delta after its item", said + delta("a")],
  ["a delta of another item's id", begun + delta("a", { item_id: "n" })],
  ["a part that jumps", begun + delta("a", { content_index: 2 })],
  ["arguments in a message", begun + event("response.function_call_arguments.delta", { ...at, delta: "{}" })],
  ["text in a call", START + added(0, CALL) + delta("a", { item_id: "fc_c" })],
  [
    "another text at the end of a part",
    begun + delta("a") + event("response.output_text.done", { ...at, text: "b" }),
  ],
  [
    "another text at the end of a content part",
    begun + delta("a") + event("response.content_part.done", { ...at, part: { ...TEXT, text: "b" } }),
  ],
  ["another text at the end of an item", begun + delta("a") + done(0, message("m", "b"))],
  ["a message that ends shorter", begun + delta("a") + done(0, { ...message("m", ""), content: [] })],
  ["an item that ends as another", START + added(0, CALL) + done(0, call("d", "f", "{}"))],
  ["a call that ends as another tool's", START + added(0, CALL) + done(0, call("c", "g", "{}"))],
  [
    "arguments that end otherwise",
    START +
      added(0, CALL) +
      event("response.function_call_arguments.delta", {
        output_index: 0,
        item_id: "fc_c",
        delta: '{"a":1}',
      }) +
      done(0, call("c", "f", '{"a":2}')),
  ],
  [
    "arguments that are done otherwise",
    START +
      added(0, CALL) +
      event("response.function_call_arguments.delta", {
        output_index: 0,
        item_id: "fc_c",
        delta: '{"a":1}',
      }) +
      event("response.function_call_arguments.done", {
        output_index: 0,
        item_id: "fc_c",
        arguments: '{"a":2}',
      }),
  ],
  ["a call only in the whole answer", said + completed(message("m", "hello"), call("c", "f", "{}"))],
  ["another text in the whole answer", said + completed(message("m", "<tool_call>"))],
  [
    "other arguments in the whole answer",
    START + callEvents(0, "c", "f", '{"a":1}') + completed(call("c", "f", '{"a":2}')),
  ],
  ["an end within an item", begun + delta("a") + completed()],
  ["an event after the end", said + completed(message("m", "hello")) + added(1, CALL)],
  ["an event after [DONE]", `${said + completed(message("m", "hello"))}data: [DONE]\n\n${added(1, CALL)}`],
  ["an item in an unknown event", START + event("response.more", { item: CALL })],
  ["a response in an unknown event", START + event("response.other", { response: RESPONSE })],
  ["arguments with a name twice", callWith('{"path":"/tmp/a","path":"/etc/passwd"}')],
  ["arguments with an inexact number", callWith('{"amount":9007199254740993}')],
  ["arguments that were cut", callWith('{"path":"/tmp/a"')],
  ["arguments that are no object", callWith('["a"]')],
  ["a call without a name", START + added(0, CALL) + done(0, { ...CALL, name: "" })],
  ["a call without an id", START + added(0, { ...CALL, call_id: "" }) + done(0, { ...CALL, call_id: "" })],
  [
    "a call by a program",
    START + added(0, CALL) + done(0, { ...CALL, caller: { type: "program", caller_id: "p" } }),
  ],
  ["a call of a namespace", START + added(0, CALL) + done(0, { ...CALL, namespace: "crm" })],
  ["a function that poses as the shell", START + callEvents(0, "c", "openai.shell", "{}")],
  [
    "two calls of one id",
    START +
      callEvents(0, "c", "f", "{}") +
      callEvents(1, "c", "g", "{}") +
      completed(call("c", "f", "{}"), call("c", "g", "{}")),
  ],
];

test.each(HOSTILE)("%s is refused", (_name, stream) => {
  expect(() => readStream(encode(stream))).toThrow(MALFORMED);
});

test("more calls than a turn may have", () => {
  const calls = Array.from({ length: LLM_LIMITS.callsMax + 1 }, (_, n) => callEvents(n, `c${n}`, "f", "{}"));
  expect(() => readStream(encode(START + calls.join("")))).toThrow(MALFORMED);
});

test("half a character, and an answer that HTML gives", () => {
  const half = Uint8Array.from(encode(begun + delta("ž")).filter((byte) => byte !== 0xbe));
  expect(() => readStream(half)).toThrow(MALFORMED);
  expect(() => readStream(encode("<html><body>502</body></html>\n\n"))).toThrow(MALFORMED);
});

test("a stream without its end is cut, wherever it stops; [DONE] is no end", () => {
  const pieces = FULL.split(/(?<=\n\n)/);
  const cut = expect.objectContaining({ code: "answer_cut" });
  for (let count = 0; count < pieces.length; count += 1) {
    expect(() => readStream(encode(pieces.slice(0, count).join("")))).toThrow(cut);
    expect(() => readStream(encode(`${pieces.slice(0, count).join("")}data: [DONE]\n\n`))).toThrow(cut);
  }
});

test("a stream, and arguments, that never end are given up", () => {
  const tooLarge = expect.objectContaining({ code: "answer_too_large" });
  const reader = openaiResponses.createReader(REQUEST);
  reader.push(encode(begun));
  const chunk = encode(delta("x".repeat(60_000)).repeat(16));
  expect(() => {
    for (let n = 0; n < 40; n += 1) reader.push(chunk);
  }).toThrow(tooLarge);
  const other = openaiResponses.createReader(REQUEST);
  other.push(encode(START + added(0, CALL)));
  const step = { output_index: 0, item_id: "fc_c", delta: "x".repeat(60_000) };
  const json = encode(event("response.function_call_arguments.delta", step).repeat(16));
  expect(() => {
    for (let n = 0; n < 10; n += 1) other.push(json);
  }).toThrow(tooLarge);
});

test.each([
  [
    "an error event",
    event("error", { code: "server_error", message: "It broke", param: null }),
    { message: "It broke", status: 500, code: "server_error" },
  ],
  [
    "a failed response",
    event("response.failed", { response: { ...RESPONSE, error: { message: "No GPU" } } }),
    { message: "No GPU" },
  ],
  [
    "an error without a type",
    'data: {"error":{"message":"Out of memory"}}\n\n',
    { message: "Out of memory" },
  ],
])("%s is told", (_name, stream, error) => {
  const pieces = openaiResponses.createReader(REQUEST).push(encode(START + stream));
  expect(pieces.at(-1)?.deltas).toEqual([{ kind: "error", ...error }]);
});

test("events to come pass, and text that comes only at the end is told", () => {
  const reader = openaiResponses.createReader(REQUEST);
  const stream =
    START + event("response.mood", { mood: "good" }) + added(0, OPEN) + done(0, message("m", "hello"));
  const deltas = reader.push(encode(stream)).map((piece) => piece.deltas);
  expect(deltas.slice(2)).toEqual([[], [], [{ kind: "text", text: "hello" }]]);
});

test.each([
  ["max_output_tokens", "length"],
  ["content_filter", "filter"],
])("an answer that ends for %s is %s, and what it said so far counts", (reason, finish) => {
  const incomplete = { ...RESPONSE, status: "incomplete", incomplete_details: { reason } };
  const stream = begun + delta("so far") + event("response.incomplete", { response: incomplete });
  expect(readStream(encode(stream))).toMatchObject({ finish, parts: [{ kind: "text", text: "so far" }] });
});

test("an answer cut for no reason that it names was cut by its limit", () => {
  const stream = begun + delta("so far") + event("response.incomplete", { response: RESPONSE });
  expect(readStream(encode(stream)).finish).toBe("length");
});

test("any text and arguments are read as the official client reads them", async () => {
  const part = fc.oneof(
    fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }).map((texts) => ({ texts })),
    fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ unit: "grapheme" })).map((input) => ({ input })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 5 }),
      fc.infiniteStream(fc.nat(40)),
      async (parts, sizes) => {
        const events = parts.map((each, n) =>
          "texts" in each
            ? messageEvents(n, `m${n}`, ...each.texts)
            : callEvents(n, `c${n}`, "f", ...(JSON.stringify(each.input).match(/.{1,7}/gsu) ?? [])),
        );
        const items = parts.map((each, n) =>
          "texts" in each
            ? message(`m${n}`, each.texts.join(""))
            : call(`c${n}`, "f", JSON.stringify(each.input)),
        );
        const bytes = encode(START + events.join("") + completed(...items));
        const cuts: number[] = [];
        for (let cut = sizes.next().value; cut < bytes.length; cut += 1 + sizes.next().value) cuts.push(cut);
        expect(partsOf(readStream(bytes, cuts))).toEqual(contentOf(await sdkResponse(bytes)));
        expect(await sdkItems(bytes)).toEqual(items);
      },
    ),
    { numRuns: 50 },
  );
});
