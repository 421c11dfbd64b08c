import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { argumentsObject } from "../arguments.ts";
import type { AnswerHead } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { settledFinish } from "../openai/finish.ts";
import { answerMalformed } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { callsOf, isAtLimit, type Part, type Turn, type Usage } from "../turn.ts";
import {
  checkBlock,
  checkCalls,
  isOpaque,
  nameFields,
  readBlock,
  readStopReason,
  readUsage,
  stopReasonOf,
} from "./blocks.ts";

// A whole message: `Message` of @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts.

/** Throws Fault `answer_malformed`, `answer_too_large`. */
export function readAnswer(body: JsonObject): Turn {
  const parts = contentOf(body).map(readBlock);
  const finish = readStopReason(body["stop_reason"]);
  const turn: Turn = {
    id: typeof body["id"] === "string" ? body["id"] : null,
    model: typeof body["model"] === "string" ? body["model"] : null,
    parts: isAtLimit(finish) ? withLastCut(parts) : parts,
    finish,
    usage: readUsage(body["usage"], null),
  };
  checkCalls(callsOf(turn));
  return { ...turn, finish: settledFinish(turn.finish, callsOf(turn).length > 0) };
}

/** The provider makes an object of what there is: of a call that the limit may have cut nobody sees how much. */
function withLastCut(parts: readonly Part[]): readonly Part[] {
  const last = parts.at(-1);
  if (last?.kind !== "call") return parts;
  return [...parts.slice(0, -1), { kind: "call", call: { ...last.call, isCut: true } }];
}

const CONTENT = new Set(["content"]);

function contentOf(body: JsonObject): readonly JsonObject[] {
  const content = body["content"];
  if (body["type"] !== "message" || !Array.isArray(content)) throw answerMalformed("is no message");
  if (content.length > LLM_LIMITS.partsMax) throw answerMalformed("has too many blocks");
  checkHiddenBut(body, CONTENT);
  return content.map((block: Json) => {
    if (!isJsonObject(block)) throw answerMalformed("holds a block that is no object");
    checkBlock(block);
    return block;
  });
}

export function whole(turn: Turn, head: AnswerHead): JsonObject {
  const content = turn.parts.flatMap(blockOf);
  const reason = stopReasonOf(turn.finish, callsOf(turn).length);
  return { ...messageOf(head, content, reason, turn.usage), ...head.mark };
}

/** Opaque parts of other protocols are left out: they have no place here. */
function blockOf(part: Part): readonly JsonObject[] {
  switch (part.kind) {
    case "text":
      return part.text === "" ? [] : [{ type: "text", text: part.text, citations: null }];
    case "reasoning":
      return [{ type: "thinking", thinking: part.text, signature: part.signature ?? "" }];
    case "call":
      return [
        {
          type: "tool_use",
          id: part.call.id,
          ...nameFields(part.call.name),
          input: part.call.arguments === "" && part.call.kind !== "custom" ? {} : argumentsObject(part.call),
          caller: { type: "direct" },
        },
      ];
    case "opaque":
    default:
      return isOpaque(part.json) ? [part.json] : [];
  }
}

export function messageOf(
  head: AnswerHead,
  content: readonly JsonObject[],
  reason: string | null,
  usage: Usage | null,
): JsonObject {
  return {
    id: head.id,
    type: "message",
    role: "assistant",
    model: head.model,
    content,
    stop_reason: reason,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: usageOf(usage),
  };
}

/** The type wants both counts as numbers: 0 where the upstream did not say. */
export function usageOf(usage: Usage | null): JsonObject {
  return {
    input_tokens: usage?.inputTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    cache_creation: null,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  };
}

/**
 * The upstream's own message with refused calls as text in their place. Thinking stays as it was signed. Where no call is
 * left, the model has ended its turn.
 */
export function refuseCalls(body: JsonObject, refused: ReadonlyMap<number, string>): JsonObject {
  let calls = 0;
  let kept = 0;
  const content = contentOf(body).map((block): JsonObject => {
    if (block["type"] !== "tool_use") return block;
    const words = refused.get(calls);
    calls += 1;
    if (words !== undefined) return { type: "text", text: words, citations: null };
    kept += 1;
    return block;
  });
  const isOver = kept === 0 && body["stop_reason"] === "tool_use";
  return { ...body, content, stop_reason: isOver ? "end_turn" : (body["stop_reason"] ?? null) };
}
