import type { Json, JsonObject } from "#base";

/** What of a tool's arguments Cedar can see: the part of JSON Schema that has an exact Cedar type. */
export type InputType =
  | { readonly kind: "string" }
  | { readonly kind: "long" }
  | { readonly kind: "boolean" }
  | { readonly kind: "set"; readonly element: InputType }
  | RecordType;

export interface RecordType {
  readonly kind: "record";
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Field {
  readonly type: InputType;
  /** Always there in a call that follows the schema; otherwise a policy must ask `has` first. */
  readonly required: boolean;
  /** JSON null is a legal value; Cedar has no null, so it counts as absent. */
  readonly nullable: boolean;
}

export const INPUT_DEPTH_MAX = 8;
export const INPUT_FIELDS_MAX = 256;

/** Cedar's JSON form gives these keys a meaning of their own: an argument of that name must never reach it. */
const ESCAPES = new Set(["__entity", "__extn", "__expr"]);

const EMPTY: RecordType = { kind: "record", fields: new Map() };

/** The type of `context.input` for a tool. What has no exact Cedar type (numbers, unions, `$ref`) is left out. */
export function inputTypeOf(schema: JsonObject | null): RecordType {
  if (schema === null) return EMPTY;
  const read = readType(schema, { depth: 0, fields: { left: INPUT_FIELDS_MAX } });
  return read?.type.kind === "record" ? read.type : EMPTY;
}

interface Budget {
  readonly depth: number;
  /** Shared by the whole schema. */
  readonly fields: { left: number };
}

type Read = { readonly type: InputType; readonly nullable: boolean } | null;

function readType(schema: Json | undefined, budget: Budget): Read {
  if (!isObject(schema) || budget.depth > INPUT_DEPTH_MAX || "$ref" in schema) return null;
  const union = schema["anyOf"] ?? schema["oneOf"];
  if (union !== undefined) return "type" in schema ? null : readUnion(union, budget);
  const named = schema["type"];
  if (Array.isArray(named)) return readNamed(schema, named, budget);
  return typeof named === "string" ? readNamed(schema, [named], budget) : null;
}

/** `anyOf: [T, {"type": "null"}]`, which many generators write for an optional T. Any other union has no Cedar type. */
function readUnion(union: Json, budget: Budget): Read {
  if (!Array.isArray(union)) return null;
  const others = union.filter((member) => !(isObject(member) && member["type"] === "null"));
  if (others.length !== 1 || union.length > 2) return null;
  const read = readType(others[0], budget);
  return read === null ? null : { type: read.type, nullable: read.nullable || union.length === 2 };
}

function readNamed(schema: JsonObject, names: readonly Json[], budget: Budget): Read {
  const [name, ...others] = names.filter((one) => one !== "null");
  const type = typeof name === "string" && others.length === 0 ? readOne(schema, name, budget) : null;
  return type === null ? null : { type, nullable: names.length > 1 };
}

function readOne(schema: JsonObject, name: string, budget: Budget): InputType | null {
  const deeper = { ...budget, depth: budget.depth + 1 };
  switch (name) {
    case "string":
      return { kind: "string" };
    case "integer":
      return { kind: "long" };
    case "boolean":
      return { kind: "boolean" };
    case "array": {
      const element = "prefixItems" in schema ? null : readType(schema["items"], deeper);
      return element === null || element.nullable ? null : { kind: "set", element: element.type };
    }
    case "object":
      return readRecord(schema, deeper);
    default:
      return null;
  }
}

function readRecord(schema: JsonObject, budget: Budget): RecordType {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(properties)) {
    if (budget.fields.left <= 0) break;
    if (ESCAPES.has(name) || !name.isWellFormed()) continue;
    budget.fields.left -= 1;
    const read = readType(property, budget);
    if (read === null) continue;
    fields.set(name, { ...read, required: required.includes(name) && !read.nullable });
  }
  return { kind: "record", fields };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
