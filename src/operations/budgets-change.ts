import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { amountText, budgetOfRow, EACH, type Metric, type Scope, unitOf } from "#budgets";
import type { StateWrite } from "#ledger";
import { findAgent } from "./agent-rows.ts";
import {
  amountOf,
  type BudgetRow,
  budgetShape,
  budgetView,
  findBudget,
  groupOf,
  metric,
  over,
  window,
} from "./budget-rows.ts";
import { commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import {
  agentReference,
  approverGroup,
  budgetName,
  budgetReference,
  modelPattern,
  userReference,
} from "./fields.ts";
import { write } from "./operation.ts";
import { findUser } from "./users.ts";

/** Each is looked at before every call of a model. */
const BUDGETS_MAX = 200;

const amount = z.string().max(32);

export const budgetsAdd = write({
  name: "budgets.add",
  summary: "Limit what may be asked of models: requests, tokens or money in a window of time",
  permission: "budgets.write",
  input: z.strictObject({
    name: budgetName,
    metric: metric.describe("What is counted"),
    window: window.describe("Of the calendar, in UTC; weeks begin on Monday"),
    amount: amount.describe("Requests or tokens; for cost US dollars: 25.00"),
    agent: agentReference.optional().describe("Count this agent alone, or each by itself"),
    user: userReference.optional().describe("Count who this user's agents are, or each user by itself"),
    model: modelPattern.optional().describe("Count UPSTREAM/MODEL, MODEL, a prefix*, or each by itself"),
    over: over.default("deny").describe("Beyond it: deny, or hold until people say yes"),
    group: approverGroup.optional().describe("Who must say yes to going over it"),
  }),
  output: budgetShape,
  positional: ["name"],
  examples: [
    "budgets add daily --metric tokens --window day --amount 2000000",
    "budgets add mailbot-money --metric cost --window month --amount 25.00 --agent mailbot --over hold --group finance",
  ],
  async plan(context, input) {
    await refuseTaken(context, input.name);
    const row: BudgetRow = {
      id: context.ambient.id("bud"),
      name: input.name,
      scope: canonicalJson({ ...(await scopeOf(context, input)) }),
      metric: input.metric,
      period: input.window,
      amount: amountOf(input.metric, input.amount),
      over_action: input.over,
      over_group: groupOf(input.over, input.group ?? null),
      reset_at: null,
      created_by: context.caller.user,
      created_at: context.ambient.now(),
    };
    return {
      would: `add budget ${row.name}: ${wordsOf(row)}`,
      commit: (committing) => {
        const insert = committing.store.query.insertInto("budgets").values(row).onConflict(sameName);
        return changed(committing, row, { change: "added", writes: [stateWrite(insert, 1)] });
      },
    };
  },
});

export const budgetsSet = write({
  name: "budgets.set",
  summary: "Change how much a budget allows, or what going over it means",
  permission: "budgets.write",
  presence: true,
  input: z.strictObject({
    budget: budgetReference,
    amount: amount.optional().describe("Requests or tokens; for cost US dollars: 25.00"),
    over: over.optional().describe("Beyond it: deny, or hold until people say yes"),
    group: approverGroup.optional().describe("Who must say yes to going over it"),
  }),
  output: budgetShape,
  positional: ["budget"],
  examples: ["budgets set daily --amount 3000000"],
  async plan(context, input) {
    const row = await findBudget(context, input.budget);
    const now = budgetOfRow(row);
    const action = input.over ?? now.over;
    const group = input.group ?? (action === "hold" ? now.group : null);
    const next: BudgetRow = {
      ...row,
      amount: input.amount === undefined ? row.amount : amountOf(now.metric, input.amount),
      over_action: action,
      over_group: groupOf(action, group),
    };
    return {
      would: `change budget ${row.name} from ${wordsOf(row)} to ${wordsOf(next)}`,
      commit: (committing) => {
        const { amount: most, over_action, over_group } = next;
        const update = asItWas(committing, row, { amount: most, over_action, over_group });
        return changed(committing, next, { change: "set", writes: [update] });
      },
    };
  },
});

export const budgetsReset = write({
  name: "budgets.reset",
  summary: "Let a budget begin to count anew now; calls under way count where they began",
  permission: "budgets.write",
  presence: true,
  input: z.strictObject({ budget: budgetReference }),
  output: budgetShape,
  positional: ["budget"],
  async plan(context, { budget }) {
    const row = await findBudget(context, budget);
    return {
      would: `let budget ${row.name} begin to count anew`,
      commit: (committing) => {
        const now = committing.ambient.now();
        // Two resets are two windows, also within one millisecond.
        const reset_at = row.reset_at === now ? now + 1 : now;
        const update = asItWas(committing, row, { reset_at });
        return changed(committing, { ...row, reset_at }, { change: "reset", writes: [update] });
      },
    };
  },
});

export const budgetsRemove = write({
  name: "budgets.remove",
  summary: "Remove a budget and what it has counted",
  permission: "budgets.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ budget: budgetReference }),
  output: budgetShape,
  positional: ["budget"],
  async plan(context, { budget }) {
    const row = await findBudget(context, budget);
    return {
      would: `remove budget ${row.name}: ${wordsOf(row)}`,
      commit: async (committing) => {
        const { query } = committing.store;
        const view = await budgetView(committing, row, null);
        const gone = stateWrite(query.deleteFrom("budgets").where("id", "=", row.id), 1);
        const counts = stateWrite(query.deleteFrom("budget_usage").where("budget_id", "=", row.id));
        await commitChange(committing, row, { change: "removed", writes: [gone, counts] });
        return view;
      },
    };
  },
});

interface Change {
  readonly change: "added" | "set" | "reset" | "removed";
  readonly writes: readonly StateWrite[];
}

async function changed(context: OperationContext, row: BudgetRow, change: Change) {
  await commitChange(context, row, change);
  return budgetView(context, row, null);
}

async function commitChange(
  context: OperationContext,
  row: BudgetRow,
  { change, writes }: Change,
): Promise<void> {
  const {
    name,
    scope,
    metric: counted,
    window: within,
    amount: most,
    over: beyond,
    group,
  } = budgetOfRow(row);
  const body: JsonObject = {
    change,
    name,
    ...scope,
    metric: counted,
    window: within,
    amount: most,
    over: beyond,
    group,
  };
  await commitBatch(context, { writes, entries: [entry(context, "budget.changed", row.id, body)] });
  context.live.budgetsChanged();
}

/** Changes the budget only while it is what was looked at. */
function asItWas({ store }: OperationContext, row: BudgetRow, set: Partial<BudgetRow>): StateWrite {
  const update = store.query
    .updateTable("budgets")
    .set(set)
    .where("id", "=", row.id)
    .where("amount", "=", row.amount)
    .where("over_action", "=", row.over_action)
    .where("over_group", "is not distinct from", row.over_group)
    .where("reset_at", "is not distinct from", row.reset_at);
  return stateWrite(update, 1);
}

async function scopeOf(
  context: ReadContext,
  input: {
    readonly agent?: string | undefined;
    readonly user?: string | undefined;
    readonly model?: string | undefined;
  },
): Promise<Scope> {
  const { agent = null, user = null, model = null } = input;
  return {
    agent: isOne(agent) ? (await findAgent(context, agent, "budgets.write")).id : agent,
    user: isOne(user) ? (await findUser(context, user)).id : user,
    model,
  };
}

function isOne(reference: string | null): reference is string {
  return reference !== null && reference !== EACH;
}

function wordsOf(row: Pick<BudgetRow, "metric" | "period" | "amount" | "over_action">): string {
  const counted: Metric = metric.parse(row.metric);
  return `${amountText(counted, row.amount)} ${unitOf(counted)} a ${row.period}, then ${row.over_action}`;
}

async function refuseTaken({ store }: ReadContext, name: string): Promise<void> {
  const names = await store.query.selectFrom("budgets").select("name").execute();
  if (names.some((row) => row.name === name)) {
    throw new Fault(
      "budget_exists",
      `there is already a budget named ${name}`,
      `Change it: \`doorward budgets set ${name} --amount AMOUNT\`; or choose another name.`,
    );
  }
  if (names.length < BUDGETS_MAX) return;
  throw new Fault(
    "budgets_too_many",
    `there are ${BUDGETS_MAX} budgets already`,
    "One that counts `each` agent, user or model does the work of many. Remove some: `doorward budgets remove NAME`.",
  );
}
