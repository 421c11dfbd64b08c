import { LOOK_ALIKES } from "./look-alike.table.ts";

/** A letter that a reader takes for another. */
export interface LookAlike {
  /** Where it stands, in UTF-16 units. */
  readonly at: number;
  readonly letter: string;
  /** The ASCII letter it is taken for. */
  readonly like: string;
}

interface Known {
  readonly like: string;
  readonly script: string;
}

const LETTERS: ReadonlyMap<string, Known> = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([script, groups]) =>
    groups.flatMap(([like = "", ...letters]) => letters.map((letter) => [letter, { like, script }] as const)),
  ),
);
const SCRIPTS: ReadonlyMap<string, RegExp> = new Map(
  Object.keys(LOOK_ALIKES).map((script) => [script, new RegExp(`\\p{Script=${script}}`, "gu")]),
);

const FOREIGN = /[^\p{ASCII}\P{L}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;

/**
 * Letters that pass for ASCII ones: those of another script in a word that has Latin letters too; whole words of them,
 * where nothing else in the text is plainly of that script (so Russian and Greek stay as they are); and letters that
 * are ASCII ones in a costume, as in mathematics.
 */
export function lookAlikes(text: string): readonly LookAlike[] {
  if (!FOREIGN.test(text)) return [];
  const plainly = new Map<string, boolean>();
  const isPlainly = (script: string): boolean => {
    const known =
      plainly.get(script) ?? (text.match(SCRIPTS.get(script) ?? /$^/) ?? []).some((one) => !LETTERS.has(one));
    plainly.set(script, known);
    return known;
  };
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) =>
    FOREIGN.test(word) ? inWord(word, index, isPlainly) : [],
  );
}

function inWord(word: string, start: number, isPlainly: (script: string) => boolean): LookAlike[] {
  const isMixed = LATIN.test(word);
  const isWholly = Array.from(word).every((letter) => LETTERS.has(letter) || !/\p{L}/u.test(letter));
  const found: LookAlike[] = [];
  let at = start;
  for (const letter of word) {
    const known = LETTERS.get(letter);
    const costumed = known === undefined ? costume(letter) : null;
    if (costumed !== null) found.push({ at, letter, like: costumed });
    else if (known !== undefined && (isMixed || (isWholly && !isPlainly(known.script))))
      found.push({ at, letter, like: known.like });
    at += letter.length;
  }
  return found;
}

/** The ASCII letter under a mathematical, full-width or circled one, which NFKC undresses; null for any other. */
function costume(letter: string): string | null {
  if (!/[^\p{ASCII}\P{L}]/u.test(letter) || !/[\p{Lu}\p{Ll}]/u.test(letter)) return null;
  const plain = letter.normalize("NFKC");
  return /^[a-z]$/i.test(plain) ? plain : null;
}
