import type { Json, JsonObject } from "#base";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own member: what a prototype has is no part of a document. */
export function member(of: Json | undefined, key: string): Json | undefined {
  return isObject(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isObject(value) ? Object.entries(value) : [];
}
