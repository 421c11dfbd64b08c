import { Buffer } from "node:buffer";
import type { Json, JsonObject } from "#base";
import { isObject } from "./message.ts";

/**
 * `Mcp-Param-{Name}` headers of revision 2026-07-28 (server/tools.mdx, "x-mcp-header"; transports/streamable-http.mdx,
 * "Custom Headers from Tool Parameters"): top-level and nested properties of a tool's input schema that declare
 * `x-mcp-header` are mirrored into headers, plain where that is safe, else as `=?base64?…?=`.
 */
export interface ParameterHeader {
  readonly path: readonly string[];
  readonly name: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DEPTH_MAX = 16;

export function declaredHeaders(
  inputSchema: Json | undefined,
  path: readonly string[] = [],
): ParameterHeader[] {
  if (!isObject(inputSchema) || path.length > DEPTH_MAX) return [];
  const properties = inputSchema["properties"];
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = isObject(schema) ? schema["x-mcp-header"] : undefined;
    const own = typeof name === "string" && TOKEN.test(name) ? [{ path: [...path, key], name }] : [];
    return [...own, ...declaredHeaders(schema, [...path, key])];
  });
}

export function parameterHeaders(
  declared: readonly ParameterHeader[],
  argumentsOf: Json | undefined,
): Record<string, string> {
  const pairs = declared.flatMap(({ path, name }) => {
    const value = path.reduce<Json | undefined>(
      (at, key) => (isObject(at) ? at[key] : undefined),
      argumentsOf,
    );
    const text = primitiveText(value);
    return text === null ? [] : [[`Mcp-Param-${name}`, encodeHeader(text)] as const];
  });
  return Object.fromEntries(pairs);
}

function primitiveText(value: Json | undefined): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** Printable ASCII without outer spaces stays; everything else, and what looks like the sentinel, is wrapped. */
export function encodeHeader(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/i.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text, "utf8").toString("base64")}?=`;
}

export function toolSchemas(result: JsonObject): (readonly [string, Json | undefined])[] {
  const tools = result["tools"];
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: Json) =>
    isObject(tool) && typeof tool["name"] === "string" ? [[tool["name"], tool["inputSchema"]] as const] : [],
  );
}
