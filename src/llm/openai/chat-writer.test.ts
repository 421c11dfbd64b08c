import fc from "fast-check";
import { expect, test } from "vitest";
import { accumulated, clientOf, cut } from "../../../tests/samples/openai-client.ts";
import { bytesOf, RECORDED } from "../../../tests/samples/openai-streams.ts";
import type { AnswerHead } from "../face.ts";
import { callsOf, type ToolCall, type Turn, textOf } from "../turn.ts";
import { openaiChat } from "./chat.ts";

const HEAD: AnswerHead = { id: "dw_1", model: "m", createdAt: 1_700_000_000, isUsageWanted: true, mark: {} };
const USAGE = { inputTokens: 3, outputTokens: 4 };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const REQUEST = openaiChat.readRequest({ model: "m", messages: [{ role: "user", content: "hi" }] });

function reread(bytes: Uint8Array): Turn {
  const reader = openaiChat.createReader(REQUEST);
  reader.push(bytes);
  reader.end();
  return reader.turn();
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const call = fc.record({
  name: fc.stringMatching(/^[a-z_]{1,12}$/),
  arguments: fc.json().filter((json) => json.length < 200),
  kind: fc.constantFrom("function" as const, "custom" as const),
});

test("text, then calls, in any mix: the official client reads what was written, and so do we", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 5 }),
      fc.array(call, { maxLength: 6 }),
      fc.constantFrom("stop" as const, "calls" as const, "length" as const),
      async (texts, asked, finish) => {
        const calls = asked.map((one, at): ToolCall => ({ id: `call_${at}`, ...one }));
        const writer = openaiChat.createWriter(HEAD);
        const written = [...texts.map(writer.text), ...calls.map(writer.call), writer.end(finish, USAGE)];
        const bytes = encode(written.join(""));
        const { choices, usage } = await accumulated([bytes]);
        const [choice] = choices;
        expect(choice?.message.content ?? "").toBe(texts.join(""));
        expect(choice?.message.role).toBe("assistant");
        const theirs = choice?.message.tool_calls ?? [];
        expect(
          theirs.map((one) => (one.type === "function" ? one.function.arguments : one.custom.input)),
        ).toEqual(calls.map((one) => one.arguments));
        expect(theirs.map(({ id, type }) => [id, type])).toEqual(calls.map(({ id, kind }) => [id, kind]));
        const expected = finish === "length" ? "length" : calls.length > 0 ? "tool_calls" : "stop";
        expect(choice?.finish_reason).toBe(expected);
        expect(usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
        const ours = reread(bytes);
        expect(textOf(ours)).toBe(texts.join(""));
        // Whether the last was whole is not to be seen at the limit.
        expect(callsOf(ours).map(({ isCut: _isCut, ...one }) => one)).toEqual(calls);
      },
    ),
    { numRuns: 60 },
  );
});

test.each(RECORDED)("$name goes on with a refusal where its calls or its end were", async (recorded) => {
  const reader = openaiChat.createReader(REQUEST);
  const writer = openaiChat.createWriter({ ...HEAD, isUsageWanted: false });
  const sent: Uint8Array[] = [];
  for (const piece of reader.push(bytesOf(recorded))) {
    if (piece.deltas.some(({ kind }) => kind === "call" || kind === "finish")) break;
    writer.passed(piece);
    sent.push(piece.bytes);
  }
  sent.push(
    encode(writer.text("Refused: no.")),
    encode(writer.keepAlive()),
    encode(writer.end("calls", USAGE)),
  );
  const completion = await accumulated(sent);
  expect(completion.choices[0]?.message.content).toBe(`${recorded.text}Refused: no.`);
  expect(completion.choices[0]?.message.tool_calls).toBeUndefined();
  expect(completion.choices[0]?.finish_reason).toBe("stop");
  expect(completion.usage ?? null).toBeNull();
});

test("a stream goes on under the id, the model and the field of reasoning that it began with", () => {
  const writer = openaiChat.createWriter(HEAD);
  const event = {
    id: "up-1",
    object: "chat.completion.chunk",
    created: 5,
    model: "qwen3",
    system_fingerprint: "fp_ollama",
    choices: [{ index: 0, delta: { role: "assistant", reasoning: "hm" } }],
  };
  writer.passed({ bytes: new Uint8Array(), deltas: [{ kind: "reasoning", text: "hm" }], event });
  expect(JSON.parse(writer.reasoning("so").slice("data: ".length))).toEqual({
    ...event,
    choices: [{ index: 0, delta: { reasoning: "so" }, logprobs: null, finish_reason: null }],
  });
});

test.each(RECORDED)("what was passed on of $name is not said again", (recorded) => {
  const reader = openaiChat.createReader(REQUEST);
  const pieces = reader.push(bytesOf(recorded));
  const all = openaiChat.createWriter(HEAD);
  for (const piece of pieces) all.passed(piece);
  expect(all.end("stop", USAGE)).toBe("");
  const allButDone = openaiChat.createWriter(HEAD);
  for (const piece of pieces.slice(0, -1)) allButDone.passed(piece);
  expect(allButDone.end("stop", recorded.usage === undefined ? null : USAGE)).toBe("data: [DONE]\n\n");
});

test("a legacy call is written as one, and a call found in text not at all", async () => {
  const writer = openaiChat.createWriter(HEAD);
  const legacy: ToolCall = { id: "x", name: "f", arguments: "{}", kind: "legacy" };
  const written = writer.call({ ...legacy, kind: "text" }) + writer.call(legacy) + writer.end("calls", null);
  const { choices } = await accumulated([encode(written)]);
  expect(choices[0]?.message.function_call).toEqual({ name: "f", arguments: "{}" });
  expect(choices[0]?.finish_reason).toBe("function_call");
});

test("the mark stands in the first event and nowhere else", () => {
  const writer = openaiChat.createWriter({ ...HEAD, mark: { doorward: { marks: ["ai"] } } });
  expect(writer.text("a")).toContain('"doorward":{"marks":["ai"]}');
  expect(writer.text("b")).not.toContain("doorward");
});

test("a failure mid-stream is an error of the official client", async () => {
  const writer = openaiChat.createWriter(HEAD);
  const problem = { status: 429, code: "budget_exceeded", message: "spent until noon", parameter: null };
  const bytes = encode(writer.text("a") + writer.failed(problem));
  await expect(accumulated(cut(bytes, [20]))).rejects.toThrow("spent until noon");
  expect(writer.end("stop", null).match(/\[DONE\]/)).toBeNull();
});

test("whole answers are what the official client returns", async () => {
  const turn: Turn = {
    id: "up",
    model: "m",
    parts: [
      { kind: "reasoning", text: "hm", signature: null },
      { kind: "text", text: "Hello" },
      { kind: "call", call: { id: "a", name: "t", arguments: "{}", kind: "function" } },
    ],
    finish: "calls",
    usage: USAGE,
  };
  const body = openaiChat.whole(turn, { ...HEAD, mark: { doorward: { marks: ["ai"] } } });
  const client = clientOf([]).withOptions({ fetch: async () => Response.json(body) });
  const answer = await client.chat.completions.create({ model: "m", messages: [] });
  expect(answer.choices[0]?.message.content).toBe("Hello");
  expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
  const again = openaiChat.readAnswer(body);
  expect(again).toEqual({ ...turn, id: "dw_1" });
});
