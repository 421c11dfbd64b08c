import type { GrantScope, GrantTerms } from "#vocabulary";

const SCOPES: readonly GrantScope[] = ["destination", "pattern", "session"];
const TIMES_MAX = 1_000;
const FOR_MAX_MS = 7 * 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `session, destination, pattern; 20 times; 8h`: what a yes may be given for beyond one call, how often at most (up to
 * 1,000 times) and how long at most (up to 7 days). Null for anything else: all three parts, in this order.
 */
export function readGrantable(text: string): GrantTerms | null {
  const [scopes, times, span, ...more] = text.split(";").map((part) => part.trim());
  if (scopes === undefined || times === undefined || span === undefined || more.length > 0) return null;
  const named = scopes.split(",").map((one) => one.trim());
  const known = SCOPES.filter((scope) => named.includes(scope));
  const timesMax = timesIn(times);
  const forMs = spanIn(span);
  const isBounded = timesMax > 0 && timesMax <= TIMES_MAX && forMs > 0 && forMs <= FOR_MAX_MS;
  return isBounded && known.length === named.length ? { scopes: known, timesMax, forMs } : null;
}

function timesIn(text: string): number {
  return Number(/^([1-9][0-9]{0,3}) times?$/.exec(text)?.[1] ?? Number.NaN);
}

function spanIn(text: string): number {
  const [, length = "", unit = ""] = /^([1-9][0-9]{0,4})([mhd])$/.exec(text) ?? [];
  return Number(length) * (UNIT_MS[unit] ?? Number.NaN);
}
