import { z } from "zod";
import {
  type Budget,
  type BudgetRow,
  budgetOfRow,
  type LiveBudgets,
  openBudgets,
  type Usage,
} from "#budgets";
import type { Ambient } from "#base";
import type { Store } from "#store";

const budgetRow: z.ZodType<BudgetRow> = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.string(),
  metric: z.string(),
  period: z.string(),
  amount: z.number(),
  over_action: z.string(),
  over_group: z.string().nullable(),
  reset_at: z.number().nullable(),
});

const usageRow = z.object({
  budget_id: z.string(),
  spender: z.string(),
  window_start: z.number(),
  used: z.number(),
});

interface Kept {
  readonly budgets: readonly Budget[];
  readonly usage: readonly Usage[];
}

/** All budgets, and all that they have counted. Throws Fault `budget_unreadable`. */
export function budgetsIn({ connection }: Pick<Store, "connection">): Kept {
  const budgets = connection.prepare("SELECT * FROM budgets ORDER BY name").all();
  const usage = connection.prepare("SELECT * FROM budget_usage").all();
  return {
    budgets: budgets.map((row) => budgetOfRow(budgetRow.parse(row))),
    usage: usage.map((row) => {
      const { budget_id: budgetId, spender, window_start: windowStart, used } = usageRow.parse(row);
      return { budgetId, spender, windowStart, used };
    }),
  };
}

/** The budgets over what the store has counted so far: opened once, before anything is forwarded. */
export function openBudgetsIn(store: Pick<Store, "connection">, ambient: Pick<Ambient, "now">): LiveBudgets {
  const { budgets, usage } = budgetsIn(store);
  return openBudgets(budgets, usage, ambient.now);
}
