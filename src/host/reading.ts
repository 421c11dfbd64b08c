import type { Json } from "#base";

/** Reading what a stranger on loopback says: nothing is there until it is seen, and names are short and plain. */
export function at(json: Json, field: string): Json {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return null;
  const entry = Object.entries(json).find(([name]) => name === field);
  return entry === undefined ? null : entry[1];
}

/** The strings under `field` in the objects of a list. */
export function strings(list: Json, field: string): string[] {
  if (!Array.isArray(list)) return [];
  const values: Json[] = list.map((item: Json) => at(item, field));
  return values.filter((value) => typeof value === "string");
}

const NAME_CHARS_MAX = 200;

/** A name fit to be shown on a terminal: no controls, no invisible or direction-changing characters. */
export function isPlainName(text: string): boolean {
  return text !== "" && text.length <= NAME_CHARS_MAX && /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text);
}

export function parsed(text: string): Json {
  try {
    const json: Json = JSON.parse(text);
    return json;
  } catch {
    return null;
  }
}
