import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import type { Json } from "#base";
import { unreadable } from "./faults.ts";
import { ALIASES_MAX, DOCUMENT_DEPTH_MAX, DOCUMENT_VALUES_MAX } from "./limits.ts";

interface Unfolding {
  readonly document: Document;
  values: number;
  aliases: number;
}

/**
 * YAML 1.2 (core schema) as JSON: one document, keys that are scalars and differ, aliases unfolded and counted, so that
 * a few lines cannot become a billion values. Throws a Fault `api_unreadable`.
 */
export function readYaml(text: string): Json {
  const document = parsed(text);
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(`it is neither JSON nor YAML (${error.message.split("\n")[0]})`);
  return unfold(document.contents, { document, values: 0, aliases: 0 }, 0);
}

function parsed(text: string): Document {
  try {
    // Keys are compared while unfolding: the parser's own check takes a square of their number.
    return parseDocument(text, {
      schema: "core",
      version: "1.2",
      uniqueKeys: false,
      prettyErrors: false,
      merge: false,
    });
  } catch (cause) {
    throw unreadable("its YAML cannot be parsed", cause);
  }
}

function unfold(node: Node | null | undefined, state: Unfolding, depth: number): Json {
  state.values += 1;
  if (state.values > DOCUMENT_VALUES_MAX)
    throw unreadable(`it unfolds into more than ${DOCUMENT_VALUES_MAX} values`);
  if (depth > DOCUMENT_DEPTH_MAX) throw unreadable(`it is nested deeper than ${DOCUMENT_DEPTH_MAX}`);
  if (isAlias(node)) {
    state.aliases += 1;
    if (state.aliases > ALIASES_MAX) throw unreadable(`it has more than ${ALIASES_MAX} YAML aliases`);
    return unfold(node.resolve(state.document), state, depth + 1);
  }
  if (isMap(node)) return mapOf(node.items, state, depth);
  if (isSeq(node)) return node.items.map((item) => unfold(asNode(item), state, depth + 1));
  return isScalar(node) ? scalarOf(node.value) : null;
}

function mapOf(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  state: Unfolding,
  depth: number,
): Json {
  const entries = new Map<string, Json>();
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : null;
    if (name === null) throw unreadable("a YAML key in it is no plain word");
    if (entries.has(name))
      throw unreadable(`it has the key ${JSON.stringify(name.slice(0, 100))} twice in one place`);
    entries.set(name, unfold(asNode(value), state, depth + 1));
  }
  return Object.fromEntries(entries);
}

function asNode(value: unknown): Node | null {
  return isAlias(value) || isMap(value) || isSeq(value) || isScalar(value) ? value : null;
}

function scalarOf(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unreadable("a YAML scalar in it is no JSON value");
}
