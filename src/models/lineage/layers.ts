import type { Fingerprint, NormPrint } from "./print.ts";
import { correlation, ranksOf } from "./statistics.ts";

/** Layer of the one -> layer of the other. Where both have as many, each has its own. */
export interface Alignment {
  readonly pairs: ReadonlyMap<number, number>;
  /** False where it was found by likeness, so that likeness of norms is no evidence any more. */
  readonly isGiven: boolean;
}

/** Beyond this, aligning is not tried: the table grows with the product. */
const LAYERS_ALIGNED_MAX = 512;

/**
 * Which layers of the one are which of the other. With fewer or more layers (pruned, stacked): in order, the way that makes the norms
 * most alike; each layer of the deeper may be left out, or of the shallower be used again.
 */
export function aligned(one: Fingerprint, other: Fingerprint): Alignment {
  const [ones, others] = [layersOf(one), layersOf(other)];
  if (ones.length === others.length || ones.length > LAYERS_ALIGNED_MAX || others.length > LAYERS_ALIGNED_MAX)
    return { pairs: new Map(ones.map((layer) => [layer, layer])), isGiven: true };
  if (ones.length > others.length) return repeated(one, other, [ones, others]);
  return inOrder(one, other, [ones, others]);
}

function layersOf({ norms, rows }: Fingerprint): readonly number[] {
  const all = [...norms, ...rows].flatMap(({ layer }) => (layer === null ? [] : [layer]));
  return [...new Set(all)].toSorted((left, right) => left - right);
}

type Layers = readonly [ones: readonly number[], others: readonly number[]];

/** Every layer of the one, in order, to a later layer of the other each: the best sum of likenesses. */
function inOrder(one: Fingerprint, other: Fingerprint, [ones, others]: Layers): Alignment {
  const likeness = likenesses(one, other);
  const best = ones.map(() => others.map(() => -Infinity));
  for (let n = 0; n < ones.length; n += 1) {
    for (let m = n; m < others.length; m += 1) {
      const before = n === 0 ? 0 : (best[n - 1]?.[m - 1] ?? -Infinity);
      const taken = before + likeness(ones[n] ?? 0, others[m] ?? 0);
      const skipped = m === 0 ? -Infinity : (best[n]?.[m - 1] ?? -Infinity);
      const row = best[n];
      if (row !== undefined) row[m] = Math.max(taken, skipped);
    }
  }
  return { pairs: new Map(traced(best, [ones, others])), isGiven: false };
}

function traced(
  best: readonly (readonly number[])[],
  [ones, others]: Layers,
): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let m = others.length - 1;
  for (let n = ones.length - 1; n >= 0; n -= 1) {
    while (m > 0 && (best[n]?.[m - 1] ?? -Infinity) === (best[n]?.[m] ?? -Infinity)) m -= 1;
    pairs.push([ones[n] ?? 0, others[m] ?? 0]);
    m -= 1;
  }
  return pairs;
}

/** A deeper one: each of its layers to the most alike. */
function repeated(one: Fingerprint, other: Fingerprint, [ones, others]: Layers): Alignment {
  const likeness = likenesses(one, other);
  const pairs = ones.map((layer): [number, number] => {
    const best = others.reduce(
      (most, next) => (likeness(layer, next) > likeness(layer, most) ? next : most),
      0,
    );
    return [layer, best];
  });
  return { pairs: new Map(pairs), isGiven: false };
}

function likenesses(one: Fingerprint, other: Fingerprint): (layer: number, to: number) => number {
  const [ones, others] = [ranked(one), ranked(other)];
  return (layer, to) => {
    const [left, right] = [ones.get(layer) ?? [], others.get(to) ?? []];
    return left.reduce((sum, norm) => {
      const same = right.find(({ role }) => role === norm.role);
      if (same === undefined) return sum;
      if (norm.ordered !== null && norm.ordered === same.ordered) return sum + 2;
      return sum + (correlation(norm.ranks, same.ranks) ?? 0);
    }, 0);
  };
}

type Ranked = Pick<NormPrint, "role" | "ordered"> & { readonly ranks: readonly number[] };

function ranked({ norms }: Fingerprint): ReadonlyMap<number, readonly Ranked[]> {
  const layers = new Map<number, Ranked[]>();
  for (const { role, layer, ordered, values } of norms) {
    if (layer === null) continue;
    layers.set(layer, [...(layers.get(layer) ?? []), { role, ordered, ranks: ranksOf(values) }]);
  }
  return layers;
}
