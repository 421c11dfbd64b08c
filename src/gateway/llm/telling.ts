import type { JsonObject } from "#base";
import { toldItems, type Turn } from "#llm";
import type { ActionId } from "#vocabulary";
import { isJsonObject } from "#wire";
import type { Ruled } from "./calls.ts";
import type { LlmOutside } from "./own.ts";
import type { Visit } from "./visit.ts";

/** A turn as it is kept, and what was ruled of its calls. */
export interface Telling {
  readonly action: ActionId;
  readonly turn: Turn;
  readonly ruling: Ruled;
}

/** Whether the client may go on from this answer by its id, or by those of its items. */
export function isGoneOnFrom({ request }: Visit): boolean {
  return request.protocol === "openai-responses" && request.body["store"] !== false;
}

/** To be called before the client can name an item: with the answer itself, whole, or with what was written of it. */
export function remember(
  own: LlmOutside,
  visit: Visit,
  { action, turn, ruling }: Telling,
  told: JsonObject | readonly JsonObject[],
): void {
  if (!isGoneOnFrom(visit)) return;
  const words = ruling.kind === "held" ? [ruling.text] : [...ruling.refused.values()];
  own.turns.told(action, toldItems(itemsIn(told), turn, words));
}

function itemsIn(told: JsonObject | readonly JsonObject[]): readonly JsonObject[] {
  if (isList(told)) return told;
  const { output } = told;
  return Array.isArray(output) ? output.filter(isJsonObject) : [];
}

function isList(told: JsonObject | readonly JsonObject[]): told is readonly JsonObject[] {
  return Array.isArray(told);
}
