import type { Fingerprint } from "./print.ts";

export interface Candidate {
  readonly name: string;
  readonly print: Fingerprint;
}

/** A model whose weights lie between those of two others, or carry the changes of both to a third. */
export interface Mixture {
  readonly of: readonly [string, string];
  /** How much of each change it has. */
  readonly shares: readonly [number, number];
  /** The model that both were changed from; null where they were mixed as they are. */
  readonly base: string | null;
  /** The share of its differences that the two explain. */
  readonly score: number;
  readonly threshold: number;
}

/** Of three models tuned apart from one, any two explain a third of the last one's differences, and half of their common base's. */
export const BETWEEN_LEAST = 0.75;
export const CHANGES_LEAST = 0.5;
/** Shares are known to some 0.05 from the values that are kept. */
const SHARE_LEAST = 0.2;
const VALUES_LEAST = 200;
/** All pairs and triples are tried. */
export const CANDIDATES_MAX = 16;

/**
 * Of which two candidates a model is a merge: by least squares over the kept values, first as a point between two (linear, slerp), then
 * as the changes of two to a third (task arithmetic, TIES, DARE). Null where none fits well enough. Changes smaller than the precision that
 * weights are stored in are not seen.
 */
export function mixtureOf(child: Fingerprint, candidates: readonly Candidate[]): Mixture | null {
  const known = candidates
    .slice(0, CANDIDATES_MAX)
    .map(({ name, print }) => ({ name, values: valuesBeside(child, print) }))
    .filter(({ values }) => values.length > 0);
  const own = valuesBeside(child, child);
  const found = known.flatMap((one, n) =>
    known.slice(n + 1).flatMap((other) => {
      const others = known.filter((third) => third !== one && third !== other);
      return [between(own, one, other), ...others.map((base) => changesOf(own, base, [one, other]))];
    }),
  );
  return found
    .filter((mixture) => mixture !== null)
    .reduce<Mixture | null>((best, next) => (best === null || next.score > best.score ? next : best), null);
}

interface Known {
  readonly name: string;
  readonly values: readonly number[];
}

/** The candidate's values at the places of the child's, NaN where it has none. */
function valuesBeside(child: Fingerprint, print: Fingerprint): readonly number[] {
  const isSameSize =
    child.dimensions.width === print.dimensions.width && child.dimensions.layers === print.dimensions.layers;
  if (!isSameSize) return [];
  const rows = new Map(print.rows.map((row) => [`${row.role} ${row.layer ?? "-"} ${row.row}`, row.values]));
  return child.rows.flatMap(({ role, layer, row, values }) => {
    const same = rows.get(`${role} ${layer ?? "-"} ${row}`);
    return values.map((_, n) => same?.[n] ?? NaN);
  });
}

function between(child: readonly number[], one: Known, other: Known): Mixture | null {
  const sums = { both: 0, other: 0, fromOne: 0, fromOther: 0, count: 0 };
  child.forEach((value, n) => {
    const [left, right] = [one.values[n] ?? NaN, other.values[n] ?? NaN];
    if (Number.isNaN(value + left + right)) return;
    sums.both += (value - left) * (right - left);
    sums.other += (right - left) ** 2;
    sums.fromOne += (value - left) ** 2;
    sums.fromOther += (value - right) ** 2;
    sums.count += 1;
  });
  const share = sums.both / sums.other;
  const rest = sums.fromOne - share * sums.both;
  const score = 1 - rest / Math.min(sums.fromOne, sums.fromOther);
  const isBetween = share > SHARE_LEAST && share < 1 - SHARE_LEAST;
  if (sums.count < VALUES_LEAST || !isBetween || !(score >= BETWEEN_LEAST)) return null;
  return {
    of: [one.name, other.name],
    shares: [1 - share, share],
    base: null,
    score,
    threshold: BETWEEN_LEAST,
  };
}

function changesOf(
  child: readonly number[],
  base: Known,
  [one, other]: readonly [Known, Known],
): Mixture | null {
  const sums = { one: 0, other: 0, both: 0, withOne: 0, withOther: 0, own: 0, count: 0 };
  child.forEach((value, n) => {
    const from = base.values[n] ?? NaN;
    const [own, left, right] = [value - from, (one.values[n] ?? NaN) - from, (other.values[n] ?? NaN) - from];
    if (Number.isNaN(own + left + right)) return;
    sums.one += left ** 2;
    sums.other += right ** 2;
    sums.both += left * right;
    sums.withOne += own * left;
    sums.withOther += own * right;
    sums.own += own ** 2;
    sums.count += 1;
  });
  const scale = sums.one * sums.other - sums.both ** 2;
  const left = (sums.withOne * sums.other - sums.withOther * sums.both) / scale;
  const right = (sums.withOther * sums.one - sums.withOne * sums.both) / scale;
  const score = (left * sums.withOne + right * sums.withOther) / sums.own;
  const hasBoth = left > SHARE_LEAST && right > SHARE_LEAST;
  if (sums.count < VALUES_LEAST || !hasBoth || !(score >= CHANGES_LEAST)) return null;
  return {
    of: [one.name, other.name],
    shares: [left, right],
    base: base.name,
    score,
    threshold: CHANGES_LEAST,
  };
}
