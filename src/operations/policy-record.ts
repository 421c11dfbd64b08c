import { z } from "zod";
import { mayTouch } from "#identity";
import { whyOf } from "./action-story.ts";
import type { ActionEntries } from "./action-view.ts";
import { keptWhy, ownerOf } from "./actions.ts";
import type { ReadContext } from "./context.ts";

export const recordShape = z
  .object({
    verdict: z.string(),
    code: z.string().nullable(),
    rules: z.array(z.string()).describe("Policies, and budgets as budget:NAME"),
    reason: z
      .string()
      .nullable()
      .describe("As the agent was told; null where it is not kept or not yours to see"),
    remedy: z.string().nullable(),
    policySet: z.string(),
  })
  .nullable()
  .describe("What the record says of an action that happened: what decided it then");

export type RecordView = z.input<typeof recordShape>;

/** Policy is not the only one that refuses: what it allows now may have been stopped by a budget, and may again. */
export function withOthers(
  { verdict, reason }: { readonly verdict: string; readonly reason: string },
  record: RecordView,
): string {
  if (record === null || record.verdict === "allow" || verdict !== "allow") return reason;
  const budgets = record.rules.flatMap((rule) =>
    rule.startsWith(BUDGET) ? [rule.slice(BUDGET.length)] : [],
  );
  if (budgets.length > 0)
    return `${reason} Budgets come after policy: it was stopped by ${budgets.map((name) => `"${name}"`).join(", ")} then (doorward budgets get ${budgets[0] ?? ""}).`;
  return record.rules.length === 0
    ? `${reason} It was no policy that refused it then: ${record.code ?? "see its record"}.`
    : reason;
}

const BUDGET = "budget:";

export async function recordOf(context: ReadContext, found: ActionEntries): Promise<RecordView> {
  const { verdict, code, policies, policySet } = found.view;
  const owner = await ownerOf(context, found.agentId);
  const why = mayTouch(context.caller, "payloads.read", owner) ? keptWhy(context, found) : null;
  return { verdict, code: code ?? null, rules: [...policies], ...whyOf(why), policySet };
}
