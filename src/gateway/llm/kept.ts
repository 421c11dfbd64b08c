import { z } from "zod";
import type { JsonObject } from "#base";
import type { Turn } from "#llm";

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

const object = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
/** Doorward wrote it; what is checked is that this outcome has one. */
const turnShape = z.custom<Turn>(
  (value) => z.object({ parts: z.array(z.unknown()) }).safeParse(value).success,
);
const kept = z.object({
  turn: turnShape,
  stopped: z.literal("budget").nullable().catch(null),
  marks: z.array(z.string()).default([]),
  request: object.nullable().default(null),
});

/** Null where the outcome has no turn: another verb's, a failure's, or one too large to be kept. */
export function keptIn(result: JsonObject | null): KeptResult | null {
  return kept.safeParse(result).data ?? null;
}
