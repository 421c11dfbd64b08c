import { type ExactObject, isList, isObject } from "./json.ts";

/** A string, a comment, a word or a run of digits: what can hold digits that are no integer comes first. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|\/\/[^\n\r]*|[A-Za-z_][A-Za-z0-9_]*|[0-9]+/g;
const DIGITS = /^[0-9]+$/;

/** A policy text in which every integer is one that JavaScript's JSON carries unrounded. */
export interface SafeText {
  readonly text: string;
  /** What the integers put in stand for; empty where the text is the author's own. */
  readonly integers: ReadonlyMap<number, bigint>;
}

/**
 * The official build gives a policy's JSON form through `JSON.parse`, which rounds integers beyond 2^53. Each of those
 * is replaced by a smaller one that the text does not use; `withExactIntegers` puts it back.
 * The text must be one that Cedar can read: this changes what it says of integers out of range.
 */
export function safeText(text: string): SafeText {
  const used = new Set<number>();
  const large = new Map<bigint, number>();
  for (const [token] of text.matchAll(TOKEN)) {
    if (!DIGITS.test(token)) continue;
    const value = BigInt(token);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) large.set(value, 0);
    else used.add(Number(value));
  }
  let next = Number.MAX_SAFE_INTEGER;
  for (const value of large.keys()) {
    while (used.has(next)) next -= 1;
    large.set(value, next);
    next -= 1;
  }
  if (large.size === 0) return { text, integers: new Map() };
  const put = (token: string): string =>
    DIGITS.test(token) ? String(large.get(BigInt(token)) ?? token) : token;
  const integers = new Map([...large].map(([value, stand]) => [stand, value]));
  return { text: text.replaceAll(TOKEN, put), integers };
}

/** The JSON form of a safe text with the author's integers, which `-` may stand before. */
export function withExactIntegers(json: unknown, integers: SafeText["integers"]): unknown {
  if (integers.size === 0) return json;
  if (typeof json === "number") {
    const exact = integers.get(Math.abs(json));
    return exact === undefined ? json : BigInt(Math.sign(json)) * exact;
  }
  if (isList(json)) return json.map((item) => withExactIntegers(item, integers));
  return isObject(json) ? mapped(json, integers) : json;
}

function mapped(json: ExactObject, integers: SafeText["integers"]): unknown {
  return Object.fromEntries(
    Object.entries(json).map(([name, field]) => [name, withExactIntegers(field, integers)]),
  );
}
