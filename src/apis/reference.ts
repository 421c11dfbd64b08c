import type { Json, JsonObject } from "#base";
import { referenceRefused } from "./faults.ts";
import { isObject, member, textOf } from "./json.ts";
import { REFERENCE_HOPS_MAX } from "./limits.ts";

/**
 * What stands there, or where its `$ref` leads within the document (RFC 6901 after `#`); members beside a `$ref` do not
 * count. Throws a Fault `api_reference_refused` for one that leads out of the document, nowhere, or in a circle.
 */
export function resolve(root: JsonObject, value: Json | undefined): Json | undefined {
  let at = value;
  for (let hop = 0; hop <= REFERENCE_HOPS_MAX; hop += 1) {
    const reference = textOf(member(at, "$ref"));
    if (reference === null) return at;
    at = pointed(root, reference);
  }
  throw referenceRefused(textOf(member(at, "$ref")) ?? "", "it leads in a circle");
}

function pointed(root: JsonObject, reference: string): Json {
  if (!reference.startsWith("#")) throw referenceRefused(reference, "it leads out of the document");
  const found = stepsOf(reference).reduce<Json | undefined>(
    (at, step) => (Array.isArray(at) ? at[indexOf(step)] : member(at, step)),
    root,
  );
  if (found === undefined) throw referenceRefused(reference, "nothing stands there");
  return found;
}

function stepsOf(reference: string): readonly string[] {
  if (reference === "#") return [];
  if (!reference.startsWith("#/")) throw referenceRefused(reference, "it is no JSON pointer");
  return reference
    .slice(2)
    .split("/")
    .map((step) => unescape(reference, step));
}

function unescape(reference: string, step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    throw referenceRefused(reference, "it is no JSON pointer");
  }
}

function indexOf(step: string): number {
  return /^(?:0|[1-9]\d{0,6})$/.test(step) ? Number(step) : -1;
}

export function resolveObject(root: JsonObject, value: Json | undefined): JsonObject | null {
  const found = resolve(root, value);
  return isObject(found) ? found : null;
}
