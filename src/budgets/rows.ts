import { Fault } from "#base";
import type { Budget, Metric, Scope, Window } from "./budget.ts";
import { METRICS, WINDOWS } from "./words.ts";

/** A row of the table `budgets`, as far as it is read here. */
export interface BudgetRow {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly metric: string;
  readonly period: string;
  readonly amount: number;
  readonly over_action: string;
  readonly over_group: string | null;
  readonly reset_at: number | null;
}

/** Throws Fault `budget_unreadable` for a damaged row: what cannot be read must not be spent against. */
export function budgetOfRow(row: BudgetRow): Budget {
  const { id, name, amount, over_group: group, reset_at: resetAt } = row;
  const over = row.over_action === "hold" ? "hold" : "deny";
  const [metric, window, scope] = [metricOf(row.metric), windowOf(row.period), scopeOf(row.scope)];
  if (metric === null || window === null || scope === null || !Number.isSafeInteger(amount))
    throw unreadable(name);
  return { id, name, scope, metric, window, amount, over, group, resetAt };
}

function metricOf(text: string): Metric | null {
  return METRICS.find((metric) => metric === text) ?? null;
}

function windowOf(text: string): Window | null {
  return WINDOWS.find((window) => window === text) ?? null;
}

function scopeOf(column: string): Scope | null {
  const parsed = parsedOrNull(column);
  if (typeof parsed !== "object" || parsed === null) return null;
  const { agent, user, model } = { agent: undefined, user: undefined, model: undefined, ...parsed };
  return isPart(agent) && isPart(user) && isPart(model) ? { agent, user, model } : null;
}

function isPart(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreadable(name: string): Fault {
  return new Fault(
    "budget_unreadable",
    `the row of budget ${name} is damaged`,
    "Remove it and add it again: `doorward budgets remove NAME`, `doorward budgets add`.",
  );
}
