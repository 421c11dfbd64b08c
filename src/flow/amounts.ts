import type { Origin } from "#vocabulary";

/** Amounts that may be relied on, by what grounds them. */
export interface KnownAmounts {
  readonly user: readonly number[];
  readonly claimed: readonly number[];
  readonly trusted: readonly number[];
  readonly named: readonly number[];
  readonly untrusted: readonly number[];
}

/** Half of the smallest unit of money: amounts are compared as decimals that people wrote. */
const EPSILON = 0.005;

/**
 * Where an amount comes from. One that follows from two grounded ones by a sum or a difference is `derived`; one that is
 * not greater than one that the user said, or that a record holds which the user named, is `bounded`: it moves no more than
 * they allow. A negative amount, or one that is no number, grounds nothing.
 */
export function amountOrigin(value: number, known: KnownAmounts): Origin {
  if (!Number.isFinite(value) || value < 0) return "model";
  const has = (amounts: readonly number[]): boolean => amounts.some((one) => isSame(one, value));
  if (has(known.user)) return "user";
  if (has(known.named)) return "named";
  const grounded = [...known.user, ...known.named];
  if (isDerived(value, grounded)) return "derived";
  if (grounded.some((one) => value <= one)) return "bounded";
  if (has(known.trusted)) return "trusted";
  if (has(known.claimed)) return "claimed";
  return has(known.untrusted) ? "untrusted" : "model";
}

function isDerived(value: number, grounded: readonly number[]): boolean {
  return grounded.some((base) =>
    grounded.some((other) => isSame(base + other, value) || isSame(Math.abs(base - other), value)),
  );
}

function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) < EPSILON;
}
