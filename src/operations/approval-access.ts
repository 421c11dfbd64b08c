import type { ApprovalRefusal } from "#approvals";
import { Fault } from "#base";
import { mayTouch } from "#identity";
import type { Decision } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { type ApprovalRow, approvalRows } from "./approval-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";

/** Another owner's request is as unknown as one that isn't there (T2). Throws `approval_unknown`. */
export async function findApproval(context: ReadContext, approval: string): Promise<ApprovalRow> {
  const row = await approvalRows(context.store.query).where("approvals.id", "=", approval).executeTakeFirst();
  if (row !== undefined && mayTouch(context.caller, "approvals.read", userIdOf(row.owner_id))) return row;
  throw approvalUnknown(approval);
}

/** What it is about, without personal data and without anything an agent wrote but its tool's name. */
export function saying(row: ApprovalRow): string {
  return `${row.verb} ${row.server}/${row.target} of agent ${row.agent_name}`;
}

export function approvalUnknown(approval: string): Fault {
  return new Fault(
    "approval_unknown",
    `there is no approval request ${approval}`,
    "List them: `doorward approvals list --status any`.",
  );
}

/** Whoever comes second is told who was first, when, and where. */
export async function refusedAs(
  { store }: Pick<ReadContext, "store">,
  { code, reason, remedy, decision }: ApprovalRefusal,
): Promise<Fault> {
  if (decision === null) return new Fault(code, reason, remedy);
  const { by, at, via } = decision;
  const user = await store.query.selectFrom("users").select("name").where("id", "=", by).executeTakeFirst();
  const who = `${user?.name ?? by} at ${isoTime(at)} via ${via}`;
  return new Fault(code, `${reason}: already ${DONE[decision.answer]} by ${who}`, remedy);
}

const DONE: Readonly<Record<Decision["answer"], string>> = {
  approve: "approved",
  deny: "denied",
  "break-glass": "let through with broken glass",
};
