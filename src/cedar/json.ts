import { Fault } from "#base";
import { EntityUid } from "./entity-uid.ts";
import { EXTENSION_FUNCTIONS } from "./extensions/functions.ts";
import { type Long, longOf } from "./long.ts";
import { CedarRecord, type Source } from "./record.ts";
import { CedarSet } from "./set.ts";
import type { Value } from "./value.ts";

/** JSON as the engine reads it: plain JSON, with `bigint` for integers that a `number` would round. */
export type ExactJson = null | boolean | Long | string | readonly ExactJson[] | ExactObject;
export type ExactObject = { readonly [name: string]: ExactJson };

/** Deeper values are refused. */
export const VALUE_DEPTH_MAX = 128;

/**
 * A value in Cedar's JSON form (https://docs.cedarpolicy.com/auth/entities-syntax.html), with its escapes `__entity`
 * and `__extn`. Throws Fault `cedar_unreadable` for what is no Cedar value, Failure where an extension refuses its text.
 */
export function readValue(json: ExactJson, depth = 0): Value {
  if (depth > VALUE_DEPTH_MAX) throw unreadable("a value nests too deep");
  if (typeof json === "number" || typeof json === "bigint") return readLong(json);
  if (typeof json === "boolean" || typeof json === "string") return json;
  if (json === null) throw unreadable("Cedar has no null");
  if (isList(json)) return new CedarSet(json.map((item) => readValue(item, depth + 1)));
  return readEscape(json, depth) ?? readRecord(json, depth);
}

/** As `readValue` of an object that holds no escapes on its own level. */
export function readRecord(json: ExactObject, depth = 0): CedarRecord {
  return new CedarRecord(
    new Map(Object.entries(json).map(([name, field]) => [name, readValue(field, depth + 1)])),
  );
}

/** As `readRecord`; each field is read when a policy first asks for it. The JSON must not change afterwards. */
export function recordOf(json: ExactObject): CedarRecord {
  return new CedarRecord(new Map(), new JsonFields(json));
}

class JsonFields implements Source {
  private readonly json: ExactObject;

  constructor(json: ExactObject) {
    this.json = json;
  }

  names(): readonly string[] {
    return Object.keys(this.json);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.json, name);
  }

  read(name: string): Value {
    return readValue(this.json[name] ?? null);
  }
}

/** An entity's name, with or without its escape. */
export function readUid(json: ExactJson | undefined): EntityUid {
  const named = isObject(json) && isObject(json["__entity"]) ? json["__entity"] : json;
  if (isObject(named)) {
    const { type, id } = named;
    if (typeof type === "string" && typeof id === "string") return new EntityUid(type, id);
  }
  throw unreadable("an entity needs a type and an id");
}

export function isObject(json: unknown): json is ExactObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** `Array.isArray` does not tell the compiler about readonly arrays. */
export function isList(json: unknown): json is readonly ExactJson[] {
  return Array.isArray(json);
}

function readLong(json: Long): Long {
  const value = Number.isInteger(json) || typeof json === "bigint" ? longOf(BigInt(json)) : null;
  if (value === null) throw unreadable(`${json} is no integer of 64 bits`);
  return value;
}

function readEscape(json: ExactObject, depth: number): Value | null {
  const names = Object.keys(json);
  if (names.length !== 1) return null;
  const { __entity: entity, __extn: extension, __expr: expression } = json;
  if (typeof expression === "string") throw unreadable("the escape __expr is no longer one of Cedar's");
  if (isObject(entity) && typeof entity["type"] === "string" && typeof entity["id"] === "string") {
    return readUid(entity);
  }
  return isObject(extension) ? readExtension(extension, depth) : null;
}

/** `{fn, arg}` or `{fn, args}`; null for anything else, which is a record like any other. */
function readExtension({ fn, arg, args }: ExactObject, depth: number): Value | null {
  if (typeof fn !== "string") return null;
  const given = arg === undefined ? args : [arg];
  if (!isList(given)) return null;
  const known = EXTENSION_FUNCTIONS.get(fn);
  const [first, second = first] = given.map((one) => readValue(one, depth + 1));
  if (known?.arity !== given.length || first === undefined || second === undefined) {
    throw unreadable(`there is no extension function ${fn} of ${given.length} arguments`);
  }
  return known.call(first, second);
}

export function unreadable(what: string): Fault {
  return new Fault(
    "cedar_unreadable",
    `the Cedar engine cannot read this: ${what}`,
    "Look at the policy, entity or request named with it; nothing was decided by it.",
  );
}
