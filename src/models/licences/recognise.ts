import type { Digest } from "#base";
import { LICENCES, licenceOfId } from "./known.ts";
import { type Licence, STANDINGS } from "./licence.ts";
import { containedIn, type Runs, runsOf, type Sketch, wordsOf } from "./sketch.ts";
import { SKETCHES } from "./sketches.table.ts";

/** Which licence a text is. */
export interface Recognised {
  /** The nearest one; null where none is near. */
  readonly licence: Licence | null;
  /** `words`: the same words; `similarity`: nearly; `title`: it is called so, and was compared with nothing. */
  readonly by: "words" | "similarity" | "title" | "nothing";
  /** The share of the licence's runs of words that stand in the text, 0 to 1. */
  readonly similarity: number;
  /** Words beyond those of the licence: clauses of somebody's own may stand there. */
  readonly wordsMore: number;
  /** False where it lacks so much, or has so much more, that a person has to read it. */
  readonly isSettled: boolean;
}

/** Copies differ by a heading, an appendix, a name: what is less alike has been changed. */
const SETTLED_MIN = 0.85;
/** Below this, two licences merely share phrases. */
const NEAR_MIN = 0.6;
const WORDS_MORE_MAX = 25;
/** Of licences this close to each other the strictest is taken. */
const MARGIN = 0.02;
/** A licence is named where it begins. */
const TITLE_WORDS = 300;

const NOTHING: Recognised = {
  licence: null,
  by: "nothing",
  similarity: 0,
  wordsMore: 0,
  isSettled: false,
};

const BY_DIGEST: ReadonlyMap<Digest, string> = new Map([...SKETCHES].map(([id, { digest }]) => [digest, id]));

/** Which licence a text is, by its words; a licence under its title alone is only one that asks much, so that nothing is gained by it. */
export function recogniseText(text: string): Recognised {
  const runs = runsOf(text);
  const same = BY_DIGEST.get(runs.digest);
  if (same !== undefined) {
    return { licence: licenceOfId(same), by: "words", similarity: 1, wordsMore: 0, isSettled: true };
  }
  const near = nearest(runs);
  if (near.isSettled) return near;
  const titled = titledAs(text);
  if (titled !== null && titled.id !== near.licence?.id && !SKETCHES.has(titled.id)) {
    return { licence: titled, by: "title", similarity: 0, wordsMore: 0, isSettled: true };
  }
  return near;
}

interface Candidate {
  readonly licence: Licence;
  readonly sketch: Sketch;
  readonly similarity: number;
  /** Similarity, less for what is longer or shorter than the licence. */
  readonly score: number;
}

function candidatesFor(runs: Runs): readonly Candidate[] {
  return [...SKETCHES].flatMap(([id, sketch]): Candidate[] => {
    const licence = licenceOfId(id);
    const similarity = containedIn(sketch, runs);
    if (licence === null || similarity < NEAR_MIN) return [];
    const off = Math.abs(runs.words - sketch.words) / Math.max(runs.words, sketch.words);
    return [{ licence, sketch, similarity, score: similarity - off }];
  });
}

function nearest(runs: Runs): Recognised {
  const candidates = candidatesFor(runs);
  const top = Math.max(...candidates.map(({ score }) => score));
  const [best] = candidates
    .filter(({ score }) => score >= top - MARGIN)
    .toSorted(
      (a, b) =>
        STANDINGS.indexOf(b.licence.standing) - STANDINGS.indexOf(a.licence.standing) || b.score - a.score,
    );
  if (best === undefined) return NOTHING;
  const { licence, similarity } = best;
  const wordsMore = Math.max(0, runs.words - best.sketch.words);
  const isSettled = similarity >= SETTLED_MIN && wordsMore <= WORDS_MORE_MAX;
  return { licence, by: "similarity", similarity, wordsMore, isSettled };
}

function titledAs(text: string): Licence | null {
  const words = wordsOf(text);
  const head = ` ${words.slice(0, TITLE_WORDS).join(" ")} `;
  const whole = ` ${words.join(" ")} `;
  const isMarked = (mark: string): boolean => {
    return (mark.split(" ").length > 8 ? whole : head).includes(` ${mark} `);
  };
  return LICENCES.find(({ marks }) => marks.some(isMarked)) ?? null;
}
