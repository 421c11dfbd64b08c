import type { Json, JsonObject } from "#base";
import type { AnswerHead } from "../face.ts";
import { vectorsIn } from "../ollama/embed.ts";
import type { Protocol } from "../protocol.ts";
import type { ModelRequest } from "../request.ts";
import { answerMalformed } from "../stream/faults.ts";
import { isList, noPlace, type Notes, translationRefused } from "./notes.ts";
import { objectAt, objectsAt } from "./reading.ts";
import { set } from "./writing.ts";

// OpenAI's embeddings (npm `openai` 7.57.0, resources/embeddings.d.ts) and Ollama's (ollama/ollama at
// fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go, EmbedRequest and EmbedResponse; openai/openai.go, floatsToBase64).

type Embedding = Extract<Protocol, "openai-embeddings" | "ollama-embed">;

/** What may be lost of each; any other field that is set is refused. */
const KNOWN: Readonly<
  Record<Embedding, { readonly carried: readonly string[]; readonly lost: readonly string[] }>
> = {
  "openai-embeddings": { carried: ["model", "input", "dimensions", "encoding_format"], lost: ["user"] },
  "ollama-embed": { carried: ["model", "input", "dimensions"], lost: ["keep_alive", "truncate", "options"] },
};

export function embeddingsBody(
  { body, protocol }: ModelRequest,
  to: Embedding,
  { model, notes }: { readonly model: string; readonly notes: Notes },
): JsonObject {
  const known = KNOWN[protocol === "ollama-embed" ? protocol : "openai-embeddings"];
  for (const [name, value] of Object.entries(body)) {
    if (value === null || known.carried.includes(name)) continue;
    if (!known.lost.includes(name)) throw noPlace(name);
    notes.lose(name);
  }
  const { input = null, dimensions } = body;
  if (isList(input) && input.some((item) => typeof item !== "string")) {
    throw translationRefused("input", "holds tokens, which only the model's own runtime can read");
  }
  const size = typeof dimensions === "number" && dimensions > 0 ? dimensions : undefined;
  const format: JsonObject = to === "openai-embeddings" ? { encoding_format: "float" } : {};
  return { model, input, ...set("dimensions", size), ...format };
}

export interface EmbeddingsAnswer {
  readonly from: Protocol;
  readonly to: Protocol;
  /** The client's own request: whether it asked for base64. */
  readonly request: ModelRequest;
  readonly head: AnswerHead;
}

/** The upstream's whole answer as the client's protocol has it. Throws Fault `answer_malformed`. */
export function translateEmbeddings(
  body: JsonObject,
  { from, to, request, head }: EmbeddingsAnswer,
): JsonObject {
  if (from === to) return body;
  return to === "openai-embeddings" ? asOpenai(body, request, head) : asOllama(body, head);
}

function asOpenai(body: JsonObject, request: ModelRequest, head: AnswerHead): JsonObject {
  const isBase64 = request.body["encoding_format"] === "base64";
  const count = body["prompt_eval_count"];
  const tokens = typeof count === "number" ? count : 0;
  return {
    object: "list",
    data: vectorsIn(body["embeddings"]).map((vector, index) => ({
      object: "embedding",
      index,
      embedding: isBase64 ? base64Of(vector) : vector,
    })),
    model: head.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function asOllama(body: JsonObject, head: AnswerHead): JsonObject {
  const items = objectsAt(body, "data", "data").map(([item]) => item);
  const ordered = items.toSorted((a, b) => indexOf(a) - indexOf(b));
  if (ordered.some((item, at) => indexOf(item) !== at))
    throw answerMalformed("does not hold one vector for each input");
  const tokens = objectAt(body, "usage")["prompt_tokens"];
  return {
    model: head.model,
    embeddings: ordered.map((item) => vectorOf(item["embedding"])),
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: typeof tokens === "number" ? tokens : 0,
  };
}

function indexOf(item: JsonObject): number {
  return typeof item["index"] === "number" ? item["index"] : -1;
}

/** Upstreams may give base64 unasked; 32-bit floats, little end first. */
function vectorOf(value: Json | undefined): readonly number[] {
  if (typeof value !== "string") return vectorsIn([value ?? null])[0] ?? [];
  const bytes = Buffer.from(value, "base64");
  if (bytes.length % 4 !== 0) throw answerMalformed("holds an embedding that is no list of 32-bit floats");
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}
