import { z } from "zod";
import { budgetOfRow } from "#budgets";
import {
  budgetPastShape,
  budgetShape,
  budgetView,
  findBudget,
  historyOf,
  isInSight,
  sightOf,
} from "./budget-rows.ts";
import { budgetReference } from "./fields.ts";
import { read } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";

export const budgetsList = read({
  name: "budgets.list",
  summary: "List budgets: what they allow, what is used, and when they begin anew",
  permission: "budgets.read",
  input: z.strictObject(pageInput),
  output: pageOf(budgetShape),
  columns: ["name", "metric", "window", "used", "amount", "percent", "resetsAt", "agent", "model", "over"],
  async run(context, { after, limit }) {
    const query = context.store.query.selectFrom("budgets").selectAll().orderBy("name");
    const rows = await query.where("name", ">", keyOfCursor(after)).execute();
    const sight = await sightOf(context);
    const seen = rows.filter((row) => isInSight(budgetOfRow(row), sight)).slice(0, limit + 1);
    const views = await Promise.all(seen.map((row) => budgetView(context, row, sight)));
    return page(views, limit, { item: (view) => view, keyOf: ({ name }) => name });
  },
});

export const budgetsGet = read({
  name: "budgets.get",
  summary: "Show a budget, and who has used how much of it",
  permission: "budgets.read",
  input: z.strictObject({ budget: budgetReference }),
  output: budgetPastShape,
  positional: ["budget"],
  async run(context, { budget }) {
    const row = await findBudget(context, budget);
    const sight = await sightOf(context);
    return {
      ...(await budgetView(context, row, sight)),
      history: await historyOf(context, row, sight),
    };
  },
});
