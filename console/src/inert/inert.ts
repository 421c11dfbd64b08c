import { lookAlikes } from "./look-alike.ts";

/**
 * A run of text to show as it is; one character to show by its name, because it would show as nothing or lie; or one
 * letter that passes for another, with the name to say beside it.
 */
export type Segment =
  | { readonly kind: "text" | "escape"; readonly text: string }
  | { readonly kind: "look-alike"; readonly text: string; readonly name: string };

/**
 * What a reader must see though the browser would not show it (T19): C0 and C1 controls but newline and tab (terminal
 * escapes among them), bidirectional controls, zero-width and other default-ignorable characters, odd and blank
 * spaces, private use, unassigned code points, lone surrogates, and marks piled so high that they cover other lines.
 */
const UNSEEN =
  /[^\P{C}\n\t]|\p{Default_Ignorable_Code_Point}|[\p{Zl}\p{Zp}]|(?! )\p{Zs}|\u{2800}|(?<=\p{M}{3})\p{M}/gu;

/** Splits text so that every character is either plainly visible or named, `U+202E`; joined names lose nothing. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let at = 0;
  for (const match of text.matchAll(UNSEEN)) {
    found.push(...plainly(text, at, match.index));
    found.push({ kind: "escape", text: codePoint(match[0]) });
    at = match.index + match[0].length;
  }
  found.push(...plainly(text, at, text.length));
  return found;
}

/** A stretch without anything unseen, its look-alikes apart. */
function plainly(whole: string, from: number, to: number): Segment[] {
  const text = whole.slice(from, to);
  const found: Segment[] = [];
  let at = 0;
  for (const { at: place, letter, like } of lookAlikes(text)) {
    if (place > at) found.push({ kind: "text", text: text.slice(at, place) });
    found.push({ kind: "look-alike", text: letter, name: `${codePoint(letter)}, not ${like}` });
    at = place + letter.length;
  }
  if (at < text.length) found.push({ kind: "text", text: text.slice(at) });
  return found;
}

/** One line of text with everything unseen named, newline and tab too: for names and summaries. */
export function oneLine(text: string): Segment[] {
  return segments(text).flatMap((segment) =>
    segment.kind !== "text" ? [segment] : segment.text.split(/(?=[\n\t])|(?<=[\n\t])/).map(lineEnd),
  );
}

/** One line as a plain string, for places that take no markup: a tab's title, an item of the palette. */
export function plain(text: string): string {
  return oneLine(text)
    .map((segment) => segment.text)
    .join("");
}

function lineEnd(text: string): Segment {
  return text === "\n" || text === "\t" ? { kind: "escape", text: codePoint(text) } : { kind: "text", text };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
