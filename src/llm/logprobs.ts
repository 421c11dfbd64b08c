import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Piece } from "./face.ts";
import { listAt, objectsAt, textAt } from "./openai/fields.ts";
import type { ModelRequest } from "./request.ts";
import { rewritten } from "./stream/rewritten.ts";

// The probabilities of tokens spell what the model wrote, a call included that its runtime holds back to read it: Ollama
// sends them "while content is being buffered by the parser for tool calls" (ollama/ollama
// fb30760996871fa9460115c753afd2c60d4ab0f7, server/routes.go, ChatHandler), vLLM with deltas that have no text. Shapes:
// `ChatCompletionTokenLogprob` and `ResponseOutputText.Logprob` of npm `openai` 7.57.0, `Logprob` of Ollama's api/types.go.

/** Whether tokens of a call could come with the answer: they are asked for, and tools are there to be called. */
export function asksForTokens({ body, tools }: Pick<ModelRequest, "body" | "tools">): boolean {
  if (tools.length === 0) return false;
  const isIncluded = listAt(body, "include").includes("message.output_text.logprobs");
  return isIncluded || Boolean(body["logprobs"]) || Boolean(body["top_logprobs"]);
}

/** The event without tokens that spell anything but what it says; the same where it has none of those. */
export function withoutHiddenTokens(piece: Piece): Piece {
  if (piece.event === null) return piece;
  const said = piece.deltas
    .map((delta) => (delta.kind === "text" || delta.kind === "reasoning" ? delta.text : ""))
    .join("");
  const event = quieted(piece.event, said);
  return event === piece.event ? piece : rewritten(piece, event);
}

/** A part of an event told again (`...done`) has its text beside its tokens. */
function quieted(object: JsonObject, said: string): JsonObject {
  let changed: Record<string, Json> | null = null;
  for (const [name, value] of Object.entries(object)) {
    const quiet =
      name === "logprobs" ? quietTokens(value, [said, textAt(object, "text")]) : within(value, said);
    if (quiet !== value) changed = { ...(changed ?? object), [name]: quiet };
  }
  return changed ?? object;
}

function within(value: Json, said: string): Json {
  if (isJsonObject(value)) return quieted(value, said);
  if (!Array.isArray(value)) return value;
  const items = value.map((item: Json) => within(item, said));
  return items.some((item, at) => item !== value[at]) ? items : value;
}

function quietTokens(value: Json, texts: readonly (string | null)[]): Json {
  const isList = Array.isArray(value);
  const tokens = isList
    ? objectsAt({ value }, "value")
    : isJsonObject(value)
      ? [...objectsAt(value, "content"), ...objectsAt(value, "refusal")]
      : [];
  const spelled = tokens.map((token) => textAt(token, "token") ?? "").join("");
  const isKnown =
    value === null || (isList ? tokens.length === value.length : tokens.length > 0 || isBare(value));
  if (isKnown && (tokens.length === 0 || (texts.includes(spelled) && tokens.every(isItsBytes)))) return value;
  return isList ? [] : null;
}

/** `{content: null, refusal: null}` says nothing; what is in no known form may. */
function isBare(value: Json): boolean {
  return isJsonObject(value) && Object.values(value).every((field) => field === null);
}

/** Bytes beside a token spell it once more. */
function isItsBytes(token: JsonObject): boolean {
  const bytes = token["bytes"] ?? null;
  if (bytes === null) return true;
  const units = listAt(token, "bytes").filter((unit) => typeof unit === "number");
  return Buffer.from(units).toString("utf8") === textAt(token, "token");
}
