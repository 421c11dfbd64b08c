import type { Quantisation } from "./facts.ts";

/** How much of a model has which type, most first; equal shares by name. */
export function typesOf(
  tensors: Iterable<{ readonly type: string | null; readonly elements: number }>,
): Quantisation["types"] {
  const shares = new Map<string, { tensors: number; elements: number }>();
  for (const { type, elements } of tensors) {
    const share = shares.get(type ?? "unknown") ?? { tensors: 0, elements: 0 };
    shares.set(type ?? "unknown", { tensors: share.tensors + 1, elements: share.elements + elements });
  }
  return [...shares]
    .map(([type, share]) => ({ type, ...share }))
    .toSorted((left, right) => right.elements - left.elements || (left.type < right.type ? -1 : 1));
}
