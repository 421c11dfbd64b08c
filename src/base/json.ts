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
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw notCanonical(`a value of type ${typeof value}`);
  return isList(value) ? `[${value.map(canonicalJson).join(",")}]` : object(value);
}

function object(value: JsonObject): string {
  const members = Object.keys(value)
    .toSorted()
    .map((key) => {
      const member = value[key];
      if (member === undefined) throw notCanonical("undefined");
      return `${text(key)}:${canonicalJson(member)}`;
    });
  return `{${members.join(",")}}`;
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
