import fc from "fast-check";
import type { ChatResponse, GenerateResponse } from "ollama";
import { describe, expect, test } from "vitest";
import { ollamaChat, ollamaGenerate } from "./faces.ts";
import { HEAD, LINES, MODEL, readAll, STREAM, wire } from "../../../tests/samples/ollama.ts";

describe("written answers", () => {
  test("what is written is read again as the same turn", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    const step = fc.oneof(
      text.map((value) => ({ kind: "text" as const, value })),
      fc
        .tuple(
          text,
          fc.dictionary(
            text.filter((key) => key !== "__proto__"),
            fc.oneof(text, fc.integer(), fc.boolean()),
          ),
        )
        .map(([value, given]) => ({ kind: "call" as const, value, given })),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        fc.constantFrom(ollamaChat, ollamaGenerate),
        (steps, face) => {
          const writer = face.createWriter(HEAD);
          let out = writer.keepAlive();
          for (const [index, one] of steps.entries()) {
            out +=
              one.kind === "text"
                ? writer.text(one.value)
                : writer.call({
                    id: `c${index}`,
                    name: one.value,
                    arguments: JSON.stringify(one.given),
                    kind: "function",
                  });
          }
          out += writer.end("stop", { inputTokens: 3, outputTokens: 4 });
          const { turn } = readAll(face, [new TextEncoder().encode(out)]);
          const calls = turn.parts.flatMap((part) => (part.kind === "call" ? [part.call] : []));
          expect(calls.map((call) => [call.id, call.name])).toEqual(
            steps.flatMap((one, index) => (one.kind === "call" ? [[`c${index}`, one.value]] : [])),
          );
          expect(turn.parts.map((part) => (part.kind === "text" ? part.text : "")).join("")).toBe(
            steps.map((one) => (one.kind === "text" ? one.value : "")).join(""),
          );
          expect(turn.usage).toEqual({ inputTokens: 3, outputTokens: 4 });
          const whole = face.whole(turn, HEAD);
          expect(face.readAnswer(whole).parts.filter((part) => part.kind === "call")).toEqual(
            turn.parts.filter((part) => part.kind === "call"),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test("a whole answer has every field that the npm package's type has", () => {
    const turn = ollamaChat.readAnswer(
      wire(LINES[3] === undefined ? {} : { ...LINES[3], done: true, prompt_eval_count: 1, eval_count: 2 }),
    );
    const expected: Omit<ChatResponse, "created_at"> & { created_at: string } = {
      model: "asked",
      created_at: "2023-11-14T22:13:20.000Z",
      message: {
        role: "assistant",
        content: "",
        tool_calls: [
          expect.objectContaining({
            function: { index: 0, name: "get_weather", arguments: { city: "Tokyo" } },
          }),
        ],
      },
      done: true,
      done_reason: "stop",
      total_duration: 0,
      load_duration: 0,
      prompt_eval_count: 1,
      prompt_eval_duration: 0,
      eval_count: 2,
      eval_duration: 0,
    };
    expect(ollamaChat.whole(turn, HEAD)).toEqual(expected);
    const generated: Omit<GenerateResponse, "created_at" | "context"> & { created_at: string } = {
      ...expected,
      response: "hi",
    };
    const { message: _message, ...wanted } = generated as typeof generated & { message?: unknown };
    expect(ollamaGenerate.whole({ ...turn, parts: [{ kind: "text", text: "hi" }] }, HEAD)).toEqual(wanted);
  });

  test("the mark stands in the first line only, and in a whole answer", () => {
    const writer = ollamaChat.createWriter({ ...HEAD, mark: { ai_generated: true } });
    expect(JSON.parse(writer.text("a"))).toMatchObject({ ai_generated: true });
    expect(JSON.parse(writer.text("b"))).not.toHaveProperty("ai_generated");
    const turn = { id: null, model: null, parts: [], finish: "length", usage: null } as const;
    expect(ollamaChat.whole(turn, { ...HEAD, mark: { ai_generated: true } })).toMatchObject({
      ai_generated: true,
      done_reason: "length",
    });
  });

  test("after pieces that were passed on, calls are counted on and nothing is marked", () => {
    const { pieces } = readAll(ollamaChat, [STREAM]);
    const writer = ollamaChat.createWriter({ ...HEAD, mark: { ai_generated: true } });
    for (const piece of pieces.slice(0, 4)) writer.passed(piece);
    const line = JSON.parse(writer.call({ id: "c", name: "f", arguments: "", kind: "function" })) as {
      message: { tool_calls: unknown[] };
    };
    expect(line).not.toHaveProperty("ai_generated");
    expect(line.message.tool_calls).toEqual([{ id: "c", function: { index: 1, name: "f", arguments: {} } }]);
  });

  test("arguments that are no object reach the client as text in one", () => {
    const writer = ollamaChat.createWriter(HEAD);
    for (const given of ["[]", "text", '{"a":1,"a":2}', "{"]) {
      const line = JSON.parse(
        writer.call({ id: "c", name: "f", arguments: given, kind: "custom" }),
      ) as ChatResponse;
      expect(line.message.tool_calls?.[0]?.function.arguments).toEqual({ input: given });
    }
  });

  test("a failure is a line with its error, and a problem an object with it", () => {
    const problem = { status: 429, code: "budget", message: "no tokens left", parameter: null };
    expect(ollamaChat.createWriter(HEAD).failed(problem)).toBe('{"error":"no tokens left"}\n');
    expect(ollamaChat.problem(problem)).toEqual({ error: "no tokens left" });
  });

  test("refused calls leave, their texts stay, and the tokens that spell them go", () => {
    const calls = ["a", "b"].map((name) => ({ function: { name, arguments: {} } }));
    const body = wire({
      model: MODEL,
      message: { role: "assistant", content: "Both.", tool_calls: calls },
      done: true,
      logprobs: [{ token: "a", logprob: 0 }],
      extra: 1,
    });
    const one = ollamaChat.refuseCalls(body, new Map([[0, "not a"]]));
    expect(one).toEqual({
      model: MODEL,
      message: { role: "assistant", content: "Both.\n\nnot a", tool_calls: [calls[1]] },
      done: true,
      extra: 1,
    });
    const both = ollamaChat.refuseCalls(
      body,
      new Map([
        [1, "not b"],
        [0, "not a"],
      ]),
    );
    expect(both["message"]).toEqual({ role: "assistant", content: "Both.\n\nnot a\n\nnot b" });
    expect(ollamaChat.refuseCalls(body, new Map())).toBe(body);
    const generated = wire({ model: MODEL, response: "", tool_calls: calls, done: true, logprobs: [] });
    expect(
      ollamaGenerate.refuseCalls(
        generated,
        new Map([
          [0, "not a"],
          [1, "not b"],
        ]),
      ),
    ).toEqual({ model: MODEL, response: "not a\n\nnot b", done: true });
  });
});
