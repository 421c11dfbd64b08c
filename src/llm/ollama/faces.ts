import { assert, type JsonObject } from "#base";
import type { Face, Forwarding, Problem } from "../face.ts";
import type { ModelRequest } from "../request.ts";
import { readWholeAnswer } from "./answer.ts";
import { readEmbedAnswer, wholeEmbedAnswer } from "./embed.ts";
import { createOllamaReader } from "./reader.ts";
import { readChatRequest, readEmbedRequest, readGenerateRequest } from "./request.ts";
import { CHAT_SHAPE, GENERATE_SHAPE, type OllamaShape } from "./shape.ts";
import { createOllamaWriter, wholeAnswer, withoutCalls } from "./writer.ts";

/** POST /api/chat. */
export const ollamaChat: Face = generateFace(CHAT_SHAPE, readChatRequest);

/** POST /api/generate. */
export const ollamaGenerate: Face = generateFace(GENERATE_SHAPE, readGenerateRequest);

/** POST /api/embed. */
export const ollamaEmbed: Face = {
  protocol: "ollama-embed",
  task: "embed",
  streamType: null,
  readRequest: readEmbedRequest,
  forwarded,
  readAnswer: readEmbedAnswer,
  createReader: noStream,
  createWriter: noStream,
  whole: wholeEmbedAnswer,
  refuseCalls: (body) => body,
  problem,
};

function generateFace(shape: OllamaShape, readRequest: Face["readRequest"]): Face {
  return {
    protocol: shape.protocol,
    task: "generate",
    streamType: "application/x-ndjson",
    readRequest,
    forwarded,
    readAnswer: (body) => readWholeAnswer(body, shape),
    createReader: () => createOllamaReader(shape),
    createWriter: (head) => createOllamaWriter(head, shape),
    whole: (turn, head) => wholeAnswer(turn, head, shape),
    refuseCalls: (body, refused) => withoutCalls(body, refused, shape),
    problem,
  };
}

function forwarded(request: ModelRequest, to: Forwarding): JsonObject {
  return { ...request.body, model: to.model };
}

/** The npm package raises `error` as its ResponseError, with the HTTP status (ollama 0.6.4, checkOk). */
function problem({ message, refusal }: Problem): JsonObject {
  return refusal === undefined ? { error: message } : { error: message, doorward: refusal };
}

function noStream(): never {
  assert(false, "embeddings do not stream");
}
