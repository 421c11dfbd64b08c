import { type Digest, digestOfBytes } from "#base";

/** What a text is recognised by: a digest of its words, and a sample of its runs of words that outlives a changed word. */
export interface Sketch {
  /** Of the words, joined by spaces: equal for what differs in layout, punctuation and lines of copyright alone. */
  readonly digest: Digest;
  readonly words: number;
  /** The smallest hashes of the text's runs of `RUN_WORDS` words, ascending, `SAMPLE_MAX` at most. */
  readonly sample: readonly number[];
}

/** A text's runs, all of them: other sketches are looked up in it. */
export interface Runs {
  readonly digest: Digest;
  readonly words: number;
  readonly hashes: ReadonlySet<number>;
}

const RUN_WORDS = 5;
const SAMPLE_MAX = 64;
/** Longer than any licence known, several times over. */
const TEXT_CHARACTERS_MAX = 1_048_576;

/** Lines that differ with every copy of the same licence, at its head: who holds the copyright, since when. */
const COPYRIGHT_LINE = /^\W*(?:copyright|\(c\)|©).*(?:\d{4}|\(c\)|©|<year>|yyyy)|^\W*all rights reserved\W*$/;
const HEAD_LINES = 12;
/** Front matter and headings of Markdown, comments, rules of dashes: layout. */
const LAYOUT = /[#*_`>|"'“”‘’]/g;

/**
 * The words of a licence in lower case: no copyright lines, no punctuation, no list marks but what is part of a word or number.
 * After the matching guidelines of SPDX (specification 3.0.1, annex B), simpler than those.
 */
export function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, TEXT_CHARACTERS_MAX)
    .normalize("NFKC")
    .toLowerCase()
    .split(/\r\n|\r|\n/)
    .filter((line, at) => at >= HEAD_LINES || !COPYRIGHT_LINE.test(line))
    .join("\n")
    .replaceAll(LAYOUT, "")
    .replaceAll(/https?:\/\//g, "")
    .split(/[^\p{L}\p{N}.$%+]+/u)
    .map((word) => word.replaceAll(/^\.+|\.+$/g, ""))
    .filter((word) => word !== "");
}

export function runsOf(text: string): Runs {
  const words = wordsOf(text);
  const hashes = new Set<number>();
  for (let at = 0; at + RUN_WORDS <= words.length; at += 1) {
    hashes.add(hashOf(words.slice(at, at + RUN_WORDS).join(" ")));
  }
  return { digest: digestOfBytes(words.join(" ")), words: words.length, hashes };
}

export function sketchOf(text: string): Sketch {
  const { digest, words, hashes } = runsOf(text);
  return { digest, words, sample: [...hashes].toSorted((a, b) => a - b).slice(0, SAMPLE_MAX) };
}

/** How much of the sketched text stands in another, 0 to 1: the share of its sample. Off by about 0.06 with 64 samples. */
export function containedIn({ sample }: Sketch, runs: Runs): number {
  if (sample.length === 0) return 0;
  return sample.filter((hash) => runs.hashes.has(hash)).length / sample.length;
}

/** FNV-1a with the finaliser of MurmurHash3, so that the smallest hashes are a fair sample. Not against forgers. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
