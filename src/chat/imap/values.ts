import type { Response } from "./wire.ts";

/** What stands in a response (RFC 9051, 4): an atom or quoted string, NIL, a literal, a list. */
export type Value = string | null | Buffer | readonly Value[];

const DEPTH_MAX = 20;
const VALUES_MAX = 200_000;

/** Everything of a response, in its order. Throws where it is not written as the grammar has it. */
export function valuesOf(response: Response): readonly Value[] {
  const reading = { response, piece: 0, at: 0, left: VALUES_MAX };
  const values = listIn(reading, 0);
  if (reading.piece < response.pieces.length - 1 || reading.at < textOf(reading).length)
    throw new Error("a list that was closed and not opened");
  return values;
}

interface Reading {
  readonly response: Response;
  piece: number;
  at: number;
  left: number;
}

const textOf = ({ response, piece }: Reading): string => response.pieces[piece] ?? "";

function listIn(reading: Reading, depth: number): readonly Value[] {
  if (depth > DEPTH_MAX) throw new Error("lists within lists, and no end");
  const values: Value[] = [];
  for (;;) {
    const value = nextIn(reading, depth);
    if (value === undefined) return values;
    reading.left -= 1;
    if (reading.left < 0) throw new Error("too many values");
    values.push(value);
  }
}

/** Undefined: the list, or all of it, is over. */
function nextIn(reading: Reading, depth: number): Value | undefined {
  const text = textOf(reading);
  while (text[reading.at] === " ") reading.at += 1;
  const sign = text[reading.at];
  if (sign === undefined) {
    const literal = reading.response.literals[reading.piece];
    reading.piece += literal === undefined ? 0 : 1;
    if (literal !== undefined) reading.at = 0;
    return literal;
  }
  if (sign === ")") return undefined;
  if (sign === '"') return quotedIn(reading);
  if (sign !== "(") return atomIn(reading);
  reading.at += 1;
  const list = listIn(reading, depth + 1);
  if (textOf(reading)[reading.at] !== ")") throw new Error("a list without an end");
  reading.at += 1;
  return list;
}

const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y;

function quotedIn(reading: Reading): string {
  QUOTED.lastIndex = reading.at;
  const [whole, inner] = QUOTED.exec(textOf(reading)) ?? [];
  if (whole === undefined || inner === undefined) throw new Error("a string without an end");
  reading.at += whole.length;
  return inner.replaceAll(/\\(["\\])/g, "$1");
}

/** Brackets belong to it with what stands in them: `BODY[HEADER.FIELDS (DATE)]<0>`. */
const ATOM = /[^\s()"[\]]*(?:\[[^\]]{0,1000}\][^\s()"[\]]*)*/y;

function atomIn(reading: Reading): string | null {
  ATOM.lastIndex = reading.at;
  const [atom = ""] = ATOM.exec(textOf(reading)) ?? [];
  if (atom === "") throw new Error("nothing that the grammar knows");
  reading.at += atom.length;
  return atom.toUpperCase() === "NIL" ? null : atom;
}
