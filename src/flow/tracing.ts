import { decodings } from "./decode.ts";
import { squeeze } from "./fold.ts";
import { LOOKUP_CHARS_MAX, PIECES_MAX } from "./limits.ts";
import type { Memory, SeenText } from "./memory.ts";

/** Shorter values are found everywhere and tell nothing. */
const TELLING_CHARS = 3;
const PIECE_CHARS = 4;

/**
 * Texts in which a value was seen: as it is, folded, within longer text, under an encoding, or in pieces that were
 * joined. Loose on purpose: what it finds can only taint.
 */
export function seenIn(memory: Memory, value: string): SeenText[] {
  const wanted = decodings(value.slice(0, LOOKUP_CHARS_MAX))
    .map(squeeze)
    .filter((text) => text.length >= TELLING_CHARS);
  const whole = memory.texts.filter(({ squeezed }) => wanted.some((text) => squeezed.includes(text)));
  return whole.length > 0 ? whole : wanted.flatMap((text) => inPieces(memory, text));
}

/** The longest beginning that was seen, then the longest of the rest: nothing, unless every piece was seen. */
function inPieces(memory: Memory, wanted: string): SeenText[] {
  const found: SeenText[] = [];
  let rest = wanted;
  for (let pieces = 0; rest.length > 0; pieces += 1) {
    if (pieces === PIECES_MAX) return [];
    const piece = longestBeginning(memory, rest);
    if (piece === null || (piece.length < PIECE_CHARS && piece.length < rest.length)) return [];
    found.push(piece.text);
    rest = rest.slice(piece.length);
  }
  return found;
}

/** Binary search works: whatever holds a beginning holds every shorter one. */
function longestBeginning(memory: Memory, wanted: string): { length: number; text: SeenText } | null {
  let best: { length: number; text: SeenText } | null = null;
  for (let [low, high] = [1, wanted.length]; low <= high; ) {
    const middle = Math.floor((low + high) / 2);
    const beginning = wanted.slice(0, middle);
    const text = memory.texts.find(({ squeezed }) => squeezed.includes(beginning));
    if (text === undefined) high = middle - 1;
    else {
      best = { length: middle, text };
      low = middle + 1;
    }
  }
  return best;
}
