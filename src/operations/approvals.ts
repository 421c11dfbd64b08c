import { z } from "zod";
import { type ApprovalRefusal, decideOn, withdraw } from "#approvals";
import { Fault } from "#base";
import { mayTouch, reachOf } from "#identity";
import type { Approval } from "#vocabulary";
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
  chainOf,
  decisionsColumn,
} from "./approval-rows.ts";
import { factsOfRow } from "./approval-card.ts";
import { cardShape, cardView, ownCard } from "./approval-card-shape.ts";
import { partiesOf } from "./approval-parties.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id, note } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

const approvalId = id("apr", "Approval request");
const statuses = ["requested", "approved", "denied", "expired", "withdrawn", "consumed", "any"] as const;

const withArguments = approvalShape.extend({
  ...flowShape.shape,
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
  output: pageOf(approvalShape),
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
    return page(rows, limit, {
      item: (row) => approvalView(row, now, names),
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
  quiet: ["card", "arguments", "doubts", "flow", "reason", "decisions"],
  async run(context, { approval }) {
    const row = await findApproval(context, approval);
    const action = await findAction(context, row.action_id);
    const canRead = mayRead(context, row);
    return {
      ...(await viewOf(context, row)),
      ...cardView(ownCard(await factsOfRow(context, row, canRead), context.ambient.now())),
      flow: flowIn(action),
      doubts: canRead ? doubtsOf(context, action) : [],
      arguments: canRead ? argumentsOf(context, action) : null,
    };
  },
});

export const approvalsApprove = write({
  name: "approvals.approve",
  summary: "Say yes to exactly this action, once",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({ approval: approvalId, note }),
  output: approvalShape,
  positional: ["approval"],
  examples: ["approvals approve apr_…"],
  async plan(context, input) {
    const row = await findApproval(context, input.approval);
    // Nobody approves what cannot be shown to them whole (T19).
    if ((await shownArguments(context, row)) === null) throw unreadable(row);
    const { unbound } = ownCard(await factsOfRow(context, row, true), context.ambient.now());
    if (unbound.length > 0) throw changeable(row, unbound);
    const next = await decided(context, row, { answer: "approve", note: input.note ?? null });
    return {
      would: `approve ${saying(row)}; it would then be ${next.status}`,
      commit: (c) => keepDecision(c, row, next),
    };
  },
});

export const approvalsDeny = write({
  name: "approvals.deny",
  summary: "Say no to an action that waits",
  permission: "approvals.decide",
  input: z.strictObject({ approval: approvalId, note }),
  output: approvalShape,
  positional: ["approval"],
  async plan(context, input) {
    const row = await findApproval(context, input.approval);
    const next = await decided(context, row, { answer: "deny", note: input.note ?? null });
    return { would: `deny ${saying(row)}`, commit: (c) => keepDecision(c, row, next) };
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
      throw unknown(input.approval);
    const next = counted(withdraw(approvalOf(row)));
    return {
      would: `withdraw ${saying(row)}`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: [change(committing, row, next)],
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

async function decided(
  context: ReadContext,
  row: ApprovalRow,
  said: { readonly answer: "approve" | "deny"; readonly note: string | null },
): Promise<Approval> {
  const { ambient, caller, store } = context;
  const now = ambient.now();
  const answered = { by: caller.user, at: now, via: caller.via, from: null, ...said };
  const parties = await partiesOf(store.query, chainOf(row), now);
  const answer = decideOn(approvalOf(row), answered, parties, now);
  if (answer.kind === "refused") throw faultOf(answer);
  return answer.approval;
}

/** The decision counts against the request as it was read: another one in between makes the batch stale. */
async function keepDecision(context: OperationContext, row: ApprovalRow, next: Approval) {
  const decision = next.decisions.at(-1);
  const body = { approval: row.id, answer: decision?.answer ?? "", status: next.status };
  await commitBatch(context, {
    writes: [change(context, row, next)],
    entries: [entry(context, "approval.decided", row.action_id, body)],
  });
  context.live.approvalDecided(row.id);
  const decisions = decisionsColumn(next.decisions);
  return viewOf(context, { ...row, status: next.status, decisions });
}

async function viewOf(context: ReadContext, row: ApprovalRow) {
  return approvalView(row, context.ambient.now(), await behalfNames(context.store.query, [row]));
}

function change(context: OperationContext, row: ApprovalRow, next: Approval) {
  const update = context.store.query
    .updateTable("approvals")
    .set({
      status: next.status,
      decisions: decisionsColumn(next.decisions),
      decided_at: next.status === "requested" ? null : context.ambient.now(),
      version: row.version + 1,
    })
    .where("id", "=", row.id)
    .where("status", "=", row.status)
    .where("version", "=", row.version);
  return stateWrite(update, 1);
}

async function shownArguments(context: ReadContext, row: ApprovalRow): Promise<unknown> {
  if (!mayRead(context, row)) return null;
  return argumentsOf(context, await findAction(context, row.action_id));
}

function mayRead({ caller }: ReadContext, row: ApprovalRow): boolean {
  return mayTouch(caller, "payloads.read", userIdOf(row.owner_id));
}

/** Another owner's request is as unknown as one that isn't there (T2). */
async function findApproval(context: ReadContext, approval: string): Promise<ApprovalRow> {
  const row = await approvalRows(context.store.query).where("approvals.id", "=", approval).executeTakeFirst();
  if (row !== undefined && mayTouch(context.caller, "approvals.read", userIdOf(row.owner_id))) return row;
  throw unknown(approval);
}

function saying(row: ApprovalRow): string {
  return `${row.verb} ${row.server}/${row.target} of agent ${row.agent_name}`;
}

function counted(answer: Approval | ApprovalRefusal): Approval {
  if (!("kind" in answer)) return answer;
  throw faultOf(answer);
}

function faultOf({ code, reason, remedy }: ApprovalRefusal): Fault {
  return new Fault(code, reason, remedy);
}

function unknown(approval: string): Fault {
  return new Fault(
    "approval_unknown",
    `there is no approval request ${approval}`,
    "List them: `doorward approvals list --status any`.",
  );
}

/** T11: what is named can be another thing by the time it is released. */
function changeable(row: ApprovalRow, names: readonly string[]): Fault {
  return new Fault(
    "approval_unbound",
    `${row.id} goes by what ${names.join(", ")} names, which can change after a yes, and does not say which version is meant`,
    "Deny it, and have the agent name one version: a commit id, a sha256 digest, or the id of a stored version.",
  );
}

function unreadable(row: ApprovalRow): Fault {
  return new Fault(
    "approval_unreadable",
    `the arguments of ${row.id} cannot be shown whole (they are too large, destroyed, or not yours to see), so nobody can approve them`,
    "Deny it, or have the agent ask with less at once.",
  );
}
