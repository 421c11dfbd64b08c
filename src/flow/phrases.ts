import { squeeze } from "./fold.ts";

/** Squeezed characters (four or five words) that two texts share by chance too seldom to be chance. */
const PHRASE_CHARS = 24;
/** Half of a phrase: of any phrase of a text, one piece that begins at a multiple of it lies within. */
const GRAM = PHRASE_CHARS / 2;
/** Places of one gram that are looked at. */
const PLACES_MAX = 16;

/** A content, ready to be asked what it shares with other texts. */
interface Content {
  readonly squeezed: string;
  readonly places: ReadonlyMap<string, readonly number[]>;
}

export function readContent(text: string): Content {
  const squeezed = squeeze(text);
  const places = new Map<string, number[]>();
  for (let at = 0; at + GRAM <= squeezed.length; at += 1) {
    const gram = squeezed.slice(at, at + GRAM);
    const known = places.get(gram);
    if (known === undefined) places.set(gram, [at]);
    else if (known.length < PLACES_MAX) known.push(at);
  }
  return { squeezed, places };
}

/** Whether the content holds a phrase of the text, wherever it stands in either, that nothing excuses. */
export function sharesPhrase(
  content: Content,
  text: string,
  isExcused: (phrase: string) => boolean,
): boolean {
  for (let at = 0; at + GRAM <= text.length; at += GRAM) {
    for (const place of content.places.get(text.slice(at, at + GRAM)) ?? []) {
      const phrase = phraseAround(content.squeezed, place, text, at);
      if (phrase.length >= PHRASE_CHARS && !isExcused(phrase)) return true;
    }
  }
  return false;
}

/** The longest run that the two share around these places. */
function phraseAround(one: string, at: number, other: string, otherAt: number): string {
  let before = 0;
  while (before < at && before < otherAt && one[at - before - 1] === other[otherAt - before - 1]) before += 1;
  let end = GRAM;
  while (at + end < one.length && otherAt + end < other.length && one[at + end] === other[otherAt + end])
    end += 1;
  return one.slice(at - before, at + end);
}
