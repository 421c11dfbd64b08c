import type { Json, JsonObject } from "#base";

/** A field where there is something to say. */
export function set(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
