import { canonicalJson, type Json, type JsonObject } from "#base";
import type { SaidLabel } from "#flow";
import type { Verb } from "#vocabulary";
import { isJsonObject } from "#wire";

/** How deep texts are looked for in what a server says beside its results; deeper there is none that a model reads. */
const DEPTH_MAX = 16;

/** What a result says, as the flow engine reads it: the server's structure first, and its texts as plain rows. */
export function saidIn(verb: Verb, result: JsonObject): readonly Json[] {
  if (verb === "tools/call") return toolResult(result);
  if (verb === "resources/read") return [blocksIn(result["contents"])];
  if (verb === "prompts/get") return [promptTexts(result)];
  return [textsIn(result)];
}

/** A text that repeats the structure (MCP asks servers for that) is not a second thing that was said. */
function toolResult({ structuredContent, content }: JsonObject): Json[] {
  const blocks = blocksIn(content);
  if (structuredContent === undefined) return [blocks.length === 1 ? (blocks[0] ?? "") : blocks];
  const same = canonicalText(structuredContent);
  const others = blocks.filter((text) => canonicalText(parsed(text)) !== same);
  return others.length === 0 ? [structuredContent] : [structuredContent, others];
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What `JSON.parse` gives is JSON. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/** Null where it is none, or has numbers that RFC 8785 does not keep: then it is another. */
function canonicalText(value: Json | undefined): string | null {
  try {
    return value === undefined ? null : canonicalJson(value);
  } catch {
    return null;
  }
}

/** Texts of content blocks; of pictures and sounds nothing can be traced, and they have none. */
function blocksIn(content: Json | undefined): string[] {
  const blocks: readonly Json[] = isList(content) ? content : [];
  return blocks.flatMap((block) => (isJsonObject(block) ? blockTexts(block) : textsIn(block)));
}

function blockTexts(block: JsonObject): string[] {
  const { blob: _blob, data: _data, _meta, mimeType: _mimeType, type: _type, ...rest } = block;
  return textsIn(rest);
}

function promptTexts({ description, messages }: JsonObject): string[] {
  const said: readonly Json[] = isList(messages) ? messages : [];
  const contents = said.flatMap((message) => (isJsonObject(message) ? [message["content"] ?? ""] : []));
  return [...textsIn(description), ...contents.flatMap((one) => blocksIn(isList(one) ? one : [one]))];
}

/** Characters of all texts in a value, names of members included; stops counting above `max`. */
export function charactersIn(value: Json | undefined, max: number): number {
  if (typeof value === "string") return value.length;
  if (value === undefined || value === null || typeof value !== "object") return 1;
  let sum = 0;
  if (isList(value)) for (const item of value) sum += sum > max ? 0 : charactersIn(item, max);
  else for (const key in value) sum += sum > max ? 0 : key.length + charactersIn(value[key], max);
  return sum;
}

/** Every text in a value, names of members left out. */
export function textsIn(value: Json | undefined, depth = 0): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (value === undefined || value === null || typeof value !== "object") return [];
  if (depth >= DEPTH_MAX) return [JSON.stringify(value)];
  const members = isList(value) ? value : Object.values(value);
  return members.flatMap((member) => textsIn(member, depth + 1));
}

/**
 * What a server says of its own result: `_meta.ifc`, as the official GitHub server writes it (github/github-mcp-server,
 * pkg/ifc/ifc.go: `{integrity, confidentiality: [..]}` with `public` or the names of readers). Any other reader set is
 * private; anything else that stands there says nothing.
 */
export function labelIn(result: JsonObject, isTrustedToLabel: boolean): SaidLabel | null {
  const meta = result["_meta"];
  const said = isJsonObject(meta) ? meta["ifc"] : undefined;
  if (!isJsonObject(said)) return null;
  const { integrity, confidentiality } = said;
  const readers = typeof confidentiality === "string" ? [confidentiality] : confidentiality;
  return {
    isTrustedToLabel,
    ...(integrity === "trusted" || integrity === "untrusted" ? { integrity } : {}),
    ...(isList(readers) ? { confidentiality: readers.includes("public") ? "public" : "private" } : {}),
  };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
