/** A string literal of Cedar: whatever stands in it, it stays one string. */
export function cedarString(text: string): string {
  return `"${text.toWellFormed().replaceAll(UNSAFE, escaped)}"`;
}

/** The pattern of a `like`: the text itself, then anything where `isPrefix`. */
export function cedarPattern(text: string, isPrefix: boolean): string {
  const literal = text.toWellFormed().replaceAll(UNSAFE, escaped).replaceAll("*", "\\*");
  return `"${literal}${isPrefix ? "*" : ""}"`;
}

/** One line of a comment: nothing in it ends the line or changes the direction in which it is read. */
export function cedarComment(text: string): string {
  return `// ${text.toWellFormed().replaceAll(CONTROLS, " ")}`;
}

const UNSAFE = /["\\]|[^\P{C}]|[^\P{Z} ]/gu;
const CONTROLS = /[^\P{C}]|[^\P{Z} ]/gu;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Cedar's own escapes (docs.cedarpolicy.com, "String literals"): `\u{…}` takes one to six hexadecimal digits. */
function escaped(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
