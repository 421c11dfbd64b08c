import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { objectsAt, textAt } from "../openai/fields.ts";
import { about } from "../strict.ts";
import type { Turn } from "../turn.ts";
import { isReference, typeOf } from "./request.ts";
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

/**
 * The body with each reference as the item that it names, from answers given here: none where it means nothing to an
 * upstream that kept nothing. Throws Fault `response_item_unknown` for one that `find` does not know.
 */
export function resolveReferences(
  body: JsonObject,
  find: (id: string) => readonly JsonObject[] | null,
): JsonObject {
  const input = body["input"];
  if (!Array.isArray(input)) return body;
  const resolved = input.map((item: Json, at) => {
    if (!isJsonObject(item) || !isReference(item)) return [item];
    const id = textAt(item, "id") ?? "";
    const found = find(id);
    if (found === null) throw about(`input[${at}]`, itemUnknown(id));
    return found;
  });
  return { ...body, input: resolved.flat() };
}

/** The official client raises its NotFoundError, as it does where OpenAI itself does not know an item. */
function itemUnknown(id: string): Fault {
  return new Fault(
    "response_item_unknown",
    `there is no item ${id} here that this session can name`,
    "Send the item itself: another session's, an expired or a very long answer's items are not kept.",
  );
}

/** Each of an answer's items as input: itself, or nothing. */
export function inputOf(output: readonly (JsonObject | null)[]): readonly (readonly JsonObject[])[] {
  const isSealed = areSealed(output.filter((item) => item !== null));
  return output.map((item) => (item === null ? [] : isSealed ? [item] : asUnsealed(item)));
}

/**
 * Answered items as input. Sealed reasoning goes back as it came. Reasoning without its seal means nothing to an upstream
 * that kept nothing, and items whose ids it knows from that reasoning would be missed: they go back without their ids.
 */
function asInput(output: readonly JsonObject[]): readonly JsonObject[] {
  return inputOf(output).flat();
}

function areSealed(output: readonly JsonObject[]): boolean {
  return output.every((item) => !isReasoning(item) || typeof item["encrypted_content"] === "string");
}

function asUnsealed(item: JsonObject): readonly JsonObject[] {
  return isReasoning(item) ? [] : [withoutId(item)];
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
