import { type Digest, digestOf, type Json, type JsonObject } from "#base";

/** Members of a JSON schema that are prose, or say which dialect it is written in: they change nothing that a call can hold. */
const PROSE: ReadonlySet<string> = new Set([
  "title",
  "description",
  "markdownDescription",
  "$comment",
  "examples",
  "example",
  "$schema",
]);
/** Members whose keys are names that the schema's author chose, each with a schema. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);
/** Members that are values, not schemas: they stand as they are. */
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "default", "required"]);
const DEPTH_MAX = 64;

/**
 * SHA-256 over RFC 8785 JSON of a tool's name and input schema without prose: what a call of it can hold. Two definitions
 * of one shape differ in words alone. Null for a schema that is nested deeper than 64 levels.
 */
export function shapeOf(definition: JsonObject): Digest | null {
  const bare = bareSchema(definition["inputSchema"] ?? null);
  return bare === null ? null : digestOf({ name: definition["name"] ?? null, inputSchema: bare });
}

/** A schema without prose. Null for what is no object, or nested deeper than 64 levels. */
export function bareSchema(schema: Json): JsonObject | null {
  const bare = withoutProse(schema, DEPTH_MAX);
  return typeof bare === "object" && bare !== null && !isList(bare) ? bare : null;
}

function withoutProse(schema: Json, depth: number): Json | undefined {
  if (typeof schema !== "object" || schema === null) return schema;
  if (depth === 0) return undefined;
  if (isList(schema)) return allOf(schema.map((item) => withoutProse(item, depth - 1)));
  const kept: [string, Json][] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (PROSE.has(key)) continue;
    const bare = memberOf(key, value, depth);
    if (bare === undefined) return undefined;
    kept.push([key, bare]);
  }
  return Object.fromEntries(kept);
}

function memberOf(key: string, value: Json, depth: number): Json | undefined {
  if (VALUES.has(key)) return value;
  if (!NAMED.has(key) || typeof value !== "object" || value === null || isList(value))
    return withoutProse(value, depth - 1);
  const members = Object.entries(value).map(([name, schema]) => [name, withoutProse(schema, depth - 2)]);
  return members.some(([, schema]) => schema === undefined) ? undefined : Object.fromEntries(members);
}

function allOf(items: readonly (Json | undefined)[]): Json | undefined {
  const kept = items.filter((item) => item !== undefined);
  return kept.length === items.length ? kept : undefined;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
