import type { Json, JsonObject } from "#base";

/** The value of a JSON text, or undefined where it is none. Duplicate keys pass here: callers compare canonical bytes. */
export function tryJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
