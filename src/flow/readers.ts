import { atomsIn, atomsRead } from "./atoms.ts";
import { decodings, encodedWithin } from "./decode.ts";
import { plain, squeeze } from "./fold.ts";
import type { Memory, SeenText } from "./memory.ts";
import { readContent, sharesPhrase } from "./phrases.ts";
import { isAnywhere } from "./tracing.ts";
import { saysWhole, type Words } from "./words.ts";

/** What leaves with a call: the texts of its content, and whom it reaches. */
export interface Parcel {
  readonly texts: readonly string[];
  /** Empty: whoever can see where it is put. */
  readonly addressees: readonly string[];
  /** Words to search with: what people look for is named in many a letter, so only more than a name counts. */
  readonly isSearch?: boolean;
}

export interface Reach {
  readonly memory: Memory;
  readonly words: readonly Words[];
  readonly isOwn: (value: string) => boolean;
}

/** A shorter piece is no secret of any one text. */
const PIECE_CHARS = 10;
/** Of a search: as long as a phrase (phrases.ts). */
const SEARCH_PIECE_CHARS = 24;
/** Pieces of one content that are looked for; what holds more is not known to be harmless. */
const PIECES_MAX = 200;
const CONTENT_CHARS_MAX = 200_000;

/**
 * Whether what is passed on stays among those who may read it. A text of a record may be read by its authors and its
 * audience; one of a confidential tool, or of a record that says it has no audience, by the user alone. What the user's
 * own words hold is nobody's secret.
 */
export function readersOf(reach: Reach, parcel: Parcel): "none" | "within" | "beyond" {
  const foreign = parcel.addressees.filter((one) => !reach.isOwn(one));
  if (parcel.texts.length === 0) return "none";
  const isPublic = parcel.addressees.length === 0;
  if (foreign.length === 0 && !isPublic) return "within";
  const isKept = (text: SeenText): boolean => {
    const readers = readersOfText(reach, text);
    return readers !== null && (isPublic || foreign.some((one) => !readers.has(plain(one))));
  };
  const kept = textsOf(reach.memory).restricted.filter(isKept);
  if (kept.length === 0) return "within";
  const pieces = piecesOf(parcel);
  const isBeyond =
    pieces.length > PIECES_MAX ||
    pieces.some((piece) => holders(reach, piece).some(isKept)) ||
    passesPhrase(reach, parcel.texts, kept);
  return isBeyond ? "beyond" : "within";
}

/** Whether a phrase of what is kept stands anywhere in the content, also split over its parts or within what is encoded. */
function passesPhrase(reach: Reach, texts: readonly string[], kept: readonly SeenText[]): boolean {
  const all = [
    texts.join(" "),
    ...texts.flatMap((text) => [...encodedWithin(text), ...decodings(text).slice(1)]),
  ];
  if (all.reduce((sum, text) => sum + text.length, 0) > CONTENT_CHARS_MAX) return true;
  const words = reach.words.map((one) => squeeze(one.text));
  const { open } = textsOf(reach.memory);
  const isExcused = (phrase: string): boolean =>
    words.some((said) => said.includes(phrase)) || open.some(({ squeezed }) => squeezed.includes(phrase));
  return all.some((text) => {
    const content = readContent(text);
    return kept.some(({ squeezed }) => sharesPhrase(content, squeezed, isExcused));
  });
}

/** Texts that hold the piece; none where the user's words or a text that anybody may read holds it too. */
function holders(reach: Reach, piece: string): SeenText[] {
  const wanted = squeeze(piece);
  if (wanted.length < 4 || !isAnywhere(reach.memory, wanted)) return [];
  const found = reach.memory.texts.filter(({ squeezed }) => squeezed.includes(wanted));
  if (found.length === 0 || reach.words.some((one) => saysWhole(one, piece))) return [];
  return found.some((text) => readersOfText(reach, text) === null) ? [] : found;
}

/** Texts that not everybody may read, and those that anybody may. */
interface Sorted {
  readonly restricted: SeenText[];
  readonly open: SeenText[];
  /** How many texts of the memory were looked at. */
  looked: number;
}

const sorted = new WeakMap<Memory, Sorted>();

/** INVARIANT: texts are only ever added to a memory, and of which kind one is never changes: each is looked at once. */
function textsOf(memory: Memory): Sorted {
  const known = sorted.get(memory) ?? { restricted: [], open: [], looked: 0 };
  sorted.set(memory, known);
  for (; known.looked < memory.texts.length; known.looked += 1) {
    const text = memory.texts[known.looked];
    if (text !== undefined) (isRestricted(memory, text) ? known.restricted : known.open).push(text);
  }
  return known;
}

function isRestricted(memory: Memory, text: SeenText): boolean {
  if (memory.sources[text.source]?.isConfidential === true) return true;
  const record = text.record === null ? undefined : memory.records[text.record];
  return record !== undefined && record.audience !== null;
}

/** Who may read a text; null where nothing restricts it. */
function readersOfText({ memory, isOwn }: Reach, text: SeenText): ReadonlySet<string> | null {
  const record = text.record === null ? undefined : memory.records[text.record];
  if (memory.sources[text.source]?.isConfidential === true) return new Set();
  if (record === undefined || record.audience === null) return null;
  return new Set([...record.authors, ...record.audience].filter((one) => !isOwn(one)).map(plain));
}

/** Lines, sentences and codes of the content, and what encoded parts of it say. */
function piecesOf({ texts, isSearch = false }: Parcel): string[] {
  const least = isSearch ? SEARCH_PIECE_CHARS : PIECE_CHARS;
  const all = texts.flatMap((text) => [text, ...encodedWithin(text), ...decodings(text).slice(1)]);
  const sentences = all.flatMap((text) => text.split(/[\n;]+|(?<=[.!?])\s+/u));
  const long = sentences.filter((piece) => squeeze(piece).length >= least);
  const codes = all.flatMap((text) => text.match(/[\p{L}\p{N}_-]*\p{N}{4,}[\p{L}\p{N}_-]*/gu) ?? []);
  const atoms = all.flatMap((text) => atomsIn(text).map((atom) => atom.text));
  return [...new Set([...long, ...codes.filter((code) => !isDate(code)), ...atoms])];
}

/** Dates are no secrets by themselves. */
function isDate(code: string): boolean {
  return /^(?:19|20)\d{2}(?:-\d{2}){0,2}$/u.test(code);
}

/**
 * Kinds of links, addresses and accounts in the content that nothing grounds: what a reader would follow, call or pay
 * because it came in the user's name.
 */
export function carriesOf({ memory, words, isOwn }: Reach, parcel: Parcel): string[] {
  if (!memory.tainted) return [];
  const addressees = new Set(parcel.addressees.map(plain));
  const texts = parcel.texts.flatMap((text) => [text, ...encodedWithin(text)]);
  const foreign = texts.flatMap(atomsRead).filter((atom) => {
    const isKnown = isOwn(atom.text) || addressees.has(plain(atom.text));
    return !isKnown && !words.some((one) => one.standing === "attested" && saysWhole(one, atom.text));
  });
  return [...new Set(foreign.map((atom) => atom.kind))].toSorted();
}
