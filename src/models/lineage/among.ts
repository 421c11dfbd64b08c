import { shown } from "../oddity.ts";
import { lineageOf } from "./compare.ts";
import { rounded } from "./grounds.ts";
import { type Candidate, type Mixture, mixtureOf } from "./mixture.ts";
import type { Fingerprint } from "./print.ts";
import type { Ground, Lineage } from "./verdict.ts";

export interface Among {
  readonly pairs: readonly { readonly name: string; readonly lineage: Lineage }[];
  /** Of the candidates it is of, the one that its weights differ least from; null where it is of none. */
  readonly closest: string | null;
  /** Of which two it was merged, where that fits better than any one alone. */
  readonly merge: { readonly mixture: Mixture; readonly lineage: Lineage } | null;
}

const OF = new Set<Lineage["relation"]>(["same", "fine-tune", "quantisation", "pruned", "adapter"]);
const RUNGS = [null, "declared", "inferred", "proven"];

/** What a model is to each of several possible bases, which of them is nearest, and whether two of them explain it better together. */
export function lineageAmong(child: Fingerprint, candidates: readonly Candidate[]): Among {
  const pairs = candidates.map(({ name, print }) => ({ name, lineage: lineageOf(child, print, [name]) }));
  const related = pairs.filter(({ lineage }) => OF.has(lineage.relation));
  const nearest = related.toSorted((one, other) => nearness(one.lineage) - nearness(other.lineage));
  const proven = candidates.filter((_, n) => pairs[n]?.lineage.rung === "proven");
  const isCopy = related.some(
    ({ lineage }) => lineage.relation === "same" || lineage.relation === "quantisation",
  );
  const mixture = isCopy ? null : mixtureOf(child, proven);
  return {
    pairs,
    closest: nearest[0]?.name ?? null,
    merge: mixture === null ? null : { mixture, lineage: mergedOf(mixture) },
  };
}

/** Less is nearer: first by how well it is known, then by how far the weights are apart. */
function nearness({ rung, grounds }: Lineage): number {
  const apart = grounds.find(({ method, score }) => method === "values" && score !== null)?.score ?? 1;
  return (RUNGS.length - RUNGS.indexOf(rung)) * 1_000 + Math.min(apart, 999);
}

function mergedOf({ of, shares, base, score, threshold }: Mixture): Lineage {
  const [one, other] = of.map((name) => shown(name));
  const what = base === null ? "lies between" : `has the changes to ${shown(base)} of`;
  const ground: Ground = {
    method: "mixture",
    says: `it ${what} ${one} and ${other}, ${rounded(shares[0])} and ${rounded(shares[1])} of them; that explains ${rounded(score)} of its differences`,
    score,
    threshold,
    chance: null,
    speaks: "for",
  };
  return {
    relation: "merge",
    rung: "inferred",
    method: "mixture",
    score,
    threshold,
    chance: null,
    direction: "of-base",
    grounds: [ground],
    contradictedBy: "a third candidate that explains its differences better",
    unread: [],
  };
}
