import { z } from "zod";
import { withdraw } from "#approvals";
import { mayTouch, reachOf } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { flowIn, flowShape } from "./action-flow.ts";
import { argumentsOf, doubtsOf, findAction } from "./actions.ts";
import {
  approvalOf,
  type ApprovalRow,
  approvalRows,
  approvalShape,
  approvalView,
  behalfNames,
} from "./approval-rows.ts";
import { factsOfRow } from "./approval-card.ts";
import { cardShape, cardView, ownCard } from "./approval-card-shape.ts";
import { approvalUnknown, findApproval, refusedAs, saying } from "./approval-access.ts";
import { companyOf, companyShape } from "./approval-company.ts";
import { demandApprovable, mayRead } from "./approval-shown.ts";
import { decided, decisionWrite, type Said } from "./approval-decide.ts";
import { keepNo, plannedStop, stopInput } from "./approval-stop.ts";
import { keepAnswer } from "./drill-answer.ts";
import { grantInput, mayGrant, mayGrantShape, plannedGrant } from "./grant-giving.ts";
import { noteSeen, progressOf, progressShape } from "./approval-progress.ts";
import { commitBatch, entry } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { id, note } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

const approvalId = id("apr", "Approval request");
const drillTold = z
  .string()
  .nullable()
  .describe("That this was a drill, and what to stop at; null: it was none");
const statuses = ["requested", "approved", "denied", "expired", "withdrawn", "consumed", "any"] as const;

const withArguments = approvalShape.extend({
  ...flowShape.shape,
  ...progressShape.shape,
  mayGrant: mayGrantShape,
  people: z
    .record(z.string(), z.string())
    .describe("Names of the users whom its decisions and sightings name by id"),
  text: z.string().describe("Its card as lines of text"),
  card: cardShape,
  arguments: z
    .unknown()
    .describe("Everything the agent asked for, whole; null where it is not yours to see or not kept"),
});

export const approvalsList = read({
  name: "approvals.list",
  summary: "List requests for a human yes, newest first",
  permission: "approvals.read",
  input: z.strictObject({
    ...pageInput,
    status: z.enum(statuses).default("requested").describe("Only these"),
  }),
  output: pageOf(approvalShape.extend(companyShape.shape)),
  columns: ["id", "status", "agent", "bypassable", "server", "target", "groups", "expiresAt"],
  examples: ["approvals list", "approvals list --status any"],
  async run(context, { after, limit, status }) {
    const { caller, store, ambient } = context;
    const key = keyOfCursor(after);
    let query = approvalRows(store.query)
      .orderBy("approvals.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("approvals.id", "<", key);
    if (status !== "any") query = query.where("approvals.status", "=", status);
    if (status === "requested") query = query.where("approvals.expires_at", ">", ambient.now());
    if (reachOf(caller, "approvals.read") === "own") query = query.where("agents.owner_id", "=", caller.user);
    const now = ambient.now();
    const rows = await query.execute();
    const names = await behalfNames(store.query, rows);
    const company = companyOf(rows);
    return page(rows, limit, {
      item: (row) => ({ ...approvalView(row, now, names), ...company(row) }),
      keyOf: (row) => row.id,
    });
  },
});

export const approvalsGet = read({
  name: "approvals.get",
  summary: "Show one request whole: who asks for what, with every argument, under which rule",
  permission: "approvals.read",
  input: z.strictObject({ approval: approvalId }),
  output: withArguments,
  positional: ["approval"],
  // At a terminal its card says all of it.
  quiet: [
    "card",
    "people",
    "arguments",
    "doubts",
    "flow",
    "reason",
    "decisions",
    "escalation",
    "seen",
    "agent",
    "owner",
    "onBehalfOf",
    "server",
    "target",
    "effects",
    "policies",
    "groups",
  ],
  async run(context, { approval }) {
    const row = await findApproval(context, approval);
    const action = await findAction(context, row.action_id);
    const canRead = mayRead(context, row);
    const progress = await progressOf(context, row);
    return {
      ...(await viewOf(context, row)),
      ...progress,
      people: await peopleIn(context, row),
      mayGrant: progress.youMayAnswer ? await mayGrant(context, row) : null,
      ...cardView(ownCard(await factsOfRow(context, row, canRead), context.ambient.now())),
      flow: flowIn(action),
      doubts: canRead ? doubtsOf(context, action) : [],
      arguments: canRead ? argumentsOf(context, action) : null,
    };
  },
  async noted(context, { approval }) {
    await noteSeen(context, await findApproval(context, approval));
  },
});

export const approvalsApprove = write({
  name: "approvals.approve",
  summary: "Say yes to exactly this action, once; with --grant, to further calls like it too",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({ approval: approvalId, note, ...grantInput }),
  output: approvalShape.extend({
    grant: z.string().nullable().describe("What further calls go through with; null: this action alone"),
    drill: drillTold,
  }),
  positional: ["approval"],
  examples: [
    "approvals approve apr_…",
    "approvals approve apr_… --grant session --times 5 --until 2h",
    "approvals approve apr_… --grant pattern --varies path --times 20",
  ],
  async plan(context, input) {
    const row = await findApproval(context, input.approval);
    await demandApprovable(context, row);
    const said: Said = { answer: "approve", note: input.note ?? null };
    const next = await decided(context, row, said);
    const grant = await plannedGrant(context, row, input);
    return {
      would: `approve ${saying(row)}; it would then be ${next.status}${grant === null ? "" : `; and ${grant.would}`}`,
      async commit(c) {
        const { row: kept, drill } = await keepAnswer(c, row, said, grant?.beside);
        return { ...(await viewOf(c, kept)), grant: drill === null ? (grant?.id ?? null) : null, drill };
      },
    };
  },
});

export const approvalsDeny = write({
  name: "approvals.deny",
  summary: "Say no to an action that waits; with --stop, stop who asks for it in the same moment",
  permission: "approvals.decide",
  input: z.strictObject({ approval: approvalId, note, ...stopInput }),
  output: approvalShape.extend({
    stop: z.string().nullable().describe("Id of the stop that came with it; null: nothing was stopped"),
    drill: drillTold,
  }),
  positional: ["approval"],
  examples: [
    "approvals deny apr_…",
    'approvals deny apr_… --stop agent --reason "it mails what a web page told it to"',
  ],
  async plan(context, input) {
    const row = await findApproval(context, input.approval);
    const said: Said = { answer: "deny", note: input.note ?? null };
    await decided(context, row, said);
    const planned = await plannedStop(context, row, input);
    return {
      would: `deny ${saying(row)}${planned?.would ?? ""}`,
      async commit(c) {
        const { row: kept, drill, stop } = await keepNo(c, row, said, planned);
        return { ...(await viewOf(c, kept)), stop, drill };
      },
    };
  },
});

export const approvalsWithdraw = write({
  name: "approvals.withdraw",
  summary: "Take a request, or an approval not used yet, back",
  permission: "approvals.withdraw",
  effect: "destructive",
  input: z.strictObject({ approval: approvalId }),
  output: approvalShape,
  positional: ["approval"],
  async plan(context, input) {
    const row = await findApproval(context, input.approval);
    if (!mayTouch(context.caller, "approvals.withdraw", userIdOf(row.owner_id)))
      throw approvalUnknown(input.approval);
    const next = withdraw(approvalOf(row));
    if ("kind" in next) throw await refusedAs(context, next);
    return {
      would: `withdraw ${saying(row)}`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: [decisionWrite(committing, row, next)],
          entries: [
            entry(committing, "approval.withdrawn", row.action_id, { approval: row.id, why: "withdrawn" }),
          ],
        });
        committing.live.approvalDecided(row.id);
        return viewOf(committing, { ...row, status: next.status });
      },
    };
  },
});

async function peopleIn({ store }: ReadContext, row: ApprovalRow): Promise<Record<string, string>> {
  const { decisions, seen } = approvalOf(row);
  const ids = [
    ...decisions.flatMap(({ by, standsInFor }) => [by, ...standsInFor]),
    ...seen.map(({ by }) => by),
  ];
  const users = await store.query.selectFrom("users").select(["id", "name"]).where("id", "in", ids).execute();
  return Object.fromEntries(users.map(({ id: user, name }) => [user, name]));
}

async function viewOf(context: ReadContext, row: ApprovalRow) {
  return approvalView(row, context.ambient.now(), await behalfNames(context.store.query, [row]));
}
