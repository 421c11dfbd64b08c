import type { Json, JsonObject } from "#base";
import type { AnswerHead } from "../face.ts";
import { answerMalformed } from "../stream/faults.ts";
import type { Turn } from "../turn.ts";

// EmbedResponse of ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go; npm `ollama` 0.6.4.

/** The vectors travel as one opaque part: nothing in them is decided. Throws Fault `answer_malformed`. */
export function readEmbedAnswer(body: JsonObject): Turn {
  const embeddings = vectorsIn(body["embeddings"]);
  const count = body["prompt_eval_count"];
  return {
    id: null,
    model: typeof body["model"] === "string" ? body["model"] : null,
    parts: [{ kind: "opaque", json: { embeddings } }],
    finish: "stop",
    usage: typeof count === "number" ? { inputTokens: count, outputTokens: 0 } : null,
  };
}

export function wholeEmbedAnswer(turn: Turn, head: AnswerHead): JsonObject {
  const part = turn.parts.find((one) => one.kind === "opaque");
  return {
    model: head.model,
    embeddings: part?.json["embeddings"] ?? [],
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: turn.usage?.inputTokens ?? 0,
    ...head.mark,
  };
}

export function vectorsIn(value: Json | undefined): readonly (readonly number[])[] {
  if (!isList(value)) throw answerMalformed("holds no list of embeddings");
  return value.map((vector) => {
    if (!isList(vector) || !vector.every((entry) => typeof entry === "number")) {
      throw answerMalformed("holds an embedding that is no list of numbers");
    }
    return vector;
  });
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
