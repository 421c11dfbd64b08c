import { decodings } from "./decode.ts";
import { squeeze } from "./fold.ts";
import { COMPARED_MAX, LOOKUP_CHARS_MAX, PIECES_MAX } from "./limits.ts";
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
  const rows = rowsOf(memory);
  const found = wanted.filter((text) => isIn(rows, text));
  const whole =
    found.length === 0
      ? []
      : memory.texts.filter(({ squeezed }) => found.some((text) => squeezed.includes(text)));
  return whole.length > 0 ? whole : wanted.flatMap((text) => inPieces(memory, text, rows));
}

/** The longest beginning that was seen, then the longest of the rest: nothing, unless every piece was seen. */
function inPieces(memory: Memory, wanted: string, rows: readonly string[]): SeenText[] {
  const found: SeenText[] = [];
  let rest = wanted;
  for (let pieces = 0; rest.length > 0; pieces += 1) {
    if (pieces === PIECES_MAX) return [];
    const length = longestBeginning(rest, rows);
    if (length === 0) return [];
    const piece = rest.slice(0, length);
    found.push(...memory.texts.filter(({ squeezed }) => squeezed.includes(piece)).slice(0, 1));
    rest = rest.slice(length);
  }
  return found;
}

/** How much of the beginning of `wanted` stands somewhere: at least `PIECE_CHARS`, or all of it; else 0. */
function longestBeginning(wanted: string, rows: readonly string[]): number {
  const start = wanted.slice(0, PIECE_CHARS);
  let best = 0;
  let compared = 0;
  for (const row of rows) {
    for (let at = row.indexOf(start); at >= 0 && best < wanted.length; at = row.indexOf(start, at + 1)) {
      if (compared > COMPARED_MAX) return 0;
      compared += 1;
      // A longer one matches here too.
      if (row.charCodeAt(at + best) !== wanted.charCodeAt(best)) continue;
      let length = start.length;
      while (length < wanted.length && row.charCodeAt(at + length) === wanted.charCodeAt(length)) length += 1;
      compared += length;
      if (length > best) best = length;
    }
  }
  return best;
}

/** The texts of a memory in few long strings, which are searched many times faster than many short ones. */
interface Shelf {
  readonly rows: string[];
  /** How many texts of the memory stand in `rows`. */
  texts: number;
}

const ROW_CHARS = 65_536;
/** No squeezed text holds it, so nothing is found across two of them. */
const BETWEEN = "\n";
const shelves = new WeakMap<Memory, Shelf>();

/** Whether some text that was seen holds this one, squeezed as it is. */
export function isAnywhere(memory: Memory, squeezed: string): boolean {
  return isIn(rowsOf(memory), squeezed);
}

function isIn(rows: readonly string[], text: string): boolean {
  return rows.some((row) => row.includes(text));
}

function rowsOf(memory: Memory): readonly string[] {
  const shelf = shelves.get(memory) ?? { rows: [], texts: 0 };
  shelves.set(memory, shelf);
  const { rows } = shelf;
  for (; shelf.texts < memory.texts.length; shelf.texts += 1) {
    const text = memory.texts[shelf.texts]?.squeezed ?? "";
    const last = rows.length - 1;
    if (last < 0 || (rows[last] ?? "").length > ROW_CHARS) rows.push(text);
    else rows[last] += BETWEEN + text;
  }
  return rows;
}
