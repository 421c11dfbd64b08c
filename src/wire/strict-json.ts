import { isUtf8 } from "node:buffer";
import { assert, Fault, type Json, type JsonObject } from "#base";
import { survives } from "./exact-number.ts";

/** What a body may cost before it is refused. */
export interface JsonLimits {
  readonly bytesMax: number;
  /** Containers within containers. The outermost is 1. */
  readonly depthMax: number;
  /** Values of every kind, containers included: bounds the memory a small text can unfold into. */
  readonly valuesMax: number;
}

/** Limits of one message body: 4 MiB of text, 128 deep, a quarter of a million values. */
export const JSON_BODY_LIMITS: JsonLimits = { bytesMax: 4 * 1024 * 1024, depthMax: 128, valuesMax: 250_000 };

interface Reader {
  readonly text: string;
  readonly limits: JsonLimits;
  at: number;
  depth: number;
  values: number;
}

/**
 * Reads JSON (RFC 8259) that has one possible reading, and nothing else: valid UTF-8 without a byte order mark, no
 * duplicate names, no lone surrogates, no number that a double changes, no `__proto__`, nothing after the value.
 * `-0` reads as `0`, as RFC 8785 writes it. Throws `Fault` with the character offset in its message: `json_too_large`,
 * `json_not_utf8`, `json_byte_order_mark`, `json_syntax`, `json_trailing`, `json_too_deep`, `json_too_many_values`,
 * `json_duplicate_name`, `json_reserved_name`, `json_lone_surrogate`, `json_inexact_number`.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits = JSON_BODY_LIMITS): Json {
  const reader: Reader = { text: decode(bytes, limits), limits, at: 0, depth: 0, values: 0 };
  skipSpace(reader);
  const value = readValue(reader);
  skipSpace(reader);
  if (reader.at < reader.text.length) throw trailing(reader.at);
  return value;
}

function decode(bytes: Uint8Array, limits: JsonLimits): string {
  if (bytes.byteLength > limits.bytesMax) throw tooLarge(bytes.byteLength, limits.bytesMax);
  if (!isUtf8(bytes)) throw notUtf8(firstInvalidByte(bytes));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (text.charCodeAt(0) === 0xfeff) throw byteOrderMark();
  return text;
}

/** Offset of the first byte that is no UTF-8, found by walking characters; only for the message of a refusal. */
function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const width = widthOf(bytes[at] ?? 0);
    if (width === 0 || (width > 1 && !isUtf8(bytes.subarray(at, at + width)))) return at;
    at += width;
  }
  return at;
}

function widthOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

function skipSpace(reader: Reader): void {
  const { text } = reader;
  let { at } = reader;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) break;
    at += 1;
  }
  reader.at = at;
}

function readValue(reader: Reader): Json {
  reader.values += 1;
  if (reader.values > reader.limits.valuesMax) throw tooManyValues(reader.at, reader.limits.valuesMax);
  switch (reader.text.charAt(reader.at)) {
    case '"':
      return readString(reader);
    case "{":
      return readObject(reader);
    case "[":
      return readArray(reader);
    case "t":
      return readWord(reader, "true", true);
    case "f":
      return readWord(reader, "false", false);
    case "n":
      return readWord(reader, "null", null);
    default:
      return readNumber(reader);
  }
}

function readWord<T extends Json>(reader: Reader, word: string, value: T): T {
  if (!reader.text.startsWith(word, reader.at)) throw syntax(reader, "a value");
  reader.at += word.length;
  return value;
}

function enter(reader: Reader): void {
  reader.depth += 1;
  if (reader.depth > reader.limits.depthMax) throw tooDeep(reader.at, reader.limits.depthMax);
  reader.at += 1;
  skipSpace(reader);
}

function readObject(reader: Reader): JsonObject {
  enter(reader);
  const object: Record<string, Json> = {};
  if (reader.text[reader.at] !== "}") readMembers(reader, object);
  if (reader.text[reader.at] !== "}") throw syntax(reader, '"," or "}"');
  reader.at += 1;
  reader.depth -= 1;
  return object;
}

function readMembers(reader: Reader, object: Record<string, Json>): void {
  for (;;) {
    const nameAt = reader.at;
    if (reader.text[nameAt] !== '"') throw syntax(reader, "a name in quotes");
    const name = readString(reader);
    if (name === "__proto__") throw reservedName(nameAt);
    if (Object.hasOwn(object, name)) throw duplicateName(nameAt);
    skipSpace(reader);
    if (reader.text[reader.at] !== ":") throw syntax(reader, '":"');
    reader.at += 1;
    skipSpace(reader);
    object[name] = readValue(reader);
    skipSpace(reader);
    if (reader.text[reader.at] !== ",") return;
    reader.at += 1;
    skipSpace(reader);
  }
}

function readArray(reader: Reader): Json[] {
  enter(reader);
  const items: Json[] = [];
  if (reader.text[reader.at] !== "]") readItems(reader, items);
  if (reader.text[reader.at] !== "]") throw syntax(reader, '"," or "]"');
  reader.at += 1;
  reader.depth -= 1;
  return items;
}

function readItems(reader: Reader, items: Json[]): void {
  for (;;) {
    items.push(readValue(reader));
    skipSpace(reader);
    if (reader.text[reader.at] !== ",") return;
    reader.at += 1;
    skipSpace(reader);
  }
}

function readString(reader: Reader): string {
  const { text, at: start } = reader;
  let at = start + 1;
  let escaped = false;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) break;
    if (unit === 0x5c) {
      escaped = true;
      at += 1;
    } else if (!(unit >= 0x20)) {
      // A control character, or NaN at the end of the text.
      reader.at = at;
      throw syntax(reader, "a string without control characters, closed by a quote");
    }
    at += 1;
  }
  reader.at = at + 1;
  return escaped ? unescape(reader, start) : text.slice(start + 1, at);
}

/** The engine's own reading of one string literal: it refuses unknown escapes, and only escapes can make a lone half. */
function unescape(reader: Reader, start: number): string {
  let value: unknown;
  try {
    value = JSON.parse(reader.text.slice(start, reader.at));
  } catch {
    reader.at = start;
    throw syntax(reader, "a string whose escapes are JSON's");
  }
  assert(typeof value === "string", "a literal in quotes is a string");
  if (!value.isWellFormed()) throw loneSurrogate(start);
  return value;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(reader: Reader): number {
  NUMBER.lastIndex = reader.at;
  const found = NUMBER.exec(reader.text)?.[0];
  if (found === undefined) throw syntax(reader, "a value");
  const value = Number(found);
  if (!survives(found, value)) throw inexactNumber(reader.at, found);
  reader.at += found.length;
  return value === 0 ? 0 : value;
}

const REMEDY = "Send one plain JSON value in UTF-8, written by a JSON library.";

function syntax(reader: Reader, expected: string): Fault {
  const where = reader.at < reader.text.length ? `at character ${reader.at}` : "at the end";
  return new Fault("json_syntax", `the body is not JSON: expected ${expected} ${where}`, REMEDY);
}

function trailing(at: number): Fault {
  return new Fault("json_trailing", `the body goes on after its JSON value, at character ${at}`, REMEDY);
}

function tooLarge(bytes: number, max: number): Fault {
  return new Fault(
    "json_too_large",
    `the body has ${bytes} bytes, more than ${max}`,
    "Send less in one message, or hand over a reference instead of the content.",
  );
}

function notUtf8(at: number): Fault {
  return new Fault("json_not_utf8", `the body is not valid UTF-8, at byte ${at}`, "Send UTF-8.");
}

function byteOrderMark(): Fault {
  return new Fault(
    "json_byte_order_mark",
    "the body starts with a byte order mark",
    "Send UTF-8 without one.",
  );
}

function tooDeep(at: number, max: number): Fault {
  return new Fault(
    "json_too_deep",
    `the body nests deeper than ${max} at character ${at}`,
    "Send a flatter value.",
  );
}

function tooManyValues(at: number, max: number): Fault {
  return new Fault(
    "json_too_many_values",
    `the body holds more than ${max} values, at character ${at}`,
    "Send fewer values in one message.",
  );
}

function duplicateName(at: number): Fault {
  return new Fault(
    "json_duplicate_name",
    `an object holds the name at character ${at} twice`,
    "Send each name once: readers differ on which of two counts.",
  );
}

function reservedName(at: number): Fault {
  return new Fault(
    "json_reserved_name",
    `an object holds the name "__proto__" at character ${at}`,
    "Rename it: some readers take it for the object's prototype.",
  );
}

function loneSurrogate(at: number): Fault {
  return new Fault(
    "json_lone_surrogate",
    `the string at character ${at} holds half of a surrogate pair`,
    "Send well-formed Unicode: readers replace or drop what is not.",
  );
}

function inexactNumber(at: number, text: string): Fault {
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return new Fault(
    "json_inexact_number",
    `the number ${shown} at character ${at} does not survive being read as a double`,
    "Send it as a string, or as an integer between -(2^53)+1 and 2^53-1.",
  );
}
