import { licenceOfTag } from "./known.ts";
import { type Licence, STANDINGS } from "./licence.ts";

/** What an expression comes to: all these bind, and of these parts nothing is known. */
export interface Expressed {
  readonly licences: readonly Licence[];
  readonly unknown: readonly string[];
}

const CHARACTERS_MAX = 1000;
const TOKENS_MAX = 100;
const DEPTH_MAX = 10;

/**
 * An SPDX licence expression (specification 3.0.1, annex D), with the tags of Hugging Face as identifiers too. Of alternatives the freest
 * known one is taken, since the choice is the licensee's; an exception after `WITH` only adds rights and is left out.
 */
export function readExpression(text: string): Expressed {
  const whole = licenceOfTag(text);
  if (whole !== null) return { licences: [whole], unknown: [] };
  const tokens = text.length > CHARACTERS_MAX ? [] : (text.match(/[()]|[^\s()]+/g) ?? []);
  if (tokens.length === 0 || tokens.length > TOKENS_MAX) return unknown(text);
  const reader = { tokens, at: 0 };
  const read = readAny(reader, 0);
  return read === null || reader.at < tokens.length ? unknown(text) : read;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function unknown(text: string): Expressed {
  return { licences: [], unknown: [text] };
}

function isNext({ tokens, at }: Reader, word: string): boolean {
  return tokens[at]?.toUpperCase() === word;
}

function readAny(reader: Reader, depth: number): Expressed | null {
  let chosen = readAll(reader, depth);
  while (chosen !== null && isNext(reader, "OR")) {
    reader.at += 1;
    const other = readAll(reader, depth);
    chosen = other === null ? null : freer(chosen, other);
  }
  return chosen;
}

function freer(one: Expressed, other: Expressed): Expressed {
  return strictness(other) < strictness(one) ? other : one;
}

function strictness({ licences, unknown: rest }: Expressed): number {
  if (rest.length > 0) return STANDINGS.length;
  return Math.max(...licences.map(({ standing }) => STANDINGS.indexOf(standing)));
}

function readAll(reader: Reader, depth: number): Expressed | null {
  let all = readOne(reader, depth);
  while (all !== null && isNext(reader, "AND")) {
    reader.at += 1;
    const other = readOne(reader, depth);
    all =
      other === null
        ? null
        : {
            licences: [...all.licences, ...other.licences],
            unknown: [...all.unknown, ...other.unknown],
          };
  }
  return all;
}

function readOne(reader: Reader, depth: number): Expressed | null {
  const token = reader.tokens[reader.at];
  if (token === undefined || token === ")" || depth > DEPTH_MAX) return null;
  reader.at += 1;
  if (token === "(") {
    const inner = readAny(reader, depth + 1);
    if (!isNext(reader, ")")) return null;
    reader.at += 1;
    return inner;
  }
  if (isNext(reader, "WITH")) reader.at += 2;
  const licence = licenceOfTag(token.replace(/\+$/, "-or-later")) ?? licenceOfTag(token);
  return licence === null ? unknown(token) : { licences: [licence], unknown: [] };
}
