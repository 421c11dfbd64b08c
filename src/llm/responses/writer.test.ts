import OpenAI from "openai";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import type { AnswerWriter } from "../face.ts";
import type { ToolCall } from "../turn.ts";
import {
  added,
  callEvents,
  contentOf,
  event,
  FULL,
  HEAD,
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
const SHELL = JSON.stringify({ action: { command: ["ls"], env: {}, type: "exec" } });

type Step =
  | { readonly text: string }
  | { readonly reasoning: string; readonly sealed: string | null }
  | { readonly call: ToolCall };

function write(writer: AnswerWriter, step: Step): string {
  if ("text" in step) return writer.text(step.text);
  return "call" in step ? writer.call(step.call) : writer.reasoning(step.reasoning, step.sealed);
}

/** What a client should see of these steps: neighbours of one kind are one item, which a seal ends. */
function expected(steps: readonly Step[]): readonly unknown[] {
  const parts: Part[] = [];
  for (const step of steps) {
    const part = partOf(step);
    const last = parts.at(-1);
    const isJoined = last?.[0] === part[0] && part[0] !== "call" && part[0] !== "custom" && last[2] === null;
    if (part[0] === "text" && part[1] === "") continue;
    if (isJoined) parts[parts.length - 1] = [part[0], last[1] + part[1], part[2]];
    else parts.push(part);
  }
  return parts.map((part) => (part[0] === "text" ? part.slice(0, 2) : part));
}

type Part = readonly [string, string, ...unknown[]];

function partOf(step: Step): Part {
  if ("text" in step) return ["text", step.text, null];
  if ("reasoning" in step) return ["reasoning", step.reasoning, step.sealed];
  const { id, name, kind } = step.call;
  return [kind === "custom" ? "custom" : "call", id, name, step.call.arguments];
}

const text = fc.string({ unit: "grapheme", maxLength: 12 });
/** That name is read in no way by our reader. */
const name = text.filter((one) => one !== "__proto__");
const calls = fc.oneof(
  fc
    .dictionary(name, text)
    .map((input) => ({ name: "f", arguments: JSON.stringify(input), kind: "function" as const })),
  text.map((input) => ({ name: "sql", arguments: input, kind: "custom" as const })),
  fc.constant({ name: "openai.local_shell", arguments: SHELL, kind: "function" as const }),
);
const steps = fc
  .array(
    fc.oneof(
      text.map((each) => ({ text: each })),
      fc.record({ reasoning: text, sealed: fc.option(fc.string({ minLength: 1 })) }),
      calls,
    ),
    { maxLength: 8 },
  )
  .map((all) => all.map((each, n): Step => ("name" in each ? { call: { id: `c${n}`, ...each } } : each)));

/** Numbers of the events, which must count up by one. */
function sequenceOf(stream: string): readonly unknown[] {
  return stream.split("\n").flatMap((line) => {
    if (!line.startsWith("data: {")) return [];
    const json: unknown = JSON.parse(line.slice(6));
    return typeof json === "object" && json !== null && "sequence_number" in json
      ? [json.sequence_number]
      : [null];
  });
}

test("the official client and our reader see what was written, in any order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const writer = openaiResponses.createWriter(HEAD);
      const stream =
        all.map((step) => write(writer, step)).join("") +
        writer.end("stop", { inputTokens: 7, outputTokens: 9 });
      const response = await sdkResponse(stream);
      expect(contentOf(response)).toEqual(expected(all));
      expect(response).toMatchObject({
        id: "resp_01",
        status: "completed",
        usage: { input_tokens: 7, output_tokens: 9, total_tokens: 16 },
      });
      expect((await sdkItems(stream)).length).toBe(response.output.length);
      expect(partsOf(readStream(encode(stream)))).toEqual(expected(all));
      const numbers = sequenceOf(stream);
      expect(numbers).toEqual(numbers.map((_, n) => n));
    }),
    { numRuns: 100 },
  );
});

const RAW = [
  START,
  added(0, { id: "rs_1", type: "reasoning", summary: [] }),
  event("response.reasoning_summary_part.added", {
    output_index: 0,
    item_id: "rs_1",
    summary_index: 0,
    part: { type: "summary_text", text: "" },
  }),
  event("response.reasoning_summary_text.delta", {
    output_index: 0,
    item_id: "rs_1",
    summary_index: 0,
    delta: "hm",
  }),
  added(1, { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] }),
  event("response.content_part.added", {
    output_index: 1,
    item_id: "msg_1",
    content_index: 0,
    part: { type: "output_text", text: "", annotations: [] },
  }),
  event("response.output_text.delta", {
    output_index: 1,
    item_id: "msg_1",
    content_index: 0,
    delta: "abc",
    logprobs: [],
  }),
  event("response.output_text.annotation.added", {
    output_index: 1,
    item_id: "msg_1",
    content_index: 0,
    annotation_index: 0,
    annotation: { type: "url_citation", url: "https://a.test", title: "a", start_index: 0, end_index: 1 },
  }),
  event("response.content_part.added", {
    output_index: 1,
    item_id: "msg_1",
    content_index: 1,
    part: { type: "refusal", refusal: "" },
  }),
  event("response.refusal.delta", { output_index: 1, item_id: "msg_1", content_index: 1, delta: "I won't." }),
  messageEvents(2, "msg_2", "whole"),
  callEvents(3, "c1", "f", "{}"),
].join("");

test("what is written goes on from what was passed, wherever that stops", async () => {
  const pieces = openaiResponses.createReader(REQUEST).push(encode(RAW));
  // The last four pieces are a call: it is passed whole or not at all.
  for (const count of [...Array.from({ length: pieces.length - 3 }, (_, n) => n), pieces.length]) {
    const writer = openaiResponses.createWriter(HEAD);
    const before = pieces.slice(0, count);
    for (const piece of before) writer.passed(piece);
    const stream =
      Buffer.concat(before.map((piece) => piece.bytes)).toString("utf8") +
      writer.keepAlive() +
      writer.text("Refused.") +
      writer.call({ id: "u", name: "g", arguments: '{"a":1}', kind: "function" }) +
      writer.end("calls", null);
    const response = await sdkResponse(stream);
    expect(partsOf(readStream(encode(stream)))).toEqual(contentOf(response));
    const ids = (await sdkItems(stream)).map((item) => item.id);
    expect(new Set(ids)).toEqual(new Set(response.output.map((item) => item.id)));
    expect(ids).toHaveLength(response.output.length);
    expect(contentOf(response).at(-1)).toEqual(["call", "u", "g", '{"a":1}']);
    expect(contentOf(response).at(-2)?.toString()).toMatch(/^text,(abc)?Refused\.$/);
    expect(response.instructions).toBe(count === 0 ? null : "Be brief.");
  }
});

test("an open text goes on in its own item, with its annotations kept", async () => {
  const source = RAW.split(/(?<=\n\n)/)
    .filter((each) => !each.includes('"rs_1"'))
    .slice(0, 6);
  const stream = source.join("").replaceAll('"output_index":1', '"output_index":0');
  const writer = openaiResponses.createWriter(HEAD);
  for (const piece of openaiResponses.createReader(REQUEST).push(encode(stream))) writer.passed(piece);
  const response = await sdkResponse(stream + writer.text("def") + writer.end("stop", null));
  expect(response.output).toMatchObject([
    { id: "msg_1", content: [{ text: "abcdef", annotations: [{ url: "https://a.test" }] }] },
  ]);
});

test("half a call is never ended", () => {
  const writer = openaiResponses.createWriter(HEAD);
  const half =
    START +
    callEvents(0, "c", "f", "{}")
      .split(/(?<=\n\n)/)
      .slice(0, 2)
      .join("");
  for (const piece of openaiResponses.createReader(REQUEST).push(encode(half))) writer.passed(piece);
  expect(() => writer.text("a")).toThrow("whole or not at all");
  expect(() => writer.end("stop", null)).toThrow("whole or not at all");
});

test("nothing follows an answer that was passed whole", () => {
  const writer = openaiResponses.createWriter(HEAD);
  for (const piece of openaiResponses.createReader(REQUEST).push(encode(FULL))) writer.passed(piece);
  expect(writer.end("calls", null)).toBe("");
});

test.each([
  ["stop", "completed", null],
  ["calls", "completed", null],
  ["length", "incomplete", { reason: "max_output_tokens" }],
  ["filter", "incomplete", { reason: "content_filter" }],
] as const)("finish %s is %s", async (finish, status, incomplete_details) => {
  const writer = openaiResponses.createWriter(HEAD);
  const stream = writer.text("a") + writer.end(finish, null);
  expect(await sdkResponse(stream)).toMatchObject({ status, incomplete_details, output_text: "a" });
});

test("keep-alives change nothing", async () => {
  const writer = openaiResponses.createWriter(HEAD);
  const stream = writer.keepAlive() + writer.text("a") + writer.keepAlive() + writer.end("stop", null);
  expect(contentOf(await sdkResponse(stream))).toEqual([["text", "a"]]);
});

test("opaque items of the protocol are written whole, others not at all", async () => {
  const search = { id: "ws", type: "web_search_call", status: "completed", action: { type: "search" } };
  const writer = openaiResponses.createWriter(HEAD);
  const stream =
    writer.text("a") +
    (writer.opaque?.(search) ?? "") +
    (writer.opaque?.({ type: "redacted_thinking", data: "x" }) ?? "") +
    writer.end("stop", null);
  expect((await sdkResponse(stream)).output).toMatchObject([{ type: "message" }, search]);
});

test("a mark is part of the response, from the first event to the last", async () => {
  const mark: JsonObject = { doorward: { ai: true } };
  const writer = openaiResponses.createWriter({ ...HEAD, mark });
  const stream = writer.text("a") + writer.end("stop", null);
  expect(await sdkResponse(stream)).toMatchObject(mark);
  expect(stream.split('"doorward":').length - 1).toBe(3);
});

test("a whole text of before does not outlive what is written", async () => {
  const writer = openaiResponses.createWriter(HEAD);
  const created = event("response.created", { response: { ...RESPONSE, output_text: "before" } });
  for (const piece of openaiResponses.createReader(REQUEST).push(encode(created))) writer.passed(piece);
  const response = await sdkResponse(created + writer.text("after") + writer.end("stop", null));
  expect(response.output_text).toBe("after");
});

test("a failure mid-stream is the official client's own error", async () => {
  const writer = openaiResponses.createWriter(HEAD);
  const problem = { status: 503, code: "upstream_lost", message: "The upstream is gone.", parameter: null };
  const rejected = sdkResponse(writer.text("a") + writer.failed(problem));
  await expect(rejected).rejects.toThrow(OpenAI.APIError);
  await expect(rejected).rejects.toMatchObject({ code: "upstream_lost", message: "The upstream is gone." });
});
