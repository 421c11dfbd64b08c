/**
 * What agents and servers wrote, for a terminal: whatever could move the cursor, recolour, hide or reorder text is
 * shown as its code point instead (T19): controls, format characters (bidi, zero-width, tags), line and paragraph
 * separators, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** On one line: newlines and tabs are shown too. */
export function inertLine(text: string): string {
  return text.replaceAll(UNSAFE, visible);
}

/** Over several lines: newlines stay, and tabs. */
export function inertBlock(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    character === "\n" || character === "\t" ? character : visible(character),
  );
}

/** JSON that says the same and holds nothing a terminal obeys. */
export function inertJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return text.replaceAll(UNSAFE, (character) => (character === "\n" ? character : escaped(character)));
}

/** The same on one line. */
export function inertJsonLine(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replaceAll(UNSAFE, escaped);
}

function visible(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}

const ZERO_WIDTH = /\p{Mn}|\p{Me}/u;
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60]/u;

/** Columns that a text without controls takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The text cut to `columns`, with an ellipsis where something is missing. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
