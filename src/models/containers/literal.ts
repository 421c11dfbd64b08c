import { malformed } from "../bytes.ts";

/** What Python's `ast.literal_eval` makes of the literals in a header: a dict is a Map. */
export type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

const DEPTH_MAX = 16;
const TOKENS_MAX = 65_536;
const TOKEN =
  /\s*(?:([[\](){},:])|([urbURB]{0,2}'(?:[^'\\]|\\.)*'|[urbURB]{0,2}"(?:[^"\\]|\\.)*")|([-+]?\d+)L?|(True|False|None))/uy;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);
const CLOSING: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
]);

interface Token {
  readonly sign: string | null;
  readonly value: Literal;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (found === null || tokens.length >= TOKENS_MAX)
      throw malformed("a header is no literal of Python", at);
    const [, sign, quoted, digits, word] = found;
    if (sign !== undefined) tokens.push({ sign, value: null });
    else if (quoted !== undefined) tokens.push({ sign: null, value: quoted.replace(/^\w*["']|["']$/gu, "") });
    else if (digits !== undefined) tokens.push({ sign: null, value: Number(digits) });
    else tokens.push({ sign: null, value: WORDS.get(word ?? "") ?? null });
  }
  return tokens;
}

/** Reads one literal: dict, tuple, list, text, number, True, False, None. Throws `model_malformed` on everything else. */
export function readLiteral(text: string): Literal {
  const tokens = tokensOf(text);
  let next = 0;
  const fail = (): never => {
    throw malformed("a header is no literal of Python", next);
  };
  const is = (sign: string): boolean => {
    const fits = tokens[next]?.sign === sign;
    if (fits) next += 1;
    return fits;
  };
  const list = (end: string, depth: number): Literal => {
    const items: Literal[] = [];
    while (!is(end)) {
      items.push(value(depth));
      if (!is(",") && tokens[next]?.sign !== end) fail();
    }
    // Round brackets around one thing are no tuple.
    const only = end === ")" && items.length === 1 && tokens[next - 2]?.sign !== "," ? items[0] : undefined;
    return only === undefined ? items : only;
  };
  const dict = (depth: number): Literal => {
    const entries = new Map<string, Literal>();
    while (!is("}")) {
      const key = value(depth);
      if (typeof key !== "string" || !is(":") || entries.has(key)) return fail();
      entries.set(key, value(depth));
      if (!is(",") && tokens[next]?.sign !== "}") fail();
    }
    return entries;
  };
  const value = (depth: number): Literal => {
    const token = tokens[next];
    if (token === undefined || depth > DEPTH_MAX) return fail();
    next += 1;
    if (token.sign === null) return token.value;
    if (token.sign === "{") return dict(depth + 1);
    return list(CLOSING.get(token.sign) ?? fail(), depth + 1);
  };
  const read = value(0);
  return next === tokens.length ? read : fail();
}
