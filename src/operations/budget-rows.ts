import { z } from "zod";
import { readRequirement, requirementText } from "#approvals";
import { Fault } from "#base";
import {
  amountText,
  type Budget,
  budgetOfRow,
  EACH,
  type Metric,
  percentOf,
  readAmount,
  spanOf,
  unitOf,
  type Window,
} from "#budgets";
import type { Schema } from "#store";
import { visibleAgents } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export type BudgetRow = Schema["budgets"];

export const metric = z.enum([
  "requests",
  "input-tokens",
  "output-tokens",
  "tokens",
  "cost",
] satisfies Metric[]);
export const window = z.enum(["minute", "hour", "day", "week", "month"] satisfies Window[]);
export const over = z.enum(["deny", "hold"]);

/** Spenders that one budget shows, fullest first. */
const SPENDERS_SHOWN_MAX = 50;

const spenderShape = z.object({
  agent: z.string().nullable(),
  user: z.string().nullable(),
  model: z.string().nullable(),
  used: z.string(),
  percent: z.int(),
});

export const budgetShape = z.object({
  id: z.string(),
  name: z.string(),
  metric,
  window: window.describe("Of the calendar, in UTC"),
  amount: z.string().describe("Requests, tokens, or US dollars with at most six decimals"),
  unit: z.string(),
  agent: z.string().nullable().describe("Name, or each; null: all together"),
  user: z.string().nullable().describe("Id, or each; null: all together"),
  model: z.string().nullable().describe("Name or prefix*, or each; null: all together"),
  over: over.describe("What going over it means"),
  group: z.string().nullable().describe("Who must say yes to going over it"),
  used: z.string().describe("Used or reserved by now, of the fullest of `spenders`"),
  percent: z.int(),
  resetsAt: time.describe("When its window ends"),
  spenders: z
    .array(spenderShape)
    .describe(`Counts of this window, fullest first, at most ${SPENDERS_SHOWN_MAX}`),
  createdAt: time,
});

const pastShape = z.object({
  from: time.describe("When that window, or a reset within it, began"),
  used: z.string().describe("Of whoever used most"),
  percent: z.int().describe("Of what the budget allows now"),
});

/** Windows that `budgets get` looks back over. */
const PAST_SHOWN_MAX = 60;

export const budgetPastShape = budgetShape.extend({
  history: z
    .array(pastShape)
    .describe(`Windows that something was counted in, the oldest first, at most ${PAST_SHOWN_MAX}`),
});

/** Whose counts a caller may see: of these agents and this user, or of all (null). */
export interface Sight {
  readonly agents: readonly string[];
  readonly user: string;
}

export async function sightOf(context: ReadContext): Promise<Sight | null> {
  const agents = await visibleAgents(context, "budgets.read");
  return agents === null ? null : { agents, user: context.caller.user };
}

/** A budget that can never count what the caller's agents do is not the caller's to know. */
export function isInSight({ scope }: Budget, sight: Sight | null): boolean {
  if (sight === null) return true;
  const isAgent = scope.agent === null || scope.agent === EACH || sight.agents.includes(scope.agent);
  return isAgent && (scope.user === null || scope.user === EACH || scope.user === sight.user);
}

export async function budgetView(
  context: ReadContext,
  row: BudgetRow,
  sight: Sight | null,
): Promise<z.input<typeof budgetShape>> {
  const budget = budgetOfRow(row);
  const { scope } = budget;
  const span = spanOf(budget, context.ambient.now());
  const counted = await countsOf(context, budget.id, span.start, sight);
  const names = await agentNames(context, [scope.agent, ...counted.map(({ agent }) => agent)]);
  const named = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? id));
  const most = counted[0]?.used ?? 0;
  return {
    id: budget.id,
    name: budget.name,
    metric: budget.metric,
    window: budget.window,
    amount: amountText(budget.metric, budget.amount),
    unit: unitOf(budget.metric),
    agent: named(scope.agent),
    user: scope.user,
    model: scope.model,
    over: budget.over,
    group: budget.group,
    used: amountText(budget.metric, most),
    percent: percentOf(most, budget.amount),
    resetsAt: isoTime(span.end),
    spenders: counted.map(({ agent, user, model, used }) => ({
      agent: named(agent),
      user,
      model,
      used: amountText(budget.metric, used),
      percent: percentOf(used, budget.amount),
    })),
    createdAt: isoTime(row.created_at),
  };
}

const spenderColumn = z.object({
  agent: z.string().nullable().default(null),
  user: z.string().nullable().default(null),
  model: z.string().nullable().default(null),
});

type Count = z.output<typeof spenderColumn> & { readonly used: number };

async function countsOf(
  { store }: ReadContext,
  budgetId: string,
  start: number,
  sight: Sight | null,
): Promise<Count[]> {
  const query = store.query
    .selectFrom("budget_usage")
    .select(["spender", "used"])
    .where("budget_id", "=", budgetId)
    .where("window_start", "=", start)
    .orderBy("used", "desc")
    .orderBy("spender");
  // Who sees only some is shown the fullest of those, wherever they stand.
  const rows = await (sight === null ? query.limit(SPENDERS_SHOWN_MAX) : query).execute();
  return rows
    .map(({ spender, used }) => ({ ...spenderColumn.parse(JSON.parse(spender)), used }))
    .filter((count) => isCountInSight(count, sight))
    .slice(0, SPENDERS_SHOWN_MAX);
}

/** What was counted in each window that is still known, the present one last. */
export async function historyOf(
  { store }: ReadContext,
  row: BudgetRow,
  sight: Sight | null,
): Promise<z.input<typeof pastShape>[]> {
  const budget = budgetOfRow(row);
  const rows = await store.query
    .selectFrom("budget_usage")
    .select(["spender", "window_start", "used"])
    .where("budget_id", "=", row.id)
    .orderBy("window_start", "desc")
    .execute();
  const most = new Map<number, number>();
  for (const { spender, window_start, used } of rows) {
    if (!isCountInSight({ ...spenderColumn.parse(JSON.parse(spender)), used }, sight)) continue;
    most.set(window_start, Math.max(most.get(window_start) ?? 0, used));
  }
  return [...most]
    .slice(0, PAST_SHOWN_MAX)
    .toReversed()
    .map(([from, used]) => ({
      from: isoTime(from),
      used: amountText(budget.metric, used),
      percent: percentOf(used, budget.amount),
    }));
}

function isCountInSight({ agent, user }: Count, sight: Sight | null): boolean {
  if (sight === null) return true;
  return (agent === null || sight.agents.includes(agent)) && (user === null || user === sight.user);
}

async function agentNames(
  { store }: ReadContext,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return new Map();
  const rows = await store.query
    .selectFrom("agents")
    .select(["id", "name"])
    .where("id", "in", known)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** By name or id. Throws `budget_unknown`, also for one that the caller may not see (T2). */
export async function findBudget(context: ReadContext, reference: string): Promise<BudgetRow> {
  const row = await context.store.query
    .selectFrom("budgets")
    .selectAll()
    .where((eb) => eb.or([eb("id", "=", reference), eb("name", "=", reference)]))
    .executeTakeFirst();
  if (row !== undefined && isInSight(budgetOfRow(row), await sightOf(context))) return row;
  throw new Fault(
    "budget_unknown",
    `there is no budget ${JSON.stringify(reference)}`,
    "List them: `doorward budgets list`.",
  );
}

/** Throws `budget_amount_invalid`. */
export function amountOf(of: Metric, text: string): number {
  const amount = readAmount(of, text);
  if (amount !== null) return amount;
  throw new Fault(
    "budget_amount_invalid",
    `${JSON.stringify(text)} is no amount of ${unitOf(of)}`,
    of === "cost"
      ? "Give US dollars above zero, with at most six decimals: `--amount 25.00`."
      : "Give a whole number above zero: `--amount 100000`.",
  );
}

/** Who must say yes, where anybody must. Throws `budget_group_unclear`. */
export function groupOf(action: z.output<typeof over>, group: string | null): string | null {
  const read = group === null ? null : readRequirement(group);
  if ((action === "hold") === (group !== null)) return read === null ? group : requirementText(read);
  throw new Fault(
    "budget_group_unclear",
    action === "hold"
      ? "a budget that holds names nobody who could say yes"
      : "a budget that denies asks nobody",
    action === "hold" ? "Name a group: `--group admins`." : "Leave the group out, or give `--over hold`.",
  );
}
