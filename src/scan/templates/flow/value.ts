/** What a value may be or come from; several at once. */
export const FACET = {
  /** The text of a message, or what is left of it after cutting and changing. */
  content: 1,
  /** One part of a message's content, where that is a list. */
  part: 2,
  message: 4,
  messages: 8,
  date: 16,
  /** How many messages there are, or which one this is. */
  count: 32,
  /** A number computed from a message's text. */
  length: 64,
  role: 128,
  /** Tools, documents and what was called. */
  tool: 256,
} as const;

export type Source = "content" | "date" | "count" | "length" | "tool" | "chance";

/** What a condition turns on: a text compared with words, a date with a day, a number of messages with a number. */
export interface Atom {
  readonly source: Source;
  /** What it is compared with; empty where that is computed. */
  readonly literals: readonly string[];
}

/** By their keys, so that sets of them compare. */
export type Atoms = ReadonlySet<string>;
export type Texts = ReadonlyMap<string, Atoms>;

/** What is known of a value in every run at once. */
export interface Value {
  readonly facets: number;
  /** Words with which a message's text was cut, searched or changed on the way here. */
  readonly latent: Atoms;
  /** The conditions that chose this value. */
  readonly atoms: Atoms;
  /** The constant texts in it, each with the conditions under which it is there. */
  readonly texts: Texts;
  readonly numbers: ReadonlySet<number>;
}

const NONE: Atoms = new Set();
/** Of each set in a value; a template with more of them is not followed to its end. */
const ITEMS_MAX = 400;
const NUMBERS_MAX = 64;
const TEXT_MAX = 8000;

export const NOTHING: Value = {
  facets: 0,
  latent: NONE,
  atoms: NONE,
  texts: new Map(),
  numbers: new Set(),
};

/** Thrown inside: there is more to follow than bounds allow. */
export class TooMuch extends Error {}

export const has = ({ facets }: Value, facet: number): boolean => (facets & facet) !== 0;

export const ofFacets = (facets: number): Value => ({ ...NOTHING, facets });

export function ofText(text: string): Value {
  if (text.length > TEXT_MAX) return { ...NOTHING, texts: new Map([[text.slice(0, TEXT_MAX), NONE]]) };
  return { ...NOTHING, texts: new Map([[text, NONE]]) };
}

export const ofNumber = (number: number): Value => ({ ...NOTHING, numbers: new Set([number]) });

export function union<T>(one: ReadonlySet<T>, other: ReadonlySet<T>, max = ITEMS_MAX): ReadonlySet<T> {
  if (other.size === 0 || one === other) return one;
  if (one.size === 0) return other;
  const all = new Set([...one, ...other]);
  if (all.size === one.size) return one;
  if (all.size > max) throw new TooMuch(`more than ${max} things come together in one value`);
  return all;
}

function textUnion(one: Texts, other: Texts): Texts {
  if (other.size === 0 || one === other) return one;
  if (one.size === 0) return other;
  const all = new Map(one);
  for (const [text, atoms] of other) all.set(text, union(all.get(text) ?? atoms, atoms));
  if (all.size > ITEMS_MAX) throw new TooMuch(`more than ${ITEMS_MAX} texts come together in one value`);
  return all;
}

/** Either of them. */
export function join(one: Value, other: Value): Value {
  if (one === other || other === NOTHING) return one;
  if (one === NOTHING) return other;
  // Which number a counter holds says nothing once there are many.
  const numbers = new Set([...one.numbers, ...other.numbers]);
  return {
    facets: one.facets | other.facets,
    latent: union(one.latent, other.latent),
    atoms: union(one.atoms, other.atoms),
    texts: textUnion(one.texts, other.texts),
    numbers: numbers.size > NUMBERS_MAX ? one.numbers : numbers,
  };
}

export const joined = (values: readonly Value[]): Value => values.reduce(join, NOTHING);

/** What is only there, or only so, under conditions. */
export function under(value: Value, guards: Atoms): Value {
  if (guards.size === 0) return value;
  const texts = new Map<string, Atoms>();
  for (const [text, atoms] of value.texts) texts.set(text, union(atoms, guards));
  return { ...value, atoms: union(value.atoms, guards), texts };
}

/** A text is there, or is so, only under the conditions that chose what it is put together with. */
export function chosenBy(value: Value, others: readonly Value[]): Value {
  const atoms = others.reduce<Atoms>((all, other) => union(all, other.atoms), NONE);
  if (atoms.size === 0) return value;
  return { ...value, atoms: union(value.atoms, atoms), texts: under(value, atoms).texts };
}

/** A message written out as a text holds its content. */
export function asText(value: Value): Value {
  const isWhole = has(value, FACET.message | FACET.messages);
  const rest = value.facets & ~(FACET.message | FACET.messages);
  return isWhole ? { ...value, facets: rest | FACET.content } : value;
}

/** The same value, its texts changed as `change` does. */
export function mapTexts(value: Value, change: (text: string) => string): Value {
  const texts = new Map<string, Atoms>();
  for (const [text, atoms] of value.texts) {
    const changed = change(text).slice(0, TEXT_MAX);
    texts.set(changed, union(texts.get(changed) ?? NONE, atoms));
  }
  return { ...value, texts };
}

const COMBINED_MAX = 16;

/** One after the other. Constant texts become one text, which is how words are hidden in pieces. */
export function concatenated(one: Value, other: Value): Value {
  const both = join(one, other);
  const isConstant = (one.facets | other.facets) === 0 && one.texts.size > 0 && other.texts.size > 0;
  if (!isConstant || one.texts.size * other.texts.size > COMBINED_MAX) return both;
  const texts = new Map<string, Atoms>();
  for (const [left, leftAtoms] of one.texts)
    for (const [right, rightAtoms] of other.texts)
      texts.set(`${left}${right}`.slice(0, TEXT_MAX), union(leftAtoms, rightAtoms));
  return { ...both, texts };
}

export function sameValue(one: Value | undefined, other: Value): boolean {
  if (one === undefined || one.facets !== other.facets || one.texts.size !== other.texts.size) return false;
  if (one.latent.size !== other.latent.size || one.atoms.size !== other.atoms.size) return false;
  if (one.numbers.size !== other.numbers.size) return false;
  return Array.from(other.texts).every(([text, atoms]) => one.texts.get(text)?.size === atoms.size);
}

export function atomKey({ source, literals }: Atom): string {
  return JSON.stringify([source, literals.toSorted().slice(0, LITERALS_MAX)]);
}

const LITERALS_MAX = 64;

/** `atomKey`'s inverse; what it did not write is no atom. */
export function atomOf(key: string): Atom {
  const read: unknown = JSON.parse(key);
  const [source, literals] = Array.isArray(read) ? (read as readonly unknown[]) : [];
  return {
    source: SOURCES.find((one) => one === source) ?? "content",
    literals: Array.isArray(literals) ? literals.map(String) : [],
  };
}

const SOURCES: readonly Source[] = ["content", "date", "count", "length", "tool", "chance"];
