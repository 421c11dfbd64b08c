import { parse } from "yaml";
import type { Json } from "#base";
import type { Format } from "./agents.table.ts";
import { parsed } from "./reading.ts";

/** Far above any that people write; a parser's time grows with it. */
const YAML_CHARS_MAX = 1_048_576;
const TOML_LINES_MAX = 50_000;
const DEPTH_MAX = 32;

/** A configuration as data, or null where it is not of its format. JSON may have comments and be JSON5, as agents allow. */
export function configurationIn(text: string, format: Format): Json {
  if (format === "toml") return toml(text);
  if (format === "json") {
    const strict = parsed(text);
    if (strict !== null) return strict;
    const bare = uncommented(text);
    // Flow mappings of YAML take the keys without quotes, and the commas at the end, that JSON5 has.
    return parsed(bare) ?? yaml(bare);
  }
  return yaml(text);
}

function yaml(text: string): Json {
  if (text.length > YAML_CHARS_MAX) return null;
  try {
    const read: unknown = parse(text, { maxAliasCount: 100, logLevel: "error" });
    // Dates, cycles and the like have no place in a configuration.
    return parsed(JSON.stringify(read) ?? "null");
  } catch {
    return null;
  }
}

/** Without comments and commas before an end, both outside of strings. */
function uncommented(text: string): string {
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*[}\]])/g;
  return text.replace(tokens, (token) => (token.startsWith("/") || token === "," ? "" : token));
}

/** A table of TOML while it is read. */
interface Table {
  readonly tables: Map<string, Table>;
  readonly values: Map<string, Json>;
}

/**
 * Of TOML 1.0 (toml.io) what names need: tables, and strings, numbers, booleans and lists of them on one line. Whatever else a key
 * has is there as null: inline tables, texts of several lines.
 */
function toml(text: string): Json {
  const root = table();
  let current = root;
  for (const line of text.split("\n").slice(0, TOML_LINES_MAX)) {
    const header = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined) current = below(root, keyParts(header));
    const pair = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=\s*(.*)$/.exec(line);
    if (header !== undefined || pair === null) continue;
    const parts = keyParts(pair[1] ?? "");
    const name = parts.pop() ?? "";
    below(current, parts).values.set(name, valueOf(pair[2] ?? ""));
  }
  return dataOf(root);
}

function table(): Table {
  return { tables: new Map(), values: new Map() };
}

/** `fromEntries` defines its fields: one called `__proto__` is a field as any. */
function dataOf({ tables, values }: Table): Json {
  const inner = [...tables].map(([name, one]): [string, Json] => [name, dataOf(one)]);
  return Object.fromEntries([...values, ...inner]);
}

function keyParts(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|[\w-]+/g)].map(
    ([whole, double, single]) => double ?? single ?? whole,
  );
}

function below(from: Table, parts: readonly string[]): Table {
  let current = from;
  for (const part of parts.slice(0, DEPTH_MAX)) {
    const inner = current.tables.get(part) ?? table();
    current.tables.set(part, inner);
    current = inner;
  }
  return current;
}

function valueOf(text: string): Json {
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'([^']*)'/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
  const word = text.replace(/\s*#.*$/, "").trim();
  if (word.startsWith("[")) return parsed(word);
  if (word === "true" || word === "false") return word === "true";
  return /^[+-]?\d+(?:\.\d+)?$/.test(word) ? Number(word) : null;
}
