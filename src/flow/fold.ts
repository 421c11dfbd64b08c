import { HOMOGLYPHS } from "./homoglyphs.table.ts";

const INVISIBLE = /[\p{Cf}\p{Mn}\p{Cc}]+/gu;
const SPACES = /\s+/gu;

/**
 * Text as a careless reader sees it: compatibility forms, case, invisible characters, accents and letters of other
 * scripts that look Latin are all one. For finding where a value was seen; never for what grounds one.
 */
export function fold(text: string): string {
  const lower = text.normalize("NFKD").replaceAll(SPACES, " ").replaceAll(INVISIBLE, "").toLowerCase();
  return isAscii(lower) ? lower : lower.replaceAll(/[^\0-\x7F]/gu, (letter) => HOMOGLYPHS[letter] ?? letter);
}

/** Folded, and without what separates words: how a value that was split is found again. */
export function squeeze(text: string): string {
  if (isAscii(text)) return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "");
  return fold(text).replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

/** Text as it is, but for Unicode composition and case: what grounds a name or an address must equal it. */
export function plain(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.normalize("NFC").toLowerCase();
}

/** The words of a text: letters and digits, nothing else. */
export function wordsOf(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the whole of ASCII is meant
  return /^[\x00-\x7F]*$/.test(text);
}
