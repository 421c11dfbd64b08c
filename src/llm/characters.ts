import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { MEDIA_CHARACTERS } from "./openai/media.ts";

/** Fields whose text is no text to the model: images, files, sealed reasoning. */
const SEALED: ReadonlySet<string> = new Set([
  "image_url",
  "file_data",
  "encrypted_content",
  "encrypted_stdout",
  "signature",
]);

/** UTF-16 units of all text and all names in a value, media at a flat size: what the size of an input is guessed from. */
export function charactersOf(value: Json | undefined): number {
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, entry: Json) => sum + charactersOf(entry), 0);
  return isJsonObject(value) ? charactersOfObject(value) : 0;
}

function charactersOfObject(value: JsonObject): number {
  // `data` is base64 but for a plain text source (Anthropic's `{"type":"text","data":...}`).
  const isData = value["type"] !== "text";
  let sum = 0;
  for (const name in value) {
    const units = charactersOf(value[name]);
    const isSealed = SEALED.has(name) || (name === "data" && isData);
    sum += name.length + (isSealed ? Math.min(units, MEDIA_CHARACTERS) : units);
  }
  return sum;
}
