// Budgets: what calls may cost, per agent, user, model and window: reserved before forwarding, settled after.
export type {
  Budget,
  Budgets,
  Exceeded,
  Metric,
  Reservation,
  Scope,
  Spender,
  Spending,
  Standing,
  Window,
} from "./budget.ts";
