/** A piece of a template: text, or what stands in an action, without the marks that trim space. */
export type Piece =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "action"; readonly tokens: readonly Token[] };

export interface Token {
  readonly is: "word" | "field" | "variable" | "text" | "number" | "mark";
  readonly value: string;
}

/** Thrown inside; `parseGo` answers it as an outcome. */
export class Unfit extends Error {}

const PIECES_MAX = 20_000;
const TOKENS_MAX = 100_000;

/** Cuts a template into text and actions. After text/template/parse/lex.go of Go 1.24 (its delimiters, comments and trim marks). */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const count = { tokens: 0 };
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    const plain = text.slice(at, open < 0 ? text.length : open);
    if (plain !== "") pieces.push({ is: "text", text: plain });
    if (open < 0) break;
    const action = actionAt(text, open + 2, count);
    if (action.tokens.length > 0) pieces.push({ is: "action", tokens: action.tokens });
    at = action.end;
    if (pieces.length > PIECES_MAX) throw new Unfit(`it has more than ${PIECES_MAX} pieces`);
  }
  return pieces;
}

interface Action {
  readonly tokens: readonly Token[];
  readonly end: number;
}

function actionAt(text: string, start: number, count: { tokens: number }): Action {
  let at = /^-\s/u.test(text.slice(start, start + 2)) ? start + 1 : start;
  at = skipSpace(text, at);
  if (text.startsWith("/*", at)) {
    const end = text.indexOf("*/", at);
    const close = end < 0 ? null : /^\s*-?\}\}/u.exec(text.slice(end + 2, end + 20));
    if (close === null) throw new Unfit("a comment is not closed");
    return { tokens: [], end: end + 2 + close[0].length };
  }
  const tokens: Token[] = [];
  for (;;) {
    at = skipSpace(text, at);
    if (text.startsWith("}}", at)) return { tokens, end: at + 2 };
    if (text.startsWith("-}}", at)) return { tokens, end: at + 3 };
    const { token, end } = tokenAt(text, at);
    tokens.push(token);
    at = end;
    count.tokens += 1;
    if (count.tokens > TOKENS_MAX) throw new Unfit(`it has more than ${TOKENS_MAX} tokens`);
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/u.test(text.charAt(at))) at += 1;
  return at;
}

const PATTERNS: readonly (readonly [Token["is"], RegExp])[] = [
  ["text", /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|`[^`]*`|'[^'\\\n]*(?:\\.[^'\\\n]*)*'/uy],
  ["number", /[-+]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)/uy],
  ["field", /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ["variable", /\$[\p{L}\p{N}_]*/uy],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["mark", /:=|[=|(),.]/uy],
];

function tokenAt(text: string, at: number): { readonly token: Token; readonly end: number } {
  for (const [is, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) continue;
    const value = is === "text" ? unquoted(found[0]) : found[0];
    return { token: { is, value }, end: at + found[0].length };
  }
  throw new Unfit(
    at >= text.length ? "an action is not closed" : "an action has what is no part of the language",
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
};

const ESCAPED = /\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[0-7]{3}|.)/giu;

/** The Go specification, "String literals". */
function unquoted(quoted: string): string {
  if (quoted.startsWith("`")) return quoted.slice(1, -1);
  return quoted.slice(1, -1).replaceAll(ESCAPED, (escape) => {
    const code = escape.slice(1);
    if (/^[xuU]./u.test(code)) return codePoint(Number.parseInt(code.slice(1), 16));
    return /^\d/u.test(code) ? codePoint(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code);
  });
}

function codePoint(code: number): string {
  return code > 0x10_ff_ff ? "\uFFFD" : String.fromCodePoint(code);
}
