import type { StateWrite } from "#ledger";
import { amountOf } from "./metric.ts";
import { isBeyond, percentOf, type Place } from "./room.ts";
import type { Budget, Exceeded, LiveBudgets, Spender, Spending, Standing, Usage } from "./budget.ts";
import { type Counters, createCounters } from "./counters.ts";
import { overlay } from "./overlay.ts";
import { reservation } from "./reservation.ts";
import { counterOf, counts } from "./scope.ts";
import { spanOf } from "./window.ts";

/**
 * Opens the budgets over what the store has counted so far. Deciding and reserving happen in memory, at once; the store
 * gets the same counts with each intent and outcome. `now`: milliseconds since the Unix epoch; it may jump either way.
 * Throws Fault `budgets_full`.
 */
export function openBudgets(
  budgets: readonly Budget[],
  usage: readonly Usage[],
  now: () => number,
): LiveBudgets {
  const counters = createCounters();
  let current: ReadonlyMap<string, Budget> = new Map();
  const replace: LiveBudgets["replace"] = (next, counted) => {
    const known = current;
    current = new Map(next.map((budget) => [budget.id, budget]));
    counters.keepOnly(new Set(current.keys()));
    counters.load(counted.filter(({ budgetId }) => current.has(budgetId) && !known.has(budgetId)));
  };
  replace(budgets, usage);
  const placesOf = (spender: Spender): Place[] => {
    const at = now();
    return [...current.values()].flatMap((budget) => {
      if (!counts(budget.scope, spender)) return [];
      return [{ budget, spender: counterOf(budget.scope, spender), span: spanOf(budget, at) }];
    });
  };
  const prune = (): StateWrite[] =>
    counters.sweep([...current.values()], (budget) => spanOf(budget, now())).map(forgetRows);
  return {
    replace,
    overlay,
    standing: (spender, estimate) => standingOf(counters, placesOf(spender), estimate),
    reserve: (spender, estimate) => {
      const pruned = prune();
      const places = placesOf(spender);
      return reservation({ counters, places, estimate, pruned, budget: (id) => current.get(id) });
    },
  };
}

function standingOf(counters: Counters, places: readonly Place[], estimate: Spending): Standing {
  const exceeded: Exceeded[] = [];
  let usedPercent = 0;
  for (const { budget, spender, span } of places) {
    const used = counters.used(budget, spender, span);
    const wanted = amountOf(budget.metric, estimate);
    usedPercent = Math.max(usedPercent, percentOf(used + wanted, budget.amount));
    if (isBeyond(budget, used, wanted)) exceeded.push({ budget, used, resetsAt: span.end });
  }
  return { exceeded, usedPercent };
}

function forgetRows({ budgetId, upTo }: { readonly budgetId: string; readonly upTo: number }): StateWrite {
  return {
    sql: "DELETE FROM budget_usage WHERE budget_id = ? AND window_start <= ?",
    parameters: [budgetId, upTo],
  };
}
