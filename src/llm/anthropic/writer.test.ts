import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnswerWriter, Piece } from "../face.ts";
import type { ToolCall } from "../turn.ts";
import {
  block,
  callBlock,
  contentOf,
  event,
  FULL,
  HEAD,
  partsOf,
  readStream,
  REQUEST,
  sdkMessage,
  START,
  textBlock,
} from "../../../tests/samples/anthropic-client.ts";
import { anthropicMessages } from "./messages.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const call = (id: string, name: string, text: string): ToolCall => ({
  id,
  name,
  arguments: text,
  kind: "function",
});

type Step =
  | { readonly text: string }
  | { readonly reasoning: string; readonly signature: string | null }
  | { readonly call: ToolCall };

function write(writer: AnswerWriter, step: Step): string {
  if ("text" in step) return writer.text(step.text);
  return "call" in step ? writer.call(step.call) : writer.reasoning(step.reasoning, step.signature);
}

/** What a client should see of these steps: neighbours of one kind are one block, until a signature ends it. */
function expected(steps: readonly Step[]): readonly unknown[] {
  const parts: Part[] = [];
  for (const step of steps) {
    const part = partOf(step);
    const last = parts.at(-1);
    if (part[0] === "text" && part[1] === "") continue;
    if (last?.[0] === part[0] && part[0] !== "call" && last[2] === "")
      parts[parts.length - 1] = [part[0], last[1] + part[1], part[2]];
    else parts.push(part);
  }
  return parts.map((part) => (part[0] === "text" ? part.slice(0, 2) : part));
}

type Part = readonly [string, string, ...unknown[]];

function partOf(step: Step): Part {
  if ("text" in step) return ["text", step.text, ""];
  if ("reasoning" in step) return ["reasoning", step.reasoning, step.signature ?? ""];
  const input: unknown = JSON.parse(step.call.arguments);
  return ["call", step.call.id, step.call.name, input];
}

const text = fc.string({ unit: "grapheme", maxLength: 12 });
/** That name is read in no way by our reader. */
const name = text.filter((one) => one !== "__proto__");
const steps = fc
  .array(
    fc.oneof(
      text.map((each) => ({ text: each })),
      fc.record({ reasoning: text, signature: fc.option(fc.string({ minLength: 1 })) }),
      fc.record({ name: fc.constantFrom("bash", "computer.key", "a-b_C"), input: fc.dictionary(name, text) }),
    ),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(
      (each, n): Step =>
        "name" in each ? { call: call(`t${n}`, each.name, JSON.stringify(each.input)) } : each,
    ),
  );

test("the official client and our reader see what was written, in any order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const writer = anthropicMessages.createWriter(HEAD);
      const usage = { inputTokens: 7, outputTokens: 9 };
      const stream = all.map((step) => write(writer, step)).join("") + writer.end("stop", usage);
      const message = await sdkMessage(stream);
      expect(contentOf(message)).toEqual(expected(all));
      expect(message).toMatchObject({ id: "msg_01", usage: { input_tokens: 7, output_tokens: 9 } });
      const calls = all.some((step) => "call" in step);
      expect(message.stop_reason).toBe(calls ? "tool_use" : "end_turn");
      expect(partsOf(readStream(encode(stream)))).toEqual(expected(all));
    }),
    { numRuns: 100 },
  );
});

test("what is written goes on from what was passed, wherever that stops", async () => {
  const source =
    START +
    event("ping") +
    textBlock(0, "ab", "c") +
    block(1, { type: "thinking", thinking: "", signature: "" }, { type: "thinking_delta", thinking: "hm" }) +
    block(2, { type: "server_tool_use", id: "s", name: "web_search", input: {} }) +
    callBlock(3, "t", "f", "{}");
  const pieces = anthropicMessages.createReader(REQUEST).push(encode(source));
  // The last three pieces are a call: it is passed whole or not at all.
  for (const count of [...Array.from({ length: pieces.length - 2 }, (_, n) => n), pieces.length]) {
    const writer = anthropicMessages.createWriter(HEAD);
    const before = pieces.slice(0, count);
    for (const piece of before) writer.passed(piece);
    const stream =
      Buffer.concat(before.map((piece) => piece.bytes)).toString("utf8") +
      writer.keepAlive() +
      writer.text("Refused.") +
      writer.call(call("u", "g", '{"a":1}')) +
      writer.end("calls", null);
    const message = await sdkMessage(stream);
    expect(partsOf(readStream(encode(stream)))).toEqual(contentOf(message));
    expect(contentOf(message).at(-1)).toEqual(["call", "u", "g", { a: 1 }]);
    expect(contentOf(message).at(-2)?.toString()).toMatch(/^text,(abc|ab)?Refused\.$/);
    expect(message.stop_reason).toBe("tool_use");
  }
});

test("half a call is never ended", () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const half =
    START +
    callBlock(0, "t", "f", "{}")
      .split(/(?<=\n\n)/)
      .slice(0, 2)
      .join("");
  for (const piece of anthropicMessages.createReader(REQUEST).push(encode(half))) writer.passed(piece);
  expect(() => writer.text("a")).toThrow("whole or not at all");
  expect(() => writer.end("stop", null)).toThrow("whole or not at all");
});

test("nothing follows an answer that was passed whole", () => {
  const writer = anthropicMessages.createWriter(HEAD);
  for (const piece of anthropicMessages.createReader(REQUEST).push(encode(FULL))) writer.passed(piece);
  expect(writer.end("calls", null)).toBe("");
});

test.each([
  ["stop", 0, "end_turn"],
  ["calls", 0, "end_turn"],
  ["length", 0, "max_tokens"],
  ["filter", 0, "refusal"],
  ["stop", 1, "tool_use"],
  ["calls", 1, "tool_use"],
  ["length", 1, "max_tokens"],
] as const)("finish %s with %d calls is %s", async (finish, calls, reason) => {
  const writer = anthropicMessages.createWriter(HEAD);
  const said = writer.text("a") + (calls === 0 ? "" : writer.call(call("t", "f", "{}")));
  expect(await sdkMessage(said + writer.end(finish, null))).toMatchObject({ stop_reason: reason });
});

test("keep-alives change nothing, and empty arguments are none", async () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const stream =
    writer.keepAlive() + writer.call(call("t", "f", "")) + writer.keepAlive() + writer.end("calls", null);
  expect(contentOf(await sdkMessage(stream))).toEqual([["call", "t", "f", {}]]);
});

test("free text as arguments still reaches the client", async () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const stream = writer.call({ ...call("t", "f", "SELECT 1"), kind: "custom" }) + writer.end("calls", null);
  expect(contentOf(await sdkMessage(stream))).toEqual([["call", "t", "f", { input: "SELECT 1" }]]);
});

test("opaque blocks of the protocol are written whole, others not at all", async () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const stream =
    writer.text("a") +
    (writer.opaque?.({ type: "redacted_thinking", data: "x" }) ?? "") +
    (writer.opaque?.({ type: "web_search_call", id: "y" }) ?? "") +
    writer.end("stop", null);
  expect(contentOf(await sdkMessage(stream))).toEqual([
    ["text", "a"],
    ["opaque", "redacted_thinking"],
  ]);
});

test("a mark is part of the message", async () => {
  const writer = anthropicMessages.createWriter({ ...HEAD, mark: { doorward: { ai: true } } });
  expect(await sdkMessage(writer.text("a") + writer.end("stop", null))).toMatchObject({
    doorward: { ai: true },
  });
});

test("a failure mid-stream is the official client's own error", async () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const problem = { status: 529, code: "upstream_busy", message: "The upstream is busy.", parameter: null };
  const rejected = sdkMessage(writer.text("a") + writer.failed(problem));
  await expect(rejected).rejects.toThrow(Anthropic.APIError);
  await expect(rejected).rejects.toMatchObject({ type: "overloaded_error", errorCode: "upstream_busy" });
});

test("every piece is followed, whatever it is", () => {
  const writer = anthropicMessages.createWriter(HEAD);
  const blank: Piece = { bytes: new Uint8Array(0), deltas: [], event: null };
  writer.passed(blank);
  expect(writer.text("a")).toContain("message_start");
});
