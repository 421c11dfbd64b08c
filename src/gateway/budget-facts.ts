import type { Standing } from "#budgets";
import type { BudgetFacts } from "#policy";

/** What policy sees of how the budgets stand. */
export function budgetFacts({ exceeded, usedPercent }: Standing): BudgetFacts {
  return { exceeded: exceeded.map(({ budget }) => budget.name).toSorted(), usedPercent };
}
