import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { type AnswerHead, type AnswerReader, createDialectScanner, faceOf, type Part, type Turn } from "#llm";
import { REQUEST as MESSAGES, sdkMessage } from "../../../tests/samples/anthropic-client.ts";
import { REQUEST as RESPONSES, sdkResponse } from "../../../tests/samples/responses-client.ts";
import { createPump } from "./pump.ts";
import type { Reply } from "./reply.ts";
import { spoken, streamed } from "./spoken.ts";
import { unsealed, unsealedReader } from "./unsealed.ts";

// What an upstream sealed (Anthropic's thinking signatures and redacted thinking, OpenAI's encrypted reasoning and hosted
// items) must reach the client as it is, or its next request is refused. Judged by the official clients.

const HEAD: AnswerHead = { id: "x_1", model: "m", createdAt: 1, isUsageWanted: true, mark: {} };
const thought = (text: string, signature: string | null): Part => ({ kind: "reasoning", text, signature });
const opaque = (json: JsonObject): Part => ({ kind: "opaque", json });
const call = (id: string): Part => ({
  kind: "call",
  call: { id, name: "look", arguments: "{}", kind: "function" },
});

const turnOf = (parts: readonly Part[]): Turn => ({
  id: "x_1",
  model: "m",
  parts,
  finish: "calls",
  usage: { inputTokens: 1, outputTokens: 2 },
});

const ANTHROPIC = turnOf([
  thought("I see.", "c2ln"),
  opaque({ type: "redacted_thinking", data: "ZGFyaw==" }),
  { kind: "text", text: "Looking." },
  call("toolu_1"),
  thought("And again.", "YWdhaW4="),
  call("toolu_2"),
]);
const SEARCH = {
  id: "ws_1",
  type: "web_search_call",
  status: "completed",
  action: { type: "search", query: "q" },
};
const OPENAI = turnOf([
  thought("I see.", "c2VhbA=="),
  opaque(SEARCH),
  { kind: "text", text: "Looking." },
  call("call_1"),
  thought("", "YWdhaW4="),
  call("call_2"),
]);
const OLLAMA = turnOf([
  thought("I see.", null),
  { kind: "text", text: "A picture." },
  opaque({ images: ["aW1n"] }),
]);

function read(reader: AnswerReader, stream: string): readonly Part[] {
  reader.push(Buffer.from(stream));
  reader.end();
  return reader.turn().parts;
}

describe("a kept turn as a stream", () => {
  test("to Anthropic's client: thinking signed, redacted thinking whole, in order", async () => {
    const face = faceOf("anthropic-messages");
    const stream = streamed(face.createWriter(HEAD), ANTHROPIC);
    expect(read(face.createReader(MESSAGES), stream)).toEqual(ANTHROPIC.parts);
    const { content } = await sdkMessage(stream);
    expect(content.map(({ type }) => type)).toEqual([
      "thinking",
      "redacted_thinking",
      "text",
      "tool_use",
      "thinking",
      "tool_use",
    ]);
    expect(content[0]).toMatchObject({ thinking: "I see.", signature: "c2ln" });
    expect(content[1]).toMatchObject({ data: "ZGFyaw==" });
  });

  test("to OpenAI's client: reasoning with its encrypted content, hosted items, in order", async () => {
    const face = faceOf("openai-responses");
    const stream = streamed(face.createWriter(HEAD), OPENAI);
    expect(read(face.createReader(RESPONSES), stream)).toEqual(OPENAI.parts);
    const { output } = await sdkResponse(stream);
    expect(output.map(({ type }) => type)).toEqual([
      "reasoning",
      "web_search_call",
      "message",
      "function_call",
      "reasoning",
      "function_call",
    ]);
    expect(output[0]).toMatchObject({ encrypted_content: "c2VhbA==", summary: [{ text: "I see." }] });
    expect(output[1]).toEqual(SEARCH);
    // Clients that show reasoning as it comes read its deltas.
    expect(stream).toContain("response.reasoning_summary_text.delta");
  });

  test("to Ollama's client: pictures that the model made", () => {
    const face = faceOf("ollama-chat");
    const request = face.readRequest({ model: "m", messages: [{ role: "user", content: "draw" }] });
    expect(read(face.createReader(request), streamed(face.createWriter(HEAD), OLLAMA))).toEqual(OLLAMA.parts);
  });
});

const nothing = (): void => {};

/** Through the pump, written anew as where the answer must be marked, and everything released. */
async function anew(protocol: "anthropic-messages" | "openai-responses", stream: string): Promise<string> {
  const sent: string[] = [];
  const reply: Reply = {
    head: nothing,
    hasBegun: () => false,
    json: nothing,
    text: nothing,
    begin: nothing,
    write: async (bytes) => void sent.push(Buffer.from(bytes).toString("utf8")),
    keepAlive: nothing,
    end: nothing,
    cut: nothing,
  };
  const face = faceOf(protocol);
  const reader = face.createReader(protocol === "openai-responses" ? RESPONSES : MESSAGES);
  const writer = face.createWriter({ ...HEAD, mark: { doorward: { marks: ["ai"] } } });
  const scanner = createDialectScanner([]);
  const pump = createPump({
    reply,
    writer,
    scanner,
    isRaw: false,
    isUsageWanted: true,
    quiet: (piece) => piece,
    mark: {},
    streamType: "text/event-stream",
  });
  for (const piece of reader.push(Buffer.from(stream))) await pump.take(piece);
  await pump.release(pump.tail());
  const { parts, finish, usage } = reader.turn();
  for (const part of parts) if (part.kind === "call") sent.push(writer.call(part.call));
  return sent.join("") + writer.end(finish, usage);
}

describe("a stream that is written anew", () => {
  test.each([
    ["anthropic-messages", MESSAGES, turnOf(ANTHROPIC.parts.slice(0, 4))],
    ["openai-responses", RESPONSES, turnOf(OPENAI.parts.slice(0, 4))],
  ] as const)("keeps what its upstream sealed: %s", async (protocol, request, turn) => {
    const face = faceOf(protocol);
    const marked = await anew(protocol, streamed(face.createWriter(HEAD), turn));
    expect(marked).toContain('"doorward":{"marks":["ai"]}');
    expect(read(face.createReader(request), marked)).toEqual(turn.parts);
  });

  test("an item of the upstream's own that was open ends once, and is there once", async () => {
    const face = faceOf("openai-responses");
    const writer = face.createWriter(HEAD);
    const reader = face.createReader(RESPONSES);
    const pieces = reader.push(Buffer.from(streamed(face.createWriter(HEAD), turnOf([opaque(SEARCH)]))));
    const at = pieces.findIndex(({ deltas }) => deltas.some(({ kind }) => kind === "opaque"));
    let stream = "";
    for (const piece of pieces.slice(0, at)) {
      writer.passed(piece);
      stream += Buffer.from(piece.bytes).toString("utf8");
    }
    stream += spoken(writer, pieces[at]?.deltas ?? []) + writer.end("stop", null);
    expect((await sdkResponse(stream)).output).toEqual([SEARCH]);
  });
});

describe("in another protocol than its upstream's", () => {
  test("no seal is told: only who made it can read it", () => {
    const face = faceOf("anthropic-messages");
    const reader = unsealedReader(face.createReader(MESSAGES));
    const pieces = [
      ...reader.push(Buffer.from(streamed(face.createWriter(HEAD), ANTHROPIC))),
      ...reader.end(),
    ];
    expect(pieces.flatMap(({ deltas }) => deltas).filter(({ kind }) => kind === "sealed")).toEqual([]);
    expect(reader.turn()).toEqual(unsealed(ANTHROPIC));
    const whole = faceOf("openai-responses").whole(reader.turn(), HEAD);
    expect(JSON.stringify(whole)).not.toContain("encrypted_content");
  });
});
