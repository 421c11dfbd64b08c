import { assert, type JsonObject } from "#base";
import type { Face } from "../face.ts";
import type { ModelRequest } from "../request.ts";
import { answerMalformed } from "../stream/faults.ts";
import { checkBody } from "../strict.ts";
import type { Turn } from "../turn.ts";
import { forwardedBody } from "./chat-request.ts";
import { EMBEDDING_BODY } from "./completions.table.ts";
import { listAt, objectsAt, textAt } from "./fields.ts";
import { promptCharacters } from "./measure.ts";
import { errorText } from "../stream/errors.ts";
import { openaiProblem } from "./problem.ts";
import { readUsage } from "./usage.ts";

function readRequest(body: JsonObject): ModelRequest {
  checkBody(body, EMBEDDING_BODY);
  return {
    protocol: "openai-embeddings",
    model: textAt(body, "model") ?? "",
    isStream: false,
    body,
    tools: [],
    hosted: [],
    fetches: [],
    previous: null,
    outputTokensMax: 0,
    isUsageWanted: true,
    inputCharacters: promptCharacters(body["input"]),
    lastAssistantText: "",
  };
}

/**
 * The usage of an answer whose vectors are as many as they should be; the vectors themselves are passed on and never part
 * of a turn. Source: npm `openai` 7.57.0, resources/embeddings.d.ts, CreateEmbeddingResponse.
 */
function readAnswer(body: JsonObject): Turn {
  if (body["error"]) throw answerMalformed(`is an error: ${errorText(body["error"])}`);
  const vectors = objectsAt(body, "data");
  if (vectors.length === 0 || vectors.length !== listAt(body, "data").length)
    throw answerMalformed("has no list of vectors");
  for (const { embedding } of vectors)
    if (typeof embedding !== "string" && !Array.isArray(embedding))
      throw answerMalformed("has a vector that is neither a list nor base64");
  const used = readUsage(body["usage"]);
  return {
    id: null,
    model: textAt(body, "model"),
    parts: [],
    finish: "stop",
    usage: used === null ? null : { inputTokens: used.inputTokens, outputTokens: 0 },
  };
}

function neverAsked(): never {
  assert(false, "vectors are neither streamed nor made from a turn");
}

/** OpenAI's embeddings. It has no stream, and its answers are passed on whole. */
export const openaiEmbeddings: Face = {
  protocol: "openai-embeddings",
  task: "embed",
  streamType: null,
  readRequest,
  forwarded: forwardedBody,
  readAnswer,
  createReader: neverAsked,
  createWriter: neverAsked,
  whole: neverAsked,
  refuseCalls: (body) => body,
  problem: openaiProblem,
};
