import type { Completion, CompletionCreateParams } from "openai/resources/completions";
import type { EmbeddingCreateParams } from "openai/resources/embeddings";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { Fault } from "#base";
import { clientOf, cut } from "../../../tests/samples/openai-client.ts";
import type { AnswerHead } from "../face.ts";
import { parameterOf } from "../strict.ts";
import { textOf } from "../turn.ts";
import { openaiCompletions } from "./completions.ts";
import { openaiEmbeddings } from "./embeddings.ts";

const HEAD: AnswerHead = { id: "dw_1", model: "m", createdAt: 1_700_000_000, isUsageWanted: true, mark: {} };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

// Typed by npm `openai` 7.57.0: what the official client can send and this door takes.
const EVERYTHING = {
  model: "m",
  prompt: ["Once upon"],
  best_of: 1,
  echo: false,
  frequency_penalty: 0,
  logit_bias: null,
  logprobs: 1,
  max_tokens: 20,
  n: 1,
  presence_penalty: 0,
  seed: 1,
  stop: "\n",
  stream: true,
  stream_options: { include_usage: true },
  suffix: "end",
  temperature: 1,
  top_p: 1,
  user: "u",
} satisfies CompletionCreateParams;

// huggingface/text-generation-inference, commit db931fcf42da018a3657580c64bf2720f167f9ab,
// integration-tests/models/__snapshots__/test_completion_prompts/test_flash_llama_completion_many_prompts_stream.json
// (its shape, with one prompt); the last chunk as in test_chat_openai_usage.json.
const TGI = `"created":1741264813,"id":"","model":"meta-llama/Llama-3.1-8B-Instruct","object":"text_completion","system_fingerprint":"3.1.2-dev0-native"`;
const STREAM = encode(
  [
    `{"choices":[{"finish_reason":"","index":0,"logprobs":null,"text":" a"}],${TGI},"usage":null}`,
    `{"choices":[{"finish_reason":"length","index":0,"logprobs":null,"text":" time"}],${TGI},"usage":null}`,
    `{"choices":[],${TGI},"usage":{"completion_tokens":2,"prompt_tokens":3,"total_tokens":5}}`,
    "[DONE]",
  ]
    .map((data) => `data: ${data}\n\n`)
    .join(""),
);

const faultOf = (read: () => unknown): Fault => {
  try {
    read();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error("nothing was refused");
};

describe("completions", () => {
  const request = openaiCompletions.readRequest(EVERYTHING);

  test("everything on the list is read and forwarded", () => {
    expect(request).toMatchObject({
      isStream: true,
      isUsageWanted: true,
      outputTokensMax: 20,
      inputCharacters: 12,
    });
    expect(openaiCompletions.forwarded(request, { model: "n" })).toEqual({ ...EVERYTHING, model: "n" });
  });

  test("a stream is read the same at every cut", () => {
    for (let at = 0; at <= STREAM.length; at += 1) {
      const reader = openaiCompletions.createReader(request);
      const pieces = cut(STREAM, [at]).flatMap((chunk) => reader.push(chunk));
      pieces.push(...reader.end());
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(STREAM)).toBe(true);
      expect(reader.turn()).toMatchObject({
        parts: [{ kind: "text", text: " a time" }],
        finish: "length",
        usage: { inputTokens: 3, outputTokens: 2 },
      });
    }
  });

  test("the official client reads what is written", async () => {
    const writer = openaiCompletions.createWriter(HEAD);
    const bytes = encode(
      writer.text("a") +
        writer.reasoning("x") +
        writer.text("b") +
        writer.end("stop", { inputTokens: 1, outputTokens: 2 }),
    );
    const chunks = await clientOf([bytes]).completions.create({ model: "m", prompt: "x", stream: true });
    const all: Completion[] = [];
    for await (const chunk of chunks) all.push(chunk);
    expect(all.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe("ab");
    expect(all.map(({ choices }) => choices[0]?.finish_reason ?? null)).toEqual([null, null, "stop", null]);
    expect(all.at(-1)?.usage?.total_tokens).toBe(3);
  });

  test("a whole answer survives being written and read", () => {
    const turn = openaiCompletions.readAnswer({
      choices: [{ index: 0, text: "a", finish_reason: "stop" }],
      id: "x",
    });
    expect(textOf(openaiCompletions.readAnswer(openaiCompletions.whole(turn, HEAD)))).toBe("a");
  });

  test.each<[string, Json, string, string]>([
    ["echo", true, "llm_value_invalid", "echo"],
    ["best_of", 2, "llm_value_invalid", "best_of"],
    ["n", 128, "llm_value_invalid", "n"],
    ["prompt", ["a", "b"], "llm_value_invalid", "prompt"],
    ["prompt", [], "llm_value_invalid", "prompt"],
    ["prompt", [[1], [2]], "llm_value_invalid", "prompt"],
    ["prompt", [1, "a"], "llm_value_invalid", "prompt[1]"],
    ["prompt_embeds", "AAAA", "llm_field_refused", "prompt_embeds"],
    ["messages", [], "llm_field_unknown", "messages"],
  ])("%s of %j is refused", (name, value, code, path) => {
    const fault = faultOf(() => openaiCompletions.readRequest({ model: "m", prompt: "x", [name]: value }));
    expect([fault.code, parameterOf(fault)]).toEqual([code, path]);
  });

  test.each<[string, JsonObject]>([
    ["two choices", { choices: [{ text: "a" }, { text: "b" }] }],
    ["a message", { choices: [{ text: "a", message: { tool_calls: [{}] } }] }],
    ["a delta", { choices: [{ text: "a", delta: { tool_calls: [{}] } }] }],
    ["calls", { choices: [{ text: "a", tool_calls: [{}] }] }],
    ["text of a list", { choices: [{ text: ["a"] }] }],
    ["an error", { error: "no" }],
  ])("an answer with %s is refused", (_name, body) => {
    expect(faultOf(() => openaiCompletions.readAnswer(body)).code).toBe("answer_malformed");
  });
});

describe("embeddings", () => {
  const FULL = {
    model: "m",
    input: ["a", "bc"],
    dimensions: 8,
    encoding_format: "base64",
    user: "u",
  } satisfies EmbeddingCreateParams;

  test("text, texts and tokens are read", () => {
    const request = openaiEmbeddings.readRequest(FULL);
    expect(request).toMatchObject({ inputCharacters: 3, isStream: false, outputTokensMax: 0 });
    expect(openaiEmbeddings.forwarded(request, { model: "n" })).toEqual({ ...FULL, model: "n" });
    expect(openaiEmbeddings.readRequest({ model: "m", input: [1, 2, 3] }).inputCharacters).toBe(12);
    expect(openaiEmbeddings.readRequest({ model: "m", input: [[1], [2, 3]] }).inputCharacters).toBe(12);
  });

  test.each<[string, Json, string, string]>([
    ["input", "", "llm_value_invalid", "input"],
    ["input", [], "llm_value_invalid", "input"],
    ["input", ["a", 1], "llm_value_invalid", "input[1]"],
    ["input", [[]], "llm_value_invalid", "input[0]"],
    ["input", { text: "a" }, "llm_value_invalid", "input"],
    ["encoding_format", "int8", "llm_value_invalid", "encoding_format"],
    ["messages", [], "llm_field_unknown", "messages"],
    ["stream", true, "llm_field_unknown", "stream"],
  ])("%s of %j is refused", (name, value, code, path) => {
    const fault = faultOf(() => openaiEmbeddings.readRequest({ model: "m", input: "x", [name]: value }));
    expect([fault.code, parameterOf(fault)]).toEqual([code, path]);
  });

  test.each<[string, Json]>([
    ["numbers", [0.1, -0.2]],
    ["base64", "zczMPQ=="],
  ])("an answer in %s is read for its usage", (_name, embedding) => {
    const answer: JsonObject = {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding }],
      model: "m",
      usage: { prompt_tokens: 5, total_tokens: 5 },
    };
    expect(openaiEmbeddings.readAnswer(answer)).toEqual({
      id: null,
      model: "m",
      parts: [],
      finish: "stop",
      usage: { inputTokens: 5, outputTokens: 0 },
    });
  });

  test.each<[string, JsonObject]>([
    ["no vectors", { data: [] }],
    ["a vector of nothing", { data: [{ index: 0, embedding: null }] }],
    ["something else in the list", { data: [{ embedding: [1] }, "x"] }],
    ["an error", { error: { message: "no" } }],
  ])("an answer with %s is refused", (_name, body) => {
    expect(faultOf(() => openaiEmbeddings.readAnswer(body)).code).toBe("answer_malformed");
  });
});
