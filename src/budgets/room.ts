import type { Budget } from "./budget.ts";
import type { Span } from "./window.ts";

/** `usedPercent` says no more than this, however far over its amount a budget is. */
export const PERCENT_MAX = 1_000_000;

/** A budget that counts the call at hand, and where. */
export interface Place {
  readonly budget: Budget;
  readonly spender: string;
  readonly span: Span;
}

/** What costs a budget nothing is never too much for it: a free model goes on when the money is spent. */
export function isBeyond({ amount }: Budget, used: number, wanted: number): boolean {
  return wanted > 0 && used + wanted > amount;
}

/** Rounded down, so that only a full budget says 100. */
export function percentOf(used: number, amount: number): number {
  if (used <= 0) return 0;
  return amount <= 0 ? PERCENT_MAX : Math.min(PERCENT_MAX, Math.floor((used * 100) / amount));
}
