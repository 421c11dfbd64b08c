import type { Json } from "#base";

/** Reading what others wrote: nothing is there until it is seen. */
export function at(json: Json, ...path: readonly string[]): Json {
  let value = json;
  for (const field of path) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
    const entry: [string, Json] | undefined = Object.entries(value).find(([name]) => name === field);
    if (entry === undefined) return null;
    [, value] = entry;
  }
  return value;
}

export function list(json: Json): Json[] {
  if (!Array.isArray(json)) return [];
  const items: Json[] = json;
  return items;
}

export function text(json: Json): string | null {
  return typeof json === "string" ? json : null;
}

/** The fields of an object, or none. */
export function fields(json: Json): [string, Json][] {
  return json === null || typeof json !== "object" || Array.isArray(json) ? [] : Object.entries(json);
}

export function parsed(written: string): Json {
  try {
    const json: Json = JSON.parse(written);
    return json;
  } catch {
    return null;
  }
}
