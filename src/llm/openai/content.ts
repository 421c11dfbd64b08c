import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed } from "../stream/faults.ts";
import { textOrNull } from "./open-call.ts";

interface Said {
  readonly kind: "text" | "reasoning";
  readonly text: string;
}

/**
 * What the `content` of an answer says: text, or, from Mistral's reasoning models, a list of chunks, whole and streamed
 * (docs.mistral.ai "Reasoning": `{type:"thinking", thinking:[{type:"text", text}]}`, `{type:"text", text}`,
 * `{type:"reference", reference_ids}`). A chunk of another kind may hold anything: Fault `answer_malformed`.
 */
export function contentSaid(content: Json | undefined): readonly Said[] {
  if (!Array.isArray(content)) {
    const text = textOrNull(content, "content") ?? "";
    return text === "" ? [] : [{ kind: "text", text }];
  }
  if (content.length > LLM_LIMITS.partsMax) throw answerMalformed("has too many parts");
  return content.map(chunkSaid).filter(({ text }) => text !== "");
}

function chunkSaid(chunk: Json): Said {
  if (!isJsonObject(chunk)) throw answerMalformed("has a part of its content that is no object");
  const { type } = chunk;
  switch (typeof type === "string" ? type : "") {
    case "text":
      return { kind: "text", text: textOrNull(chunk["text"], "text") ?? "" };
    case "thinking":
      return { kind: "reasoning", text: thinking(chunk) };
    case "reference":
      return { kind: "text", text: "" };
    default:
      throw answerMalformed(
        `has content of type ${JSON.stringify(type ?? null).slice(0, 60)}, which this door does not know`,
      );
  }
}

function thinking(chunk: JsonObject): string {
  const thoughts = chunk["thinking"];
  if (!Array.isArray(thoughts)) return textOrNull(thoughts, "thinking") ?? "";
  return thoughts.map((thought: Json) => chunkSaid(thought).text).join("");
}
