import { LOOK_ALIKES } from "./look-alike.table.ts";

/** A word with letters that pass for others. */
export interface LookAlikeWord {
  readonly word: string;
  /** As it is read: the ASCII letters that its letters are taken for. */
  readonly reads: string;
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
/** What a reader takes for one name: an address, a host, a path. */
const NAME = /[\p{L}\p{M}\p{N}._@-]+/gu;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const WORDS_MAX = 20;
const WORD_CHARS_MAX = 200;

/**
 * Words in which a letter passes for an ASCII one: of another script in a word with Latin letters; a whole word of such letters where nothing
 * else in the text is plainly of that script; an ASCII letter in a costume, as in mathematics. Table: UTS #39. At most 20.
 */
export function lookAlikeWords(text: string): readonly LookAlikeWord[] {
  if (!FOREIGN.test(text)) return [];
  const isPlainly = plainScripts(text);
  const found = new Map<string, string>();
  for (const [name] of text.matchAll(NAME)) {
    if (found.size >= WORDS_MAX) break;
    if (!FOREIGN.test(name) || name.length > WORD_CHARS_MAX) continue;
    const reads = name.replaceAll(WORD, (word) => readAs(word, isPlainly));
    if (reads !== name) found.set(name, reads);
  }
  return [...found].map(([word, reads]) => ({ word, reads }));
}

/** Whether a script has a letter in the text that passes for no other: then its words are words. */
function plainScripts(text: string): (script: string) => boolean {
  const plainly = new Map<string, boolean>();
  return (script) => {
    const known =
      plainly.get(script) ??
      (text.match(SCRIPTS.get(script) ?? /$^/u) ?? []).some((one) => !LETTERS.has(one));
    plainly.set(script, known);
    return known;
  };
}

function readAs(word: string, isPlainly: (script: string) => boolean): string {
  const letters = Array.from(word);
  const isMixed = LATIN.test(word);
  const isWholly = letters.every((letter) => LETTERS.has(letter) || !/\p{L}/u.test(letter));
  return letters
    .map((letter) => {
      const known = LETTERS.get(letter);
      if (known === undefined) return costumed(letter) ?? letter;
      return isMixed || (isWholly && !isPlainly(known.script)) ? known.like : letter;
    })
    .join("");
}

/** The ASCII letter under a mathematical, full-width or circled one, which NFKC undresses; null for any other. */
function costumed(letter: string): string | null {
  if (!FOREIGN.test(letter) || !/[\p{Lu}\p{Ll}]/u.test(letter)) return null;
  const plain = letter.normalize("NFKC");
  return /^[a-z]$/iu.test(plain) ? plain : null;
}
