import { decideOn } from "#approvals";
import { Fault, type JsonObject } from "#base";
import type { Approval, Decision } from "#vocabulary";
import { findApproval, refusedAs } from "./approval-access.ts";
import { cameBy } from "./approval-arrive.ts";
import { partiesOf } from "./approval-parties.ts";
import { approvalOf, type ApprovalRow, chainOf, decisionsColumn } from "./approval-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import type { EntryDraft, StateWrite } from "#ledger";

/** What the caller says to a request. */
export type Said = Pick<Decision, "answer" | "note" | "stopped">;

/** What is kept together with a decision, or not at all. */
export interface Beside {
  readonly writes: readonly StateWrite[];
  readonly entries: readonly EntryDraft[];
  /** Answers what to throw where none of it could be written down: a full disk. */
  readonly unkept?: (cause: unknown) => Fault;
}

/** How often others may answer the same request in the moment in which somebody does. */
const TRIES_MAX = 5;

/** The request as it would be after the caller's answer. Throws why the answer does not count. */
export async function decided(context: ReadContext, row: ApprovalRow, said: Said): Promise<Approval> {
  const { ambient, caller, store } = context;
  const now = ambient.now();
  const from = caller.from ?? (await cameBy(context, row.id));
  const answered = { by: caller.user, at: now, via: caller.via, from, ...said };
  const parties = await partiesOf(store.query, chainOf(row), now);
  const answer = decideOn(approvalOf(row), answered, parties, now);
  if (answer.kind === "refused") throw await refusedAs(context, answer);
  return answer.approval;
}

/**
 * Keeps the caller's answer by compare-and-set: it counts against the request as it was read. Where another one came in
 * between, it is looked at again, so that the second yes of two counts, and whoever comes too late hears who was first.
 */
export async function keepDecision(
  context: OperationContext,
  planned: ApprovalRow,
  said: Said,
  besides: (next: Approval) => Beside = () => ({ writes: [], entries: [] }),
): Promise<ApprovalRow> {
  let row = planned;
  for (let tries = 1; ; tries += 1) {
    const next = await decided(context, row, said);
    const kept = await keep(context, row, next, besides(next));
    if (kept !== null) return kept;
    if (tries === TRIES_MAX) throw tooMany(row.id);
    row = await findApproval(context, row.id);
  }
}

/** Null: something changed it in this moment. */
async function keep(
  context: OperationContext,
  row: ApprovalRow,
  next: Approval,
  { writes, entries, unkept }: Beside,
): Promise<ApprovalRow | null> {
  try {
    await commitBatch(context, {
      writes: [decisionWrite(context, row, next), ...writes],
      entries: [entry(context, "approval.decided", row.action_id, bodyOf(row, next)), ...entries],
    });
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "changed_meanwhile") return null;
    throw unkept === undefined ? cause : unkept(cause);
  }
  context.live.approvalDecided(row.id);
  return {
    ...row,
    status: next.status,
    decisions: decisionsColumn(next.decisions),
    expires_at: next.expiresAt,
  };
}

function bodyOf(row: ApprovalRow, next: Approval): JsonObject {
  const decision = next.decisions.at(-1);
  return {
    approval: row.id,
    answer: decision?.answer ?? "",
    status: next.status,
    standsInFor: [...(decision?.standsInFor ?? [])],
    ...(decision?.stopped === undefined ? {} : { stopped: decision.stopped }),
    from: decision?.from === null || decision?.from === undefined ? null : { ...decision.from },
  };
}

/** Compare-and-set on the request as it was read. */
export function decisionWrite(context: OperationContext, row: ApprovalRow, next: Approval): StateWrite {
  const update = context.store.query
    .updateTable("approvals")
    .set({
      status: next.status,
      withdrawn_why: next.status === "withdrawn" ? "withdrawn" : null,
      decisions: decisionsColumn(next.decisions),
      decided_at: next.status === "requested" ? null : context.ambient.now(),
      expires_at: next.expiresAt,
      version: row.version + 1,
    })
    .where("id", "=", row.id)
    .where("status", "=", row.status)
    .where("version", "=", row.version);
  return stateWrite(update, 1);
}

function tooMany(approval: string): Fault {
  return new Fault(
    "changed_meanwhile",
    `request ${approval} changed again and again while you answered it; nothing of yours was kept`,
    "Look at it again and repeat what still applies.",
  );
}
