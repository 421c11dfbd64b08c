import type { JsonObject } from "#base";
import type { Turn } from "#llm";
import { isJsonObject } from "#wire";

/** What a model call's outcome keeps, sealed, as its result. */
export type KeptResult = {
  readonly turn: Turn;
  /** Why Doorward ended the stream before the model did; null: it did not. */
  readonly stopped: "budget" | null;
  /** What the policies that allowed it want its output marked with, whenever and to whomever it is told. */
  readonly marks: readonly string[];
  /** The client's own body, of a request that later ones may go on from; null: not kept. */
  readonly request: JsonObject | null;
};

/** As JSON: what is empty is left out. */
export function keptJson({ turn, stopped, marks, request }: KeptResult): JsonObject {
  return {
    turn,
    stopped,
    ...(marks.length === 0 ? {} : { marks }),
    ...(request === null ? {} : { request }),
  };
}

/** Null where the outcome has no turn: another verb's, a failure's, or one too large to be kept. */
export function keptIn(result: JsonObject | null): KeptResult | null {
  if (result === null) return null;
  const { turn, stopped, marks = [], request = null } = result;
  if (!isTurn(turn) || !isTexts(marks) || !(request === null || isJsonObject(request))) return null;
  return { turn, stopped: stopped === "budget" ? stopped : null, marks, request };
}

/** Doorward wrote it; what is checked is that this outcome has one. By hand: every answer passes here. */
function isTurn(value: unknown): value is Turn {
  return typeof value === "object" && value !== null && Array.isArray(Reflect.get(value, "parts"));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
