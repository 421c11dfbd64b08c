import type { Json, JsonObject } from "#base";
import { answerMalformed } from "../stream/faults.ts";

/** One call as far as it has come. */
export interface OpenCall {
  id: string | null;
  name: string | null;
  kind: "function" | "custom" | "legacy" | null;
  arguments: string;
  extra: JsonObject | null;
}

export function textOrNull(value: Json | undefined, what: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw answerMalformed(`has a field ${what} that is no text`);
  return value;
}
