import type { Answer, Outside, Refused } from "./outside.ts";
import { actionIdOf, bindingColumn, lastNoteOf, objectColumn, textsOf } from "./columns.ts";
import type { ApprovalRow } from "./rows.ts";

// What an asker is told of a held action, from its row alone: the same after a restart.

export function stillHeld(row: ApprovalRow): Refused {
  return {
    ...heldAs(row),
    groups: textsOf(row.groups),
    until: new Date(row.expires_at).toISOString(),
  };
}

function heldAs(row: ApprovalRow): Refused {
  return {
    kind: "held",
    action: actionIdOf(row.action_id),
    code: "held",
    reason: row.reason,
    remedy: `A person must approve it: \`doorward approvals approve ${row.id}\`. Then send the same call again; it runs once.`,
    rules: bindingColumn(row.binding).policies,
    approval: row.id,
  };
}

const ENDINGS: Readonly<Record<string, { readonly code: string; readonly reason: string }>> = {
  denied: { code: "approval_denied", reason: "A person refused this action." },
  expired: { code: "approval_expired", reason: "Nobody decided in time, so the request expired." },
  withdrawn: { code: "approval_withdrawn", reason: "The request was withdrawn." },
};

export function ended(row: ApprovalRow): Refused {
  const ending = ENDINGS[row.status] ?? { code: "approval_ended", reason: `The request is ${row.status}.` };
  const note = lastNoteOf(row.decisions);
  return {
    ...heldAs(row),
    kind: "refused",
    code: ending.code,
    reason: note === null ? ending.reason : `${ending.reason} Note: ${note}`,
    remedy: "Nothing was sent. If it is still needed, call again: that asks anew.",
  };
}

/** The end of an action that was released while its asker was away, from the ledger. */
export function recorded(outside: Outside, row: ApprovalRow): Answer {
  const action = actionIdOf(row.action_id);
  // By the status that Doorward recorded, never by the look of the result: the server wrote that.
  const outcome = outside.rows.outcome(row.action_id);
  if (outcome?.status === "not-sent") return notSent(row);
  const bytes = outcome === null ? null : outside.payload(outcome.idx, "result");
  const result = bytes === null ? null : objectColumn(Buffer.from(bytes).toString("utf8"));
  const isAnswer = outcome?.status === "ok" || result?.["isError"] === true;
  if (result !== null && isAnswer) return { kind: "result", action, result };
  return {
    ...heldAs(row),
    kind: "refused",
    code: "outcome_unknown",
    reason: "The approved action was sent once, and its result is not known or no longer kept.",
    remedy: `Check at the server before you call again; it is not re-sent. Record: \`doorward receipts get ${action}\`.`,
  };
}

function notSent(row: ApprovalRow): Refused {
  return {
    ...heldAs(row),
    kind: "refused",
    code: "approved_not_sent",
    reason: "A person approved this action, but it could not be sent; nothing was done.",
    remedy: `If it is still needed, call again: that asks anew. Why it failed: \`doorward receipts get ${row.action_id}\`.`,
  };
}

/**
 * The approval was used up by another request of the same agent: what a person approved once is not released twice. Its
 * own result is the agent's; Doorward knows only that it was handed over.
 */
export function releasedBefore(outside: Outside, row: ApprovalRow): Refused {
  const outcome = outside.rows.outcome(row.action_id);
  if (outcome?.status === "not-sent") return notSent(row);
  const where =
    outcome?.status === "unknown" ? "whether it arrived is not known" : "to another request of this agent";
  return {
    ...heldAs(row),
    kind: "refused",
    code: "approval_used",
    reason: `A person approved this call once, and it was released once: ${where}.`,
    remedy: `Use the result of that one. If it is needed a second time, ask again: that asks anew. Record: \`doorward receipts get ${row.action_id}\`.`,
  };
}
