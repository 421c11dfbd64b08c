import type { StateWrite } from "#ledger";
import type { Budget, Reservation, Spending } from "./budget.ts";
import { type Counter, type Counters, shift } from "./counters.ts";
import { amountOf } from "./metric.ts";
import { isBeyond, type Place } from "./room.ts";

/** A call's share of one counter. */
interface Share {
  readonly budget: Budget;
  readonly counter: Counter;
  /** What the intent's transaction adds to the row. */
  readonly written: number;
  /** What the counter holds of this call by now. */
  held: number;
  /** Whether a `deny` budget had room when the call began: then it ends the call when it has none left. */
  readonly isFirm: boolean;
}

interface Reserving {
  readonly counters: Counters;
  readonly places: readonly Place[];
  readonly estimate: Spending;
  readonly pruned: readonly StateWrite[];
  /** The budget as it is now; undefined once it was removed. */
  readonly budget: (id: string) => Budget | undefined;
}

/**
 * INVARIANT: a counter holds what the store's row will hold once every intent and outcome handed out is committed. Every
 * change is an addition, so the order of commits does not matter, and no row falls below zero: a call gives back only
 * what its own intent wrote.
 */
export function reservation({ counters, places, estimate, pruned, budget }: Reserving): Reservation {
  const taken = places.map((place) => ({
    place,
    counter: counters.take(place.budget, place.spender, place.span),
  }));
  const shares = taken.map(({ place, counter }) => shareOf(place.budget, counter, estimate));
  let outputTokens = estimate.outputTokens;
  let isOpen = true;
  return {
    writes: [...pruned, ...shares.flatMap(({ counter, written }) => addition(counter, written))],
    extend: (more) => {
      const wanted = outputTokens + Math.max(0, more);
      if (!isOpen || !grow(shares, { ...estimate, outputTokens: wanted }, budget)) return false;
      outputTokens = wanted;
      return true;
    },
    settle: (spent) => {
      if (!isOpen) return [];
      isOpen = false;
      return shares.flatMap((share) => settled(share, spent));
    },
    undo: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const { counter, held } of shares) shift(counter, -held);
    },
  };
}

function shareOf(budget: Budget, counter: Counter, estimate: Spending): Share {
  const wanted = amountOf(budget.metric, estimate);
  const isFirm = budget.over === "deny" && !isBeyond(budget, counter.used, wanted);
  const held = shift(counter, wanted);
  return { budget, counter, written: held, held, isFirm };
}

/** All or nothing. A budget that was removed meanwhile stops nothing. */
function grow(shares: readonly Share[], wanted: Spending, now: Reserving["budget"]): boolean {
  const steps = shares.map((share) => ({ share, step: amountOf(share.budget.metric, wanted) - share.held }));
  const isFull = steps.some(({ share, step }) => {
    const budget = now(share.budget.id);
    return share.isFirm && budget?.over === "deny" && isBeyond(budget, share.counter.used, step);
  });
  if (isFull) return false;
  for (const { share, step } of steps) share.held += shift(share.counter, Math.max(0, step));
  return true;
}

function settled(share: Share, spent: Spending | null): readonly StateWrite[] {
  const { budget, counter, written } = share;
  const due = spent === null ? share.held : amountOf(budget.metric, spent);
  share.held += shift(counter, due - share.held);
  return addition(counter, share.held - written);
}

/**
 * An upsert, so that a window's first call begins its row. What is given back changes a row that the intent made sure
 * of; where a budget was removed meanwhile there is none, and nothing to give back to.
 */
function addition({ budgetId, spender, start }: Counter, amount: number): StateWrite[] {
  if (amount === 0) return [];
  if (amount < 0) {
    const sql =
      "UPDATE budget_usage SET used = used - ? WHERE budget_id = ? AND spender = ? AND window_start = ?";
    return [{ sql, parameters: [-amount, budgetId, spender, start] }];
  }
  const sql = `INSERT INTO budget_usage (budget_id, spender, window_start, used) VALUES (?, ?, ?, ?)
    ON CONFLICT (budget_id, spender, window_start) DO UPDATE SET used = budget_usage.used + excluded.used`;
  return [{ sql, parameters: [budgetId, spender, start, amount], changes: 1 }];
}
