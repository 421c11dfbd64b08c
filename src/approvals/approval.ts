import { type Digest, digestOf } from "#base";
import type { Approval, ApprovalBinding, ApprovalId, Decision } from "#vocabulary";
import { type ApprovalRefusal, refusal } from "./refusal.ts";
import { type Parties, requirementsMet } from "./requirement.ts";

/** Digest by which equal requests find each other. The order of policy ids does not matter. */
export function bindingDigest(binding: ApprovalBinding): Digest {
  return digestOf({ ...binding, policies: binding.policies.toSorted() });
}

export interface Asked {
  readonly id: ApprovalId;
  readonly binding: ApprovalBinding;
  /** Groups and time to live of the hold. */
  readonly groups: readonly string[];
  readonly expiresAfterMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export function request({ id, binding, groups, expiresAfterMs, now }: Asked): Approval {
  return {
    id,
    status: "requested",
    binding,
    groups: [...new Set(groups)].toSorted(),
    decisions: [],
    requestedAt: now,
    expiresAt: now + expiresAfterMs,
  };
}

export type Decided =
  /** The request came to its end: `approved` or `denied`. */
  | { readonly kind: "decided"; readonly approval: Approval }
  /** Counted; these groups still owe a yes. */
  | { readonly kind: "recorded"; readonly approval: Approval; readonly missing: readonly string[] }
  | ApprovalRefusal;

/**
 * One person's answer. A no from anyone who may answer denies at once. A yes counts for every group the person may
 * speak for, and the request is approved when each has one; an earlier yes counts only while its giver is still
 * among `parties.approvers` and still in the group. Nobody says yes twice, but a yes may be taken back by a no.
 */
export function decideOn(approval: Approval, decision: Decision, parties: Parties, now: number): Decided {
  const barred = barrier(approval, decision, parties, now);
  if (barred !== null) return barred;
  const next: Approval = { ...approval, decisions: [...approval.decisions, decision] };
  if (decision.answer === "deny") return { kind: "decided", approval: { ...next, status: "denied" } };
  const missing = missingGroups(next, parties);
  return missing.length === 0
    ? { kind: "decided", approval: { ...next, status: "approved" } }
    : { kind: "recorded", approval: next, missing };
}

function barrier(
  approval: Approval,
  decision: Decision,
  parties: Parties,
  now: number,
): ApprovalRefusal | null {
  if (approval.status !== "requested") return refusal("approval_closed", approval);
  if (isPast(approval, now)) return refusal("approval_expired", approval);
  const approver = parties.approvers.find((one) => one.user === decision.by);
  if (approver === undefined) return refusal("approver_not_eligible", approval);
  if (requirementsMet(approval.groups, approver, parties.owners).length === 0) {
    const isBarredAsOwner = requirementsMet(approval.groups, approver, []).length > 0;
    return refusal(isBarredAsOwner ? "approver_is_owner" : "approver_not_eligible", approval);
  }
  const isAgain = approval.decisions.some(
    ({ by, answer }) => by === decision.by && answer === decision.answer,
  );
  return isAgain ? refusal("approval_repeated", approval) : null;
}

/** Groups of the request that no counted yes speaks for. */
export function missingGroups(approval: Approval, parties: Parties): string[] {
  const yes = new Set(approval.decisions.filter((one) => one.answer === "approve").map((one) => one.by));
  const speakers = parties.approvers.filter((one) => yes.has(one.user));
  const met = new Set(speakers.flatMap((one) => requirementsMet(approval.groups, one, parties.owners)));
  return approval.groups.filter((group) => !met.has(group));
}

/** The same request, expired, if its time is over; null otherwise. What has expired stays so if the clock jumps back. */
export function expire(approval: Approval, now: number): Approval | null {
  return isOpen(approval) && isPast(approval, now) ? { ...approval, status: "expired" } : null;
}

/** Taken back before its effect: by its requester, an approver who thought again, or a changed policy. */
export function withdraw(approval: Approval): Approval | ApprovalRefusal {
  return isOpen(approval) ? { ...approval, status: "withdrawn" } : refusal("approval_closed", approval);
}

/**
 * Uses an approval up, once, for exactly what it is bound to. The caller stores the result in the transaction that
 * records the intent, with a compare-and-set on the status.
 */
export function consume(
  approval: Approval,
  binding: ApprovalBinding,
  now: number,
): Approval | ApprovalRefusal {
  const barred = consumable(approval, binding, now);
  return barred === null ? { ...approval, status: "consumed" } : barred;
}

/** Why the approval does not permit this now; null when it does. */
export function consumable(
  approval: Approval,
  binding: ApprovalBinding,
  now: number,
): ApprovalRefusal | null {
  if (approval.status !== "approved") return refusal("approval_closed", approval);
  if (bindingDigest(approval.binding) !== bindingDigest(binding))
    return refusal("approval_mismatch", approval);
  return isPast(approval, now) ? refusal("approval_expired", approval) : null;
}

function isOpen(approval: Approval): boolean {
  return approval.status === "requested" || approval.status === "approved";
}

function isPast(approval: Approval, now: number): boolean {
  return now >= approval.expiresAt;
}
