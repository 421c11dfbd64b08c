import { rewrite, type State } from "./state.ts";
import { FACET, has, join, joined, mapTexts, NOTHING, union, type Value } from "./value.ts";

/** `replace(from, to)` on a message's text, or on a constant one, where it is done. */
export function rewritten(of: Value, args: readonly Value[], state: State): Value {
  const [from, to] = args;
  const froms = [...(from?.texts.keys() ?? [])];
  const tos = [...(to?.texts.keys() ?? [])];
  const changed = joined([
    of,
    ...froms
      .slice(0, 8)
      .map((word) => mapTexts({ ...of, facets: 0 }, (text) => text.replaceAll(word, tos[0] ?? ""))),
  ]);
  if (!has(of, FACET.content)) return changed;
  for (const word of froms.length === 0 ? [""] : froms) rewrite(state, { from: word, to: tos[0] ?? "" });
  return join({ ...changed, latent: union(changed.latent, new Set(froms)) }, to ?? NOTHING);
}
