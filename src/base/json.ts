import { Fault } from "./fault.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/**
 * The canonical bytes of a value after RFC 8785 (JSON Canonicalization Scheme): same value, same text, on every
 * machine. ECMAScript's own number and string serialisation is what the RFC prescribes; keys sort by UTF-16 unit.
 * Throws `json_not_canonical` for what has no canonical form: NaN, infinities, lone surrogates, `undefined`.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value);
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value !== "object") throw notCanonical(`a value of type ${typeof value}`);
  return isList(value) ? list(value) : object(value);
}

// By concatenation in plain loops: this runs several times for every call that passes a door.

function list(items: readonly Json[]): string {
  let written = "[";
  let comma = "";
  for (const item of items) {
    written += comma + canonicalJson(item);
    comma = ",";
  }
  return written + "]";
}

function object(value: JsonObject): string {
  let written = "{";
  for (const key of sortedKeys(value)) {
    const member = value[key];
    if (member === undefined) throw notCanonical("undefined");
    written += (written.length > 1 ? "," : "") + name(key) + canonicalJson(member);
  }
  return written + "}";
}

/** Most objects are in order already: they were read from such a text, or we wrote them so. */
function sortedKeys(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  return keys.every((key, at) => at === 0 || (keys[at - 1] ?? "") < key) ? keys : keys.toSorted();
}

const NAMES_MAX = 1_024;
const NAME_CHARACTERS_MAX = 64;
/** Names repeat, above all our own: what they look like in a text, up to the colon. */
const names = new Map<string, string>();

function name(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const written = text(key) + ":";
  if (names.size < NAMES_MAX && key.length <= NAME_CHARACTERS_MAX) names.set(key, written);
  return written;
}

/** `Array.isArray` does not tell the compiler about readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function text(value: string): string {
  if (!value.isWellFormed()) throw notCanonical("a lone surrogate");
  return JSON.stringify(value);
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw notCanonical(`the number ${value}`);
  return JSON.stringify(value);
}

function notCanonical(what: string): Fault {
  return new Fault(
    "json_not_canonical",
    `the value holds ${what}, which has no canonical JSON form (RFC 8785)`,
    "Send plain JSON: finite numbers, well-formed Unicode strings, no undefined.",
  );
}
