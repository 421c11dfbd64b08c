import type { EmbedResponse } from "ollama";
import { describe, expect, test } from "vitest";
import type { Delta } from "../face.ts";
import { ollamaChat, ollamaEmbed, ollamaGenerate } from "./faces.ts";
import { faultOf, HEAD, MODEL, readAll, STREAM, USER, wire } from "../../../tests/samples/ollama.ts";

const at = (n: number): string => `2025-07-07T20:22:19.18478${n}Z`;

function idsAt(time: string): readonly string[] {
  const call = { function: { name: "f", arguments: { a: 1 } } };
  const body = {
    model: MODEL,
    created_at: time,
    message: { role: "assistant", content: "", tool_calls: [call, call] },
    done: true,
  };
  return ollamaChat.readAnswer(wire(body)).parts.map((part) => (part.kind === "call" ? part.call.id : ""));
}

const message = (fields: object) => ({
  model: MODEL,
  message: { role: "assistant", content: "", ...fields },
  done: true,
});

describe("answers", () => {
  test("a stream is read the same at every cut, and its bytes come out as they came", () => {
    const whole = readAll(ollamaChat, [STREAM]);
    expect(whole.turn.parts.map((part) => part.kind)).toEqual(["reasoning", "text", "call"]);
    expect(whole.turn).toMatchObject({
      model: MODEL,
      finish: "calls",
      usage: { inputTokens: 169, outputTokens: 15 },
    });
    for (let cut = 0; cut <= STREAM.length; cut += 1) {
      const { pieces, turn } = readAll(ollamaChat, [STREAM.subarray(0, cut), STREAM.subarray(cut)]);
      expect(turn).toEqual(whole.turn);
      expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(STREAM)).toBe(true);
    }
    const bytes = readAll(
      ollamaChat,
      [...STREAM].map((byte) => Uint8Array.of(byte)),
    );
    expect(bytes.turn).toEqual(whole.turn);
  });

  test("the deltas say begin, text, call, usage, finish and done in their order", () => {
    const { deltas } = readAll(ollamaChat, [STREAM]);
    expect(deltas).toEqual<Delta[]>([
      { kind: "begin", id: null, model: MODEL },
      { kind: "reasoning", text: "Hm" },
      { kind: "text", text: "Ich prüfe " },
      { kind: "text", text: "das 🌤" },
      { kind: "call" },
      { kind: "usage", usage: { inputTokens: 169, outputTokens: 15 } },
      { kind: "finish", finish: "calls" },
      { kind: "done" },
    ]);
  });

  test("a call without an id gets one that the same answer gives again and another does not", () => {
    expect(idsAt(at(1))).toEqual(idsAt(at(1)));
    expect(new Set([...idsAt(at(1)), ...idsAt(at(2))]).size).toBe(4);
    expect(idsAt(at(1))[0]).toMatch(/^call_[0-9a-f]{24}$/);
  });

  // GenerateResponse.ToolCalls and ToolCall.ID are in api/types.go only.
  test("a generated answer's calls stand at its top and count as well", () => {
    const body = {
      model: MODEL,
      created_at: at(1),
      response: "ok",
      tool_calls: [{ id: "c1", function: { index: 0, name: "f", arguments: {} } }],
      done: true,
      done_reason: "stop",
    };
    expect(ollamaGenerate.readAnswer(wire(body))).toMatchObject({
      parts: [
        { kind: "text", text: "ok" },
        { kind: "call", call: { id: "c1", name: "f", arguments: "{}", kind: "function" } },
      ],
      finish: "calls",
    });
  });

  test.each<[string, object]>([
    ["arguments as text", message({ tool_calls: [{ function: { name: "f", arguments: "{}" } }] })],
    ["a call without a name", message({ tool_calls: [{ function: { arguments: {} } }] })],
    ["calls that are no list", message({ tool_calls: { function: { name: "f" } } })],
    ["a call in another case, which Go reads", message({ Tool_Calls: [{ function: { name: "f" } }] })],
    ["a call with a folding letter, which Go reads", message({ tool_callſ: [{ function: { name: "f" } }] })],
    ["a message in another case", { model: MODEL, Message: {}, done: true }],
    [
      "a function's name twice",
      message({ tool_calls: [{ function: { name: "f", Name: "g", arguments: {} } }] }),
    ],
    [
      "129 calls",
      message({
        tool_calls: Array.from({ length: 129 }, () => ({ function: { name: "f", arguments: {} } })),
      }),
    ],
    ["an error for an answer", { error: "model not found" }],
    ["half an answer", { model: MODEL, message: { role: "assistant", content: "a" }, done: false }],
    ["text that is a number", message({ content: 1 })],
  ])("%s is malformed", (_what, body) => {
    expect(faultOf(() => ollamaChat.readAnswer(wire(body))).code).toBe("answer_malformed");
  });

  test.each<[string, string, string]>([
    [
      "a duplicate key",
      '{"message":{"content":"a"},"message":{"tool_calls":[]},"done":true}\n',
      "answer_malformed",
    ],
    [
      "an inexact number",
      '{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":9007199254740993}}}]},"done":true}\n',
      "answer_malformed",
    ],
    ["HTML", "<html></html>\n", "answer_malformed"],
    ["a line after the last", '{"done":true}\n{"message":{"tool_calls":[]}}\n', "answer_malformed"],
    ["no end", '{"message":{"content":"a"},"done":false}\n', "answer_cut"],
    ["half a character", '{"message":{"content":"\u00fc', "answer_malformed"],
  ])("a stream with %s is refused", (_what, text, code) => {
    const bytes = new TextEncoder().encode(text);
    const cut = code === "answer_malformed" && text.endsWith("\u00fc") ? bytes.subarray(0, -1) : bytes;
    expect(faultOf(() => readAll(ollamaChat, [cut])).code).toBe(code);
  });

  test("an error in the stream is said and ends it", () => {
    const { deltas } = readAll(ollamaChat, [
      new TextEncoder().encode('{"message":{"content":"a"},"done":false}\n{"error":"out of memory"}\n'),
    ]);
    expect(deltas.at(-1)).toEqual({ kind: "error", message: "out of memory" });
  });

  test("a generated answer's long context is read and passed on", () => {
    const context = Array.from({ length: 120_000 }, (_, token) => token % 100_000);
    const line = new TextEncoder().encode(
      `${JSON.stringify({ model: MODEL, response: "", done: true, context })}\n`,
    );
    expect(readAll(ollamaGenerate, [line]).turn.finish).toBe("stop");
  });

  test("a stream without end is cut off at its maximum", () => {
    const line = new TextEncoder().encode(
      `${JSON.stringify({ message: { content: "x".repeat(900_000) }, done: false })}\n`,
    );
    const reader = ollamaChat.createReader(ollamaChat.readRequest(wire({ model: MODEL, messages: USER })));
    expect(
      faultOf(() => {
        for (let count = 0; count < 100; count += 1) reader.push(line);
      }).code,
    ).toBe("answer_too_large");
  });
});

describe("embeddings", () => {
  test("vectors come through as they are", () => {
    const answer: EmbedResponse = {
      model: "all-minilm",
      embeddings: [
        [0.1, -0.2],
        [1, 0],
      ],
      total_duration: 1,
      load_duration: 1,
      prompt_eval_count: 8,
    };
    const turn = ollamaEmbed.readAnswer(wire(answer));
    expect(turn.usage).toEqual({ inputTokens: 8, outputTokens: 0 });
    expect(ollamaEmbed.whole(turn, HEAD)).toEqual({
      ...answer,
      model: "asked",
      total_duration: 0,
      load_duration: 0,
    });
  });

  test.each([{ embeddings: "x" }, { embeddings: [["1"]] }, {}])("%j is malformed", (body) => {
    expect(faultOf(() => ollamaEmbed.readAnswer(wire(body))).code).toBe("answer_malformed");
  });
});
