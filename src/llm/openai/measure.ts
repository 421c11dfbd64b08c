import type { Json } from "#base";
import { charactersOf } from "../characters.ts";

/** A token given as a number stands for about four characters. */
const TOKEN_CHARACTERS = 4;

/** Characters of a prompt or an input for embeddings, whether given as text or as tokens. */
export function promptCharacters(prompt: Json | undefined): number {
  if (typeof prompt === "number") return TOKEN_CHARACTERS;
  if (!Array.isArray(prompt)) return charactersOf(prompt);
  let sum = 0;
  for (const item of prompt) sum += promptCharacters(item);
  return sum;
}
