import type { EmbedRequest, EmbedResponse } from "ollama";
import type { CreateEmbeddingResponse, EmbeddingCreateParams } from "openai/resources/embeddings";
import { expect, test } from "vitest";
import { Fault } from "#base";
import { refusalOf, through, wire } from "../../../tests/samples/translated.ts";
import type { AnswerHead } from "../face.ts";
import { faceOf } from "../faces.ts";
import { translateEmbeddings } from "./embeddings.ts";

const HEAD: AnswerHead = { id: "a", model: "asked", createdAt: 0, isUsageWanted: true, mark: {} };
const OPENAI: EmbeddingCreateParams = {
  model: "asked",
  input: ["a", "b"],
  dimensions: 2,
  encoding_format: "base64",
  user: "u",
};
const OLLAMA: EmbedRequest = { model: "asked", input: ["a", "b"], keep_alive: "5m", dimensions: 2 };
const OLLAMA_ANSWER: EmbedResponse = {
  model: "theirs",
  embeddings: [
    [0.5, -1],
    [2, 0],
  ],
  total_duration: 1,
  load_duration: 1,
  prompt_eval_count: 8,
};

/** `[0.5, -1]` as 32-bit floats, little end first. */
const BASE64 = "AAAAPwAAgL8=";

test("requests go both ways", () => {
  const there = through("openai-embeddings", OPENAI, "ollama-embed");
  expect(there.body).toEqual({ model: "theirs", input: ["a", "b"], dimensions: 2 });
  expect(there.lost).toEqual(["user"]);
  const back = through("ollama-embed", OLLAMA, "openai-embeddings");
  const expected: EmbeddingCreateParams = {
    model: "theirs",
    input: ["a", "b"],
    dimensions: 2,
    encoding_format: "float",
  };
  expect(back.body).toEqual(expected);
  expect(back.lost).toEqual(["keep_alive"]);
});

function ollamaAnswered(body: object) {
  const request = faceOf("openai-embeddings").readRequest(wire(body));
  const head = HEAD;
  return translateEmbeddings(wire(OLLAMA_ANSWER), {
    from: "ollama-embed",
    to: "openai-embeddings",
    request,
    head,
  });
}

test("Ollama's answer becomes OpenAI's, in base64 where that was asked for", () => {
  const expected: CreateEmbeddingResponse = {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [0.5, -1] },
      { object: "embedding", index: 1, embedding: [2, 0] },
    ],
    model: "asked",
    usage: { prompt_tokens: 8, total_tokens: 8 },
  };
  expect(ollamaAnswered({ ...OPENAI, encoding_format: "float" })).toEqual(expected);
  expect(ollamaAnswered(OPENAI)).toMatchObject({ data: [{ embedding: BASE64 }, {}] });
});

test("OpenAI's answer becomes Ollama's, by index and whichever way its vectors are written", () => {
  const request = faceOf("ollama-embed").readRequest(wire(OLLAMA));
  const answer = (data: readonly object[]) =>
    translateEmbeddings(
      wire({ object: "list", model: "theirs", data, usage: { prompt_tokens: 8, total_tokens: 8 } }),
      {
        from: "openai-embeddings",
        to: "ollama-embed",
        request,
        head: HEAD,
      },
    );
  const expected: EmbedResponse = { ...OLLAMA_ANSWER, model: "asked", total_duration: 0, load_duration: 0 };
  expect(
    answer([
      { index: 1, embedding: [2, 0] },
      { index: 0, embedding: BASE64 },
    ]),
  ).toEqual(expected);
  expect(() => answer([{ index: 0, embedding: "AAA=" }])).toThrow(Fault);
  expect(() =>
    answer([
      { index: 0, embedding: [1] },
      { index: 0, embedding: [1] },
    ]),
  ).toThrow(Fault);
  expect(() => answer([{ index: 0, embedding: { a: 1 } }])).toThrow(Fault);
});

test("tokens for texts, and fields that change the vectors, are refused", () => {
  expect(refusalOf("openai-embeddings", { model: "m", input: [1, 2] }, "ollama-embed")).toBe("input");
  expect(refusalOf("openai-embeddings", { model: "m", input: "a", normalize: false }, "ollama-embed")).toBe(
    "normalize",
  );
});
