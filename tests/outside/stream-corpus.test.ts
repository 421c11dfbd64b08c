import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { callsOf, createDialectScanner, faceOf, type ModelRequest, type Piece, textOf } from "#llm";
import { createPump } from "../../src/gateway/llm/pump.ts";
import type { Reply } from "../../src/gateway/llm/reply.ts";
import { CORPUS, type Recording } from "./stream-corpus/corpus.ts";

// Streams as servers send them, through the door's reader and pump, cut at every byte: what comes out is what went in,
// and says what the official client reads in it.

/** A request that such a stream answers. */
function requestOf({ protocol }: Recording): ModelRequest {
  const face = faceOf(protocol);
  const messages = [{ role: "user", content: "x" }];
  if (protocol === "openai-responses") return face.readRequest({ model: "m", input: "x", stream: true });
  if (protocol === "openai-completions" || protocol === "ollama-generate")
    return face.readRequest({ model: "m", prompt: "x", stream: true });
  const usage = protocol === "openai-chat" ? { stream_options: { include_usage: true } } : {};
  const most = protocol === "anthropic-messages" ? { max_tokens: 9 } : {};
  return face.readRequest({ model: "m", messages, stream: true, ...usage, ...most });
}

/** Everything that is sent, in order. */
function collecting(): { readonly reply: Reply; readonly sent: () => Buffer } {
  const all: Buffer[] = [];
  const reply: Reply = {
    head: () => {},
    hasBegun: () => all.length > 0,
    json: () => {},
    text: () => {},
    begin: () => {},
    write: async (bytes) => void all.push(Buffer.from(bytes)),
    keepAlive: () => {},
    end: () => {},
    cut: () => {},
  };
  return { reply, sent: () => Buffer.concat(all) };
}

interface Passed {
  readonly pieces: readonly Piece[];
  readonly early: Buffer;
  readonly whole: Buffer;
  readonly text: string;
  readonly calls: readonly string[];
}

/** Through reader and pump in these chunks; then everything is released, as where policy allows it. */
async function pass(recording: Recording, chunks: readonly Uint8Array[]): Promise<Passed> {
  const face = faceOf(recording.protocol);
  const request = requestOf(recording);
  const reader = face.createReader(request);
  const { reply, sent } = collecting();
  const head = { id: "x", model: "m", createdAt: 0, isUsageWanted: true, mark: {} };
  const pump = createPump({
    reply,
    writer: face.createWriter(head),
    streamType: "text/event-stream",
    isRaw: true,
    isUsageWanted: true,
    scanner: createDialectScanner([]),
  });
  const pieces: Piece[] = [];
  const take = async (more: readonly Piece[]): Promise<void> => {
    pieces.push(...more);
    for (const piece of more) await pump.take(piece);
  };
  for (const chunk of chunks) await take(reader.push(chunk));
  await take(reader.end());
  const early = sent();
  await pump.release(pump.tail());
  const turn = reader.turn();
  return { pieces, early, whole: sent(), text: textOf(turn), calls: callsOf(turn).map(({ name }) => name) };
}

const said = (pieces: readonly Piece[]) =>
  pieces.map(({ bytes, deltas, event }) => ({ bytes: Buffer.from(bytes).toString("latin1"), deltas, event }));

describe.each(CORPUS)("$name", (recording) => {
  const bytes = Buffer.from(recording.stream, "utf8");

  test("comes out as it went in, wherever it is cut", async () => {
    const whole = await pass(recording, [bytes]);
    expect(whole.whole.equals(bytes)).toBe(true);
    const pieces = said(whole.pieces);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const passed = await pass(recording, [bytes.subarray(0, cut), bytes.subarray(cut)]);
      const isSame = passed.whole.equals(bytes) && passed.early.equals(whole.early);
      expect([cut, isSame]).toEqual([cut, true]);
      expect(said(passed.pieces)).toEqual(pieces);
    }
  });

  test("comes out as it went in byte by byte, and in threes", async () => {
    for (const size of [1, 3]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      const passed = await pass(recording, chunks);
      expect(passed.whole.equals(bytes)).toBe(true);
    }
  });

  test("nothing of a call leaves before it is decided; text before it does", async () => {
    const { early } = await pass(recording, [bytes]);
    const text = early.toString("utf8");
    for (const name of recording.calls) expect(text).not.toContain(name);
    expect(bytes.subarray(0, early.length).equals(early)).toBe(true);
  });

  test("says what the official client reads", async () => {
    const { text, calls } = await pass(recording, [bytes]);
    expect({ text, calls }).toEqual({ text: recording.text, calls: recording.calls });
    expect(await read(recording)).toEqual({ text: recording.text, calls: recording.calls });
  });
});

interface Said {
  readonly text: string;
  readonly calls: readonly string[];
}

/** What the protocol's official client makes of the stream. */
async function read(recording: Recording): Promise<Said> {
  const { protocol, stream } = recording;
  const type = protocol.startsWith("ollama") ? "application/x-ndjson" : "text/event-stream";
  const answering = (async () =>
    new Response(Buffer.from(stream, "utf8"), { headers: { "content-type": type } })) as typeof fetch;
  if (protocol === "anthropic-messages") return readAnthropic(answering);
  if (protocol === "openai-responses") return readResponses(answering);
  return protocol.startsWith("ollama") ? readOllama(answering, protocol) : readOpenai(answering, protocol);
}

async function readAnthropic(fetch: typeof globalThis.fetch): Promise<Said> {
  const asked = { model: "m", max_tokens: 9, messages: [] };
  const { content } = await new Anthropic({ apiKey: "k", fetch }).messages.stream(asked).finalMessage();
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) => (block.type === "tool_use" ? [block.name] : [])),
  };
}

async function readResponses(fetch: typeof globalThis.fetch): Promise<Said> {
  const asked = { model: "m", input: "x" };
  const { output, output_text } = await new OpenAI({ apiKey: "k", fetch }).responses
    .stream(asked)
    .finalResponse();
  return {
    text: output_text,
    calls: output.flatMap((item) => (item.type === "function_call" ? [item.name] : [])),
  };
}

async function readOpenai(fetch: typeof globalThis.fetch, protocol: string): Promise<Said> {
  const client = new OpenAI({ apiKey: "k", fetch });
  let text = "";
  const calls: string[] = [];
  if (protocol === "openai-completions") {
    for await (const { choices } of await client.completions.create({
      model: "m",
      prompt: "x",
      stream: true,
    }))
      text += choices[0]?.text ?? "";
    return { text, calls };
  }
  for await (const { choices } of await client.chat.completions.create({
    model: "m",
    messages: [],
    stream: true,
  })) {
    const { content, refusal, function_call, tool_calls = [] } = choices[0]?.delta ?? {};
    text += `${content ?? ""}${refusal ?? ""}`;
    const named = [...tool_calls.map((call) => call.function?.name), function_call?.name];
    calls.push(...named.filter((name) => name !== undefined));
  }
  return { text, calls };
}

async function readOllama(fetch: typeof globalThis.fetch, protocol: string): Promise<Said> {
  const client = new Ollama({ fetch });
  let text = "";
  const calls: string[] = [];
  if (protocol === "ollama-generate") {
    for await (const line of await client.generate({ model: "m", prompt: "x", stream: true }))
      text += line.response ?? "";
    return { text, calls };
  }
  for await (const { message } of await client.chat({ model: "m", messages: [], stream: true })) {
    text += message.content;
    calls.push(...(message.tool_calls ?? []).map(({ function: called }) => called.name));
  }
  return { text, calls };
}
