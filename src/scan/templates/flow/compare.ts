import { PART_KINDS } from "./known.table.ts";
import { type Atoms, atomKey, FACET, has, type Source, type Value } from "./value.ts";

/** Smaller numbers tell the first message from the others, and the empty text from a text. */
const STRUCTURAL_NUMBER_MAX = 1;

/** One side of a comparison: its value, and whether it is computed rather than written there or handed in. */
export interface Side {
  readonly value: Value;
  readonly isComputed: boolean;
}

/** The conditions that a comparison stands for: those that chose its sides, and what it asks of a message, a date or a count itself. */
export function compared(left: Side, right: Side): Atoms {
  const atoms = new Set([...left.value.atoms, ...right.value.atoms]);
  for (const [asked, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const key = askedOf(asked.value, other);
    if (key !== null) atoms.add(key);
  }
  return atoms;
}

function askedOf(asked: Value, other: Side): string | null {
  const words = [...other.value.texts.keys(), ...(has(asked, FACET.part) ? [] : asked.latent)];
  if (has(asked, FACET.content | FACET.message | FACET.messages)) return contentAtom(asked, words, other);
  if (has(asked, FACET.length) || has(asked, FACET.count)) return numberAtom(asked, other);
  if (has(asked, FACET.date)) return atom("date", [...words, ...numbersOf(other.value)]);
  return has(asked, FACET.tool) && words.length > 0 ? atom("tool", words) : null;
}

function numbersOf({ numbers }: Value): string[] {
  return Array.from(numbers, String);
}

/** At the ends of texts; other space is written by nobody by chance. */
const ORDINARY_SPACE = /^[ \n\r\t]{0,2}$/u;

function contentAtom(asked: Value, words: readonly string[], other: Side): string | null {
  const said = words.filter((word) => !ORDINARY_SPACE.test(word));
  const isKind = has(asked, FACET.part) && said.every((word) => PART_KINDS.has(word));
  if (said.length > 0) return isKind ? null : atom("content", said);
  if (words.length > 0) return null;
  if (other.value.numbers.size > 0) return numberAtom(asked, other);
  // Words that are put together where nobody can read them.
  return other.isComputed && other.value.facets === 0 ? atom("content", []) : null;
}

function numberAtom(asked: Value, { value }: Side): string | null {
  const large = [...value.numbers].filter((number) => Math.abs(number) > STRUCTURAL_NUMBER_MAX);
  const words = [...asked.latent].filter((word) => !word.startsWith("% "));
  // How often a word stands in a text, or how long the text is without it.
  if (words.length > 0 && has(asked, FACET.length)) return atom("content", words);
  const said = [...large.map(String), ...asked.latent];
  if (said.length === 0) return null;
  return atom(has(asked, FACET.count) ? "count" : "length", said);
}

export function atom(source: Source, literals: readonly string[]): string {
  return atomKey({ source, literals: literals.map((one) => one.slice(0, 200)) });
}

/** The condition that a text, asked with words by a method or a filter, stands for. */
export function askedWith(asked: Value, words: readonly Value[]): Atoms {
  const atoms = new Set(asked.atoms);
  for (const word of words)
    for (const one of compared(side(asked), { value: word, isComputed: true })) atoms.add(one);
  if (words.length === 0 && has(asked, FACET.content)) atoms.add(atom("content", []));
  return atoms;
}

export const side = (value: Value): Side => ({ value, isComputed: false });
