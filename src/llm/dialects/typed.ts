import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { DeclaredTool } from "../request.ts";
import { strictJson } from "./json-calls.ts";

/** A parameter as a tagged dialect gives it: text between tags. `isText`: the dialect says that it is text. */
export interface RawParameter {
  readonly name: string;
  readonly value: string;
  readonly isText: boolean;
}

const WORDS: ReadonlySet<Json> = new Set(["string", "str", "text", "varchar", "char", "enum"]);

/**
 * Arguments of a call whose values are text, read by the tool's declared schema as the runtimes' parsers do (vLLM's
 * qwen3_coder and glm4_moe parsers): text stays text, any other type is JSON where it is some. A tool that was not
 * declared, or a parameter without a type, keeps text. Null: one name twice.
 */
export function typedArguments(
  parameters: readonly RawParameter[],
  name: string,
  tools: readonly DeclaredTool[],
): string | null {
  const properties = propertiesOf(tools.find((tool) => tool.name === name));
  const given: Record<string, Json> = {};
  for (const parameter of parameters) {
    if (Object.hasOwn(given, parameter.name) || parameter.name === "__proto__") return null;
    const schema = properties[parameter.name];
    given[parameter.name] = parameter.isText ? parameter.value : typed(parameter.value, schema);
  }
  return JSON.stringify(given);
}

function propertiesOf(tool: DeclaredTool | undefined): JsonObject {
  const properties = tool?.inputSchema?.["properties"];
  return isJsonObject(properties) ? properties : {};
}

function typed(value: string, schema: Json | undefined): Json {
  const type = isJsonObject(schema) ? schema["type"] : undefined;
  if (type === undefined || WORDS.has(type)) return value;
  if (Array.isArray(type) && type.some((one: Json) => WORDS.has(one))) return value;
  const read = strictJson(value.trim());
  return read === undefined ? value : read;
}
