import { isAtom, numbersIn } from "./atoms.ts";
import { plain, wordsOf } from "./fold.ts";
import { DEED_WORDS, FUNCTION_WORDS, GENERIC_WORDS } from "./words.table.ts";

/** One message of the user's own words. */
export interface Mandate {
  /** `attested`: from a channel the agent cannot write. `claimed`: user-role text at the llm door. */
  readonly standing: "attested" | "claimed";
  readonly text: string;
}

/** A mandate, ready to be asked what it names. */
export interface Words {
  readonly standing: Mandate["standing"];
  readonly text: string;
  readonly plain: string;
  /** Every word, for phrases; and the words of each quoted span or file name, which name one thing as a whole. */
  readonly phrase: string;
  readonly spans: readonly string[];
  readonly numbers: readonly number[];
  /** What stands in quotation marks, or is a line by itself, as it is. */
  readonly quotes: readonly string[];
  /** Words that are names, by how they are written. */
  readonly names: readonly string[];
}

const QUOTED = /(?<![\p{L}\p{N}])(['"`‘“«])(.{1,200}?)(?:['"`’”»])(?![\p{L}\p{N}])/gu;
const NAME = /(?<![\p{L}\p{N}])\p{L}*\p{Lu}[\p{L}\p{N}]{3,}/gu;
const FILE_NAME = /(?<![\p{L}\p{N}_./\\-])[\p{L}\p{N}_./\\-]+\.[\p{L}][\p{L}\p{N}]{0,5}(?![\p{L}\p{N}@])/gu;

export function readWords({ standing, text }: Mandate): Words {
  const quoted = [...text.matchAll(QUOTED)].map((match) => match[2] ?? "");
  const unquoted = text.replaceAll(QUOTED, " | ");
  const files = unquoted.match(FILE_NAME) ?? [];
  const free = unquoted.replaceAll(FILE_NAME, " | ");
  return {
    standing,
    text,
    plain: plain(text),
    phrase: phrasesOf(free),
    spans: [...quoted, ...files].map((span) => wordsOf(withoutMarks(span)).join(" ")),
    numbers: numbersIn(text),
    quotes: [...quoted, ...text.split("\n")].map((quote) => quote.normalize("NFC").trim()),
    names: (text.match(NAME) ?? []).map(plain).filter(isTellingWord),
  };
}

/** Words between blanks; punctuation that ends a phrase ends it here too. */
function phrasesOf(text: string): string {
  return text
    .split(/[|,;:!?()[\]{}\n]|\.(?:\s|$)/u)
    .map((part) => ` ${wordsOf(part).join(" ")} `)
    .join("|");
}

/** Whether the words hold the value whole: not as a part of a longer word, address or path. Case does not count. */
export function saysWhole(words: Words, value: string): boolean {
  const wanted = plain(value);
  const text = words.plain;
  if (wanted.trim().length < 2) return false;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (opens(text, at) && closes(text, at + wanted.length)) return true;
  }
  return false;
}

/**
 * Whether the words hold the value whole and as it is: only the case of its first `caseless` characters does not count (see
 * `caselessChars`).
 */
export function saysExactly(words: Words, value: string, caseless = 0): boolean {
  const wanted = value.normalize("NFC");
  if (!saysWhole(words, wanted)) return false;
  if (caseless >= wanted.length) return true;
  const text = words.text.normalize("NFC");
  const pattern = new RegExp(
    `(?i:${escaped(wanted.slice(0, caseless))})${escaped(wanted.slice(caseless))}`,
    "gu",
  );
  return [...text.matchAll(pattern)].some(
    ({ index, 0: found }) => opens(text, index) && closes(text, index + found.length),
  );
}

/** Whether the words quote exactly this, or have it as a line by itself: how a command is given. */
export function quotesExactly(words: Words, value: string): boolean {
  return words.quotes.includes(value.normalize("NFC").trim());
}

/**
 * Whether the words give this secret: quoted, or standing by itself and looking like one (a digit or a sign in it). A
 * plain word of a sentence is none: `password` is in every request to change one.
 */
export function givesSecret(words: Words, value: string): boolean {
  if (quotesExactly(words, value)) return true;
  if (!/[^\p{L}]/u.test(value)) return false;
  const pieces = words.text.normalize("NFC").split(/\s+/u);
  return pieces.some((piece) => [piece, piece.replace(/[.,;:!?]$/u, "")].includes(value.normalize("NFC")));
}

function opens(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}_@./+\\-]/u.test(text.charAt(at - 1));
}

function closes(text: string, end: number): boolean {
  return /^(?:$|[^\p{L}\p{N}_@./+\\-]|[.-](?:$|[^\p{L}\p{N}_@]))/u.test(text.slice(end, end + 2));
}

/** A name must tell somebody or something apart; an address always does. */
export function isTelling(value: string): boolean {
  return isAtom(value) || wordsOf(value).some(isTellingWord);
}

/** Whether a short code stands for an object in the words: `file 13`, `ID '7'`, `#42`, never the 13 of a date. */
export function saysCode(words: Words, value: string, kinds: readonly string[]): boolean {
  const nouns = ["id", "ids", "number", "no", "nr", ...kinds].map(escaped).join("|");
  // The code itself as it is: case tells codes apart.
  const pattern = new RegExp(
    `(?i:#|\\b(?:${nouns})s?(?:\\s+(?:is|id|number|no\\.?|with(?: the)? id))?[\\s:.#'"\`]+)${escaped(value.normalize("NFC"))}(?![\\p{L}\\p{N}_-]|[.:/]\\d)`,
    "u",
  );
  return pattern.test(words.text.normalize("NFC"));
}

/**
 * Whether the words name something with this title: the whole title, as a phrase. What stands in quotation marks or is
 * a file name names one thing as a whole, so a title that is only a part of it is not named. One word by itself is too
 * little, unless it is quoted or the title comes from a trusted source (`isTrusted`).
 */
export function namesTitle(words: Words, title: string, isTrusted: boolean): boolean {
  // Whoever is spoken of by address is not the thing that somebody gave this address for a title.
  if (isAtom(title)) return false;
  const wanted = titleWords(title);
  const phrase = wanted.join(" ");
  if (!wanted.some(isTellingWord)) return false;
  if (words.spans.some((span) => span === phrase || span === wordsOf(title).join(" "))) return true;
  const isEnough = withoutEdges(wanted).length >= 2 || isTrusted;
  return isEnough && words.phrase.includes(` ${phrase} `);
}

/** The words that a title begins and ends with tell nothing where they only hold sentences together. */
function withoutEdges(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !FUNCTION_WORDS.has(word));
  const last = words.findLastIndex((word) => !FUNCTION_WORDS.has(word));
  return first < 0 ? [] : words.slice(first, last + 1);
}

const COMMON: ReadonlySet<string> = new Set([
  ...FUNCTION_WORDS,
  ...GENERIC_WORDS,
  ...Object.values(DEED_WORDS).flat(),
]);

function isTellingWord(word: string): boolean {
  return word.length >= 3 && !COMMON.has(word);
}

/** Whether the words hold a name out of one of the titles: a word with a capital or a digit within a sentence. */
export function speaksOf(words: Words, titles: readonly string[]): boolean {
  const inTitles = new Set(titles.flatMap(wordsOf));
  return words.names.some((name) => inTitles.has(name));
}

/** A title without what answering and saving add to it. */
function titleWords(title: string): string[] {
  return wordsOf(withoutMarks(title));
}

function withoutMarks(title: string): string {
  return title.replace(/^(?:\s*(?:re|fwd?|aw|wg)\s*:)+/iu, "").replace(/\.[\p{L}][\p{L}\p{N}]{0,5}$/u, "");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
