const SHORT: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\r": "\\r",
  "\n": "\\n",
  "'": "\\'",
  '"': '\\"',
  "\\": "\\\\",
};
const SPECIAL = /['"\\]|[^\P{C}]|[^\P{Z} ]/gu;
const EXTENDS = /^\p{Grapheme_Extend}/u;

/** A string as Rust's `str::escape_debug` prints it, and Cedar in its messages. */
export function quoted(text: string): string {
  const escaped = text.replaceAll(SPECIAL, (character) => SHORT[character] ?? codePoint(character));
  return escaped.replace(EXTENDS, codePoint);
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Bytes of the text in UTF-8, which is how Cedar counts lengths. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Bytes(character.codePointAt(0) ?? 0);
  return bytes;
}

function utf8Bytes(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** The order of the texts' UTF-8 bytes, which is that of their code points; JavaScript's `<` goes by UTF-16 units. */
export function compareByBytes(one: string, other: string): number {
  const [left, right] = [codePoints(one), codePoints(other)];
  const index = left.findIndex((point, at) => point !== right[at]);
  return index === -1 ? left.length - right.length : (left[index] ?? -1) - (right[index] ?? -1);
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}
