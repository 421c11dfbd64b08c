/** A run of text to show as it is, or one character to show by its name because it would show as nothing or lie. */
export interface Segment {
  readonly kind: "text" | "escape";
  readonly text: string;
}

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
    if (match.index > at) found.push({ kind: "text", text: text.slice(at, match.index) });
    found.push({ kind: "escape", text: codePoint(match[0]) });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: "text", text: text.slice(at) });
  return found;
}

/** One line of text with everything unseen named, newline and tab too: for names and summaries. */
export function oneLine(text: string): Segment[] {
  return segments(text).flatMap((segment) =>
    segment.kind === "escape" ? [segment] : segment.text.split(/(?=[\n\t])|(?<=[\n\t])/).map(lineEnd),
  );
}

function lineEnd(text: string): Segment {
  return text === "\n" || text === "\t" ? { kind: "escape", text: codePoint(text) } : { kind: "text", text };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
