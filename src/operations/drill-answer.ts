import { DRILLS } from "#approvals";
import { type Beside, decided, keepDecision, type Said } from "./approval-decide.ts";
import { type ApprovalRow, decisionsColumn } from "./approval-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";

/** What `approvals.withdrawn_why` says of an answered drill. */
const WHY = "drill";

export interface KeptAnswer {
  readonly row: ApprovalRow;
  /** That nobody made this request, and what to have stopped at; null of every other request. */
  readonly drill: string | null;
}

/** Keeps an answer. One to a drill ends it, whatever it is: it is never approved, and so nothing is ever released by it. */
export async function keepAnswer(
  context: OperationContext,
  row: ApprovalRow,
  said: Said,
  besides?: () => Beside,
): Promise<KeptAnswer> {
  const drill = await context.store.query
    .selectFrom("drills")
    .select("what")
    .where("approval_id", "=", row.id)
    .executeTakeFirst();
  if (drill === undefined) return { row: await keepDecision(context, row, said, besides), drill: null };
  const kept = await endDrill(context, row, said);
  const lesson = DRILLS.find(({ what }) => what === drill.what)?.lesson ?? "";
  const how = said.answer === "deny" ? "You denied it, as one should." : "You approved it; nothing was done.";
  return { row: kept, drill: `This was a drill: no agent asked for it. ${how} ${lesson}` };
}

async function endDrill(context: OperationContext, row: ApprovalRow, said: Said): Promise<ApprovalRow> {
  const { store, ambient, caller } = context;
  // A no to a drill stops nothing.
  const next = await decided(context, row, { answer: said.answer, note: said.note });
  const at = ambient.now();
  const ended = {
    status: said.answer === "deny" ? "denied" : "withdrawn",
    withdrawn_why: WHY,
    decisions: decisionsColumn(next.decisions),
    decided_at: at,
    version: row.version + 1,
  };
  const change = store.query
    .updateTable("approvals")
    .set(ended)
    .where("id", "=", row.id)
    .where("status", "=", "requested")
    .where("version", "=", row.version);
  const answer = { answered_by: caller.user, answer: said.answer, answered_at: at };
  const counted = store.query
    .updateTable("drills")
    .set(answer)
    .where("approval_id", "=", row.id)
    .where("answered_at", "is", null);
  await commitBatch(context, {
    writes: [stateWrite(change, 1), stateWrite(counted, 1)],
    entries: [entry(context, "drill.answered", row.action_id, { approval: row.id, answer: said.answer })],
  });
  context.live.approvalDecided(row.id);
  return { ...row, ...ended };
}
