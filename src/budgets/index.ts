// Budgets: what calls may cost, per agent, user, model and window: reserved before forwarding, settled after. Pure: the
// store gets the writes, and the clock is handed in.
export type {
  Budget,
  Budgets,
  Exceeded,
  LiveBudgets,
  Metric,
  Reservation,
  Scope,
  Spender,
  Spending,
  Standing,
  Usage,
  Window,
} from "./budget.ts";
export { type Estimating, estimateOf, OUTPUT_TOKENS_STEP } from "./estimate.ts";
export { groundIdOf } from "./overlay.ts";
export { openBudgets } from "./open.ts";
export { percentOf } from "./room.ts";
export { type BudgetRow, budgetOfRow } from "./rows.ts";
export { EACH } from "./scope.ts";
export { spanOf } from "./window.ts";
export { amountText, METRICS, readAmount, unitOf, WINDOWS } from "./words.ts";
