import type { Json, JsonObject } from "#base";
import { isObject, member } from "./json.ts";

/**
 * What somebody wrote as text, as its schema has it: an exact integer, a number, true or false; else the text itself,
 * which then is not what the schema says, and policy sees that it is not.
 */
export function valueOf(text: string, schema: Json | undefined): Json {
  const types = typesOf(schema);
  if (types.includes("integer") && /^-?(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)))
    return Number(text);
  if (types.includes("number") && isPlainNumber(text)) return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function isPlainNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/.test(text) && Number.isFinite(Number(text));
}

function typesOf(schema: Json | undefined): readonly Json[] {
  const type = member(schema, "type");
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}

export function isListed(schema: Json | undefined): boolean {
  return typesOf(schema).includes("array");
}

/** All texts under one name: a list where the schema has one or there are several, else the one value. */
export function valuesOf(
  texts: readonly string[],
  schema: Json | undefined,
  separator: string | undefined,
): Json {
  const isList = isListed(schema);
  const items = member(schema, "items");
  const [only, ...others] = texts;
  if (isList) {
    const parts = separator === undefined ? texts : texts.flatMap((text) => text.split(separator));
    return parts.map((part) => valueOf(part, items));
  }
  return only !== undefined && others.length === 0 ? valueOf(only, schema) : [...texts];
}

/** Texts of a form's nested names (`a[b][c]`), each turned into what its schema says. */
export function shaped(value: Json, schema: Json | undefined): Json {
  if (typeof value === "string") return valueOf(value, schema);
  if (Array.isArray(value)) return value.map((item) => shaped(item, member(schema, "items")));
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  const isList = isListed(schema) && members.every(([name], at) => name === String(at));
  if (isList) return members.map(([, item]) => shaped(item, member(schema, "items")));
  const properties = member(schema, "properties");
  return Object.fromEntries(members.map(([name, item]) => [name, shaped(item, member(properties, name))]));
}

export function propertyOf(inputSchema: JsonObject, name: string): Json | undefined {
  return member(member(inputSchema, "properties"), name);
}
