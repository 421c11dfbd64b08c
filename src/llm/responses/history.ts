import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { objectsAt, textAt } from "../openai/fields.ts";
import { fieldRefused } from "../strict.ts";
import type { Turn } from "../turn.ts";
import { HELD } from "./items.table.ts";
import { typeOf } from "./request.ts";
import { outputOf } from "./whole.ts";

// What OpenAI would keep with `store: true`, Doorward keeps itself (T9): an answer's items are told again as input.

/** A body's input as items; text is one message of the user. */
export function itemsOf(body: JsonObject): readonly JsonObject[] {
  const input = body["input"];
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return objectsAt(body, "input");
}

/** The items of an earlier answer, whatever protocol its upstream spoke, as the client was given them. */
export function outputItemsOf(turn: Turn): readonly JsonObject[] {
  return outputOf(turn, turn.id ?? "");
}

/**
 * The body with the conversation before it in its `input`, and without `previous_response_id`: what `readRequest` then
 * reads is what is decided and sent. `instructions` of earlier requests do not carry over, as with OpenAI.
 */
export function expandPrevious(
  body: JsonObject,
  earlierInput: readonly JsonObject[],
  earlierOutput: readonly JsonObject[],
): JsonObject {
  const { previous_response_id: _resolved, ...rest } = body;
  return { ...rest, input: [...earlierInput, ...asInput(earlierOutput), ...itemsOf(body)] };
}

/** Ids of the items that a body names instead of sending them (`item_reference`). */
export function referencesOf(body: JsonObject): readonly string[] {
  return objectsAt(body, "input").flatMap((item) => (isReference(item) ? [textAt(item, "id") ?? ""] : []));
}

/**
 * The body with each reference as the item that it names, from answers given here. Throws Fault `llm_field_refused` for
 * one that `find` does not know.
 */
export function resolveReferences(body: JsonObject, find: (id: string) => JsonObject | null): JsonObject {
  const input = body["input"];
  if (!Array.isArray(input)) return body;
  const resolved = input.map((item: Json, at) => {
    if (!isJsonObject(item) || !isReference(item)) return [item];
    const found = find(textAt(item, "id") ?? "");
    if (found === null)
      throw fieldRefused(
        `input[${at}]`,
        HELD,
        "Send the item itself: no answer given here has one of this id.",
      );
    return asInput([found]);
  });
  return { ...body, input: resolved.flat() };
}

function isReference(item: JsonObject): boolean {
  const type = item["type"] ?? null;
  return (
    type === "item_reference" || (type === null && item["role"] === undefined && item["id"] !== undefined)
  );
}

/**
 * Answered items as input. Sealed reasoning goes back as it came. Reasoning without its seal means nothing to an upstream
 * that kept nothing, and items whose ids it knows from that reasoning would be missed: they go back without their ids.
 */
function asInput(output: readonly JsonObject[]): readonly JsonObject[] {
  const isSealed = output.every(
    (item) => !isReasoning(item) || typeof item["encrypted_content"] === "string",
  );
  return isSealed ? output : output.filter((item) => !isReasoning(item)).map(withoutId);
}

function isReasoning(item: JsonObject): boolean {
  return typeOf(item) === "reasoning";
}

function withoutId(item: JsonObject): JsonObject {
  if (typeOf(item) === "message") {
    const texts = objectsAt(item, "content").map(
      (part) => textAt(part, "text") ?? textAt(part, "refusal") ?? "",
    );
    return { type: "message", role: "assistant", content: texts.join("") };
  }
  const { id: _unknown, ...rest } = item;
  return typeOf(item) === "function_call" || typeOf(item) === "custom_tool_call" ? rest : item;
}
