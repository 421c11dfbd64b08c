import { z } from "zod";
import { Fault } from "#base";
import { approvalsApprove, approvalsDeny } from "./approvals.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id, note } from "./fields.ts";
import { type Plan, write } from "./operation.ts";

/** As many as anybody reads before answering. */
const ITEMS_MAX = 50;

const approvals = z.array(id("apr", "Approval request")).max(ITEMS_MAX).default([]);

const answered = z.object({
  approval: z.string(),
  answer: z.enum(["approve", "deny"]),
  kept: z.boolean().describe("Whether this answer counts"),
  status: z.string().nullable().describe("Of the request now; null where the answer does not count"),
  code: z.string().nullable().describe("Why it does not count"),
  reason: z.string().nullable(),
  drill: z.string().nullable().describe("That this was a drill, and what to stop at; null: it was none"),
});

type Choice = Pick<z.output<typeof answered>, "approval" | "answer">;
type Answered = z.input<typeof answered>;
type Planned = Plan<Pick<Answered, "status" | "drill">> | Fault;

export const approvalsDecideMany = write({
  name: "approvals.decide-many",
  summary: "Answer several requests at once, each by itself: what is wrong with one stops no other",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({
    approve: approvals.describe("Say yes to these, each for its own action, once"),
    deny: approvals.describe("Say no to these"),
    note,
  }),
  output: z.object({ items: z.array(answered).describe("In the order given, approvals first") }),
  isFailure: ({ items }) => items.some(({ kept }) => !kept),
  examples: ["approvals decide-many --approve apr_… apr_… --deny apr_…"],
  async plan(context, input) {
    const choices = choicesOf(input.approve, input.deny);
    const planned: { choice: Choice; plan: Planned }[] = [];
    for (const choice of choices) planned.push({ choice, plan: await planOf(context, choice, input.note) });
    const works = planned.filter(({ plan }) => !(plan instanceof Fault));
    const count = (answer: string): number => works.filter(({ choice }) => choice.answer === answer).length;
    return {
      would: `approve ${count("approve")} and deny ${count("deny")} requests; ${choices.length - works.length} answers would not count`,
      async commit(committing) {
        const items: Answered[] = [];
        for (const { choice, plan } of planned)
          items.push({ ...choice, ...(await keptOf(committing, plan)) });
        return { items };
      },
    };
  },
});

function choicesOf(approve: readonly string[], deny: readonly string[]): readonly Choice[] {
  const all = [...approve, ...deny];
  if (all.length === 0 || all.length > ITEMS_MAX || new Set(all).size < all.length) throw unclear();
  return [
    ...approve.map((approval) => ({ approval, answer: "approve" as const })),
    ...deny.map((approval) => ({ approval, answer: "deny" as const })),
  ];
}

async function planOf(context: ReadContext, { approval, answer }: Choice, why?: string): Promise<Planned> {
  const said = why === undefined ? { approval } : { approval, note: why };
  try {
    return await (answer === "approve"
      ? approvalsApprove.plan(context, { ...said, varies: [] })
      : approvalsDeny.plan(context, said));
  } catch (cause) {
    return faultOr(cause);
  }
}

async function keptOf(
  context: OperationContext,
  plan: Planned,
): Promise<Omit<Answered, "approval" | "answer">> {
  if (plan instanceof Fault) return refused(plan);
  try {
    const { status, drill } = await plan.commit(context);
    return { kept: true, status, code: null, reason: null, drill };
  } catch (cause) {
    return refused(faultOr(cause));
  }
}

function refused({ code, message, remedy }: Fault): Omit<Answered, "approval" | "answer"> {
  return { kept: false, status: null, code, reason: `${message}. ${remedy}`, drill: null };
}

/** What is wrong with one answer is said in its place; what is wrong with Doorward ends them all. */
function faultOr(cause: unknown): Fault {
  if (cause instanceof Fault && !ENDING.has(cause.code)) return cause;
  throw cause;
}

const ENDING: ReadonlySet<string> = new Set(["bug", "journal_failed", "journal_full"]);

function unclear(): Fault {
  return new Fault(
    "choices_unclear",
    `it takes 1 to ${ITEMS_MAX} requests, each with one answer`,
    "Name each request once, under --approve or under --deny.",
  );
}
