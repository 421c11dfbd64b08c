import type { Json } from "#base";

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
