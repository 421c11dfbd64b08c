import type { Value } from "./value.ts";

/** A text that is equal for equal values only, of any type. */
export function keyOf(value: Value): string {
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "object") return value.key;
  return typeof value === "boolean" ? `b${value}` : `i${value}`;
}

/** Keys one after another, so that no two lists read the same. */
export function joinKeys(keys: readonly string[]): string {
  return keys.map((key) => `${key.length}:${key}`).join("");
}
