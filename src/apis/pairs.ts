import type { Json } from "#base";
import { FIELDS_MAX } from "./limits.ts";

/**
 * A query or a form as its names and texts (WHATWG URL, 5.1). Null: too many, or something that readers decode
 * differently: bytes that are no UTF-8, percent signs that mean nothing.
 */
export function pairsOf(text: string): ReadonlyMap<string, readonly string[]> | null {
  const pairs = new Map<string, string[]>();
  const parts = text.split("&", FIELDS_MAX + 1);
  if (parts.length > FIELDS_MAX) return null;
  for (const part of parts) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const name = decoded(at < 0 ? part : part.slice(0, at));
    const value = decoded(at < 0 ? "" : part.slice(at + 1));
    if (name === null || value === null || name === "__proto__") return null;
    pairs.set(name, [...(pairs.get(name) ?? []), value]);
  }
  return pairs;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}

const NESTING_MAX = 6;

/** `a[b][c]` as `["a", "b", "c"]`; null: it has no brackets, or not plain ones. */
export function stepsOf(name: string): readonly string[] | null {
  const [, base, rest] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? [];
  if (base === undefined || rest === undefined) return null;
  const steps = rest.slice(1, -1).split("][");
  return steps.length > NESTING_MAX || steps.includes("__proto__") ? null : [base, ...steps];
}

/** Texts by the steps that lead to them. */
export type Nested = Map<string, Nested | Json>;

/** Puts texts where their steps lead; `a[]` adds to a list. False: something else stands there already. */
export function put(into: Nested, steps: readonly string[], texts: readonly string[]): boolean {
  const [step = "", ...rest] = steps;
  if (rest.length === 0 || (rest.length === 1 && rest[0] === "")) {
    if (into.has(step)) return false;
    const [only, ...others] = texts;
    into.set(step, rest.length === 0 && others.length === 0 ? (only ?? "") : [...texts]);
    return true;
  }
  const inner = into.get(step) ?? new Map<string, Nested | Json>();
  if (!(inner instanceof Map)) return false;
  into.set(step, inner);
  return put(inner, rest, texts);
}

export function plainOf(nested: Nested): Json {
  return Object.fromEntries(
    [...nested].map(([name, value]) => [name, value instanceof Map ? plainOf(value) : value]),
  );
}
