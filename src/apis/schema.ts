import { canonicalJson, type Json, type JsonObject } from "#base";
import { entriesOf, isObject, listOf, member, textOf } from "./json.ts";
import { ENUM_MAX, SCHEMA_DEPTH_MAX, SCHEMA_NODES_MAX } from "./limits.ts";
import { resolve } from "./reference.ts";

interface Reading {
  readonly root: JsonObject;
  /** Levels still to be read; below, anything goes. */
  readonly depth: number;
  /** Of one operation, together. */
  readonly nodes: { left: number };
}

const TYPES = ["string", "integer", "number", "boolean", "array", "object", "null"];
const MEMBERS_MAX = 200;
const ALTERNATIVES_MAX = 10;

/**
 * A schema of the document (3.0's dialect or 2020-12) as a small one of JSON Schema 2020-12 without references: types, members,
 * required ones, items, choices. What is recursive, deeper than `depth` or larger than people would read ends in `{}`,
 * which allows anything and claims nothing.
 */
export function plainSchema(
  root: JsonObject,
  schema: Json | undefined,
  depth = SCHEMA_DEPTH_MAX,
): JsonObject {
  return read(schema, { root, depth, nodes: { left: SCHEMA_NODES_MAX } });
}

function read(given: Json | undefined, at: Reading): JsonObject {
  at.nodes.left -= 1;
  if (at.depth <= 0 || at.nodes.left <= 0) return {};
  const schema = resolve(at.root, given);
  if (!isObject(schema)) return {};
  const parts = listOf(member(schema, "allOf"));
  const { allOf: _allOf, ...own } = schema;
  if (parts.length > 0) {
    const read1 = [own, ...parts.slice(0, ALTERNATIVES_MAX)].map((part) => read(part, deeper(at)));
    return read1.reduce(both);
  }
  const choices = member(schema, "oneOf") ?? member(schema, "anyOf");
  if (choices !== undefined) return alternatives(own, listOf(choices), at);
  return plain(own, at);
}

function deeper(at: Reading): Reading {
  return { ...at, depth: at.depth - 1 };
}

/** Objects become one object that may have the members of each, required where all of them ask for it. */
function alternatives(own: JsonObject, choices: readonly Json[], at: Reading): JsonObject {
  const { oneOf: _oneOf, anyOf: _anyOf, ...beside } = own;
  const base = plain(beside, at);
  if (choices.length > ALTERNATIVES_MAX) return base;
  const members = choices.map((choice) => read(choice, deeper(at)));
  if (members.every((one) => one["type"] === "object")) return both(members.reduce(either), base);
  if (Object.keys(base).length > 0) return base;
  return { anyOf: members };
}

function plain(schema: JsonObject, at: Reading): JsonObject {
  const type = typeOf(schema);
  const choices = listOf(member(schema, "enum")).slice(0, ENUM_MAX);
  const format = textOf(member(schema, "format"));
  const words = wordsOf(textOf(member(schema, "description")));
  return {
    ...(type === null ? {} : { type }),
    ...(words === null ? {} : { description: words }),
    ...(choices.length > 0 && choices.every(isScalar) ? { enum: choices } : {}),
    ...(isScalar(member(schema, "const")) ? { const: member(schema, "const") ?? null } : {}),
    ...(format !== null && /^[a-z0-9-]{1,40}$/i.test(format) ? { format } : {}),
    ...(schema["items"] === undefined ? {} : { items: read(member(schema, "items"), deeper(at)) }),
    ...membersOf(schema, at),
  };
}

function membersOf(schema: JsonObject, at: Reading): JsonObject {
  const members = entriesOf(member(schema, "properties"))
    .filter(([name]) => isMember(name))
    .slice(0, MEMBERS_MAX);
  if (members.length === 0) return {};
  const names = new Set(members.map(([name]) => name));
  const required = listOf(member(schema, "required")).filter(
    (name) => typeof name === "string" && names.has(name),
  );
  return {
    properties: Object.fromEntries(members.map(([name, of]) => [name, read(of, deeper(at))])),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** `__proto__` and its like would become no key of an object somewhere on the way. */
export function isMember(name: string): boolean {
  return name !== "" && name.length <= 200 && name.isWellFormed() && !/^__\w+__$|[\p{Cc}\p{Cf}]/u.test(name);
}

/** As JSON Schema 2020-12 writes it: 3.0's `nullable` is one type more. */
function typeOf(schema: JsonObject): Json {
  const given = member(schema, "type");
  const named = (Array.isArray(given) ? given : [given]).filter(
    (one): one is string => typeof one === "string" && TYPES.includes(one),
  );
  const implied = member(schema, "properties") === undefined ? [] : ["object"];
  const types = named.length > 0 ? named : implied;
  const all = member(schema, "nullable") === true && types.length > 0 ? [...types, "null"] : types;
  const [only, ...others] = [...new Set(all)];
  return only === undefined ? null : others.length === 0 ? only : [only, ...others];
}

function both(one: JsonObject, other: JsonObject): JsonObject {
  return merged(one, other, [...listOf(one["required"]), ...listOf(other["required"])]);
}

function either(one: JsonObject, other: JsonObject): JsonObject {
  const others = listOf(other["required"]);
  return merged(
    one,
    other,
    listOf(one["required"]).filter((name) => others.includes(name)),
  );
}

function merged(one: JsonObject, other: JsonObject, required: readonly Json[]): JsonObject {
  const members = new Map(entriesOf(one["properties"]));
  for (const [name, schema] of entriesOf(other["properties"])) {
    const before = members.get(name);
    // Two that say different things of one member: neither is believed.
    const isSame = before === undefined || canonicalJson(before) === canonicalJson(schema);
    members.set(name, isSame ? schema : {});
  }
  const { required: _one, ...rest } = { ...other, ...one };
  const names = [...new Set(required)];
  return {
    ...rest,
    ...(members.size > 0 ? { properties: Object.fromEntries(members) } : {}),
    ...(names.length > 0 ? { required: names } : {}),
  };
}

function isScalar(value: Json | undefined): boolean {
  return (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    (typeof value === "string" && value.length <= 200)
  );
}

const WORDS_CHARS_MAX = 200;

function wordsOf(text: string | null): string | null {
  const words = text === null ? "" : inert(text, WORDS_CHARS_MAX);
  return words === "" ? null : words;
}

/** A publisher's words on one line, without what steers a terminal or turns text around, and not longer than `max`. */
export function inert(text: string, max: number): string {
  const line = text
    .slice(0, max * 2)
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}
