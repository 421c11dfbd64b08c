/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((_, n) => n).toSorted((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (const n of order.slice(from, to)) ranks[n] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's correlation; null where one side does not vary. */
export function correlation(left: readonly number[], right: readonly number[]): number | null {
  const count = Math.min(left.length, right.length);
  if (count < 3) return null;
  const [meanLeft, meanRight] = [meanOf(left), meanOf(right)];
  let [both, one, other] = [0, 0, 0];
  for (let n = 0; n < count; n += 1) {
    const [x, y] = [(left[n] ?? 0) - meanLeft, (right[n] ?? 0) - meanRight];
    both += x * y;
    one += x * x;
    other += y * y;
  }
  const size = Math.sqrt(one) * Math.sqrt(other);
  return size > 0 && Number.isFinite(size) ? Math.max(-1, Math.min(1, both / size)) : null;
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * An upper bound of how often a rank correlation of `count` independent pairs is at least this: Student's t of count-2 degrees, its tail
 * bounded by t's density at t times (1 + t^2/df) * df / ((df - 1) * t) (integration by parts; holds for t > 0, df > 1).
 */
export function rankChance(correlated: number, count: number): number {
  const freedom = count - 2;
  if (correlated <= 0 || freedom < 2) return 1;
  if (correlated >= 1) return rankChance(1 - 1e-9, count);
  const t = correlated * Math.sqrt(freedom / (1 - correlated ** 2));
  const density =
    Math.exp(lnGamma((freedom + 1) / 2) - lnGamma(freedom / 2)) *
    (1 + t ** 2 / freedom) ** (-(freedom + 1) / 2) *
    (freedom * Math.PI) ** -0.5;
  return Math.min(0.5, (density * (1 + t ** 2 / freedom) * freedom) / ((freedom - 1) * t));
}

/** Stirling's series; exact to 1e-8 from 1 on. */
function lnGamma(value: number): number {
  if (value < 7) return lnGamma(value + 1) - Math.log(value);
  return (
    (value - 0.5) * Math.log(value) -
    value +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * value) -
    1 / (360 * value ** 3)
  );
}

/**
 * Hoeffding's bound for a sum of terms of which each has either sign equally often: P(sum >= s) <= exp(-s^2 / (2 * sum of squares)).
 * (W. Hoeffding, Probability inequalities for sums of bounded random variables, 1963, theorem 2.)
 */
export function signChance(terms: readonly number[]): number {
  const sum = terms.reduce((total, term) => total + term, 0);
  const squares = terms.reduce((total, term) => total + term ** 2, 0);
  if (sum <= 0 || squares === 0) return 1;
  return Math.exp(-(sum ** 2) / (2 * squares));
}
