import { type Digest, digestOf } from "#base";
import type {
  Approval,
  ApprovalBinding,
  ApprovalId,
  Decision,
  Escalation,
  Sighting,
  UserId,
} from "#vocabulary";
import type { Parties } from "./parties.ts";
import { type ApprovalRefusal, refusal } from "./refusal.ts";
import { isBarred, type Line, lineOf, linesOf, missingGroups, seatsOf } from "./seats.ts";

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
  readonly escalation?: readonly Escalation[];
  readonly glass?: readonly string[];
}

export function request({ id, binding, groups, expiresAfterMs, now, escalation, glass }: Asked): Approval {
  return {
    id,
    status: "requested",
    binding,
    groups: [...new Set(groups)].toSorted(),
    escalation: escalation ?? [],
    glass: glass ?? [],
    decisions: [],
    seen: [],
    requestedAt: now,
    expiresAt: now + expiresAfterMs,
  };
}

/** What somebody says; with whose duty they say it is found out here. */
export type Saying = Omit<Decision, "standsInFor">;

export type Decided =
  /** The request came to its end: `approved` or `denied`. */
  | { readonly kind: "decided"; readonly approval: Approval }
  /** Counted; these groups still owe a yes. */
  | { readonly kind: "recorded"; readonly approval: Approval; readonly missing: readonly string[] }
  | ApprovalRefusal;

/**
 * One person's answer. A no from anyone who may answer denies at once. A yes counts for every line the person may
 * speak for, and the request is approved when each has as many as it asks for, of different people with different duties;
 * an earlier yes counts only while its giver is still among `parties.approvers` and still in the group. Nobody says yes
 * twice, but a yes may be taken back by a no.
 */
export function decideOn(approval: Approval, saying: Saying, parties: Parties, now: number): Decided {
  if (saying.answer === "break-glass") return breakGlass(approval, saying, parties, now);
  const barred = closed(approval, now) ?? barrier(approval, saying, parties, now);
  if (barred !== null) return barred;
  const decision = { ...saying, standsInFor: dutiesUsed(approval, saying.by, parties, now) };
  const next: Approval = { ...approval, decisions: [...approval.decisions, decision] };
  if (decision.answer === "deny") return { kind: "decided", approval: { ...next, status: "denied" } };
  const missing = missingGroups(next, parties, now);
  return missing.length === 0
    ? { kind: "decided", approval: { ...next, status: "approved" } }
    : { kind: "recorded", approval: next, missing };
}

/** How long what was let through by broken glass may be used (T22). */
export const GLASS_MS = 3_600_000;

/** Of those who may, one is enough; what they let through lasts at most an hour. */
function breakGlass(approval: Approval, saying: Saying, parties: Parties, now: number): Decided {
  const over = closed(approval, now);
  if (over !== null) return over;
  if (!mayBreakGlass(approval, saying.by, parties)) return refusal("glass_not_yours", approval);
  const decision = { ...saying, standsInFor: [] };
  const expiresAt = Math.min(approval.expiresAt, now + GLASS_MS);
  const decisions = [...approval.decisions, decision];
  return { kind: "decided", approval: { ...approval, decisions, expiresAt, status: "approved" } };
}

/** Only in person: no duty handed over and no step of an escalation lets anybody break glass. */
export function mayBreakGlass(approval: Pick<Approval, "glass">, user: UserId, parties: Parties): boolean {
  const approver = parties.approvers.find((one) => one.user === user);
  const alone: Parties = { ...parties, duties: [] };
  const lines = approval.glass.map((text) => lineOf(text, [], 0));
  return (
    approver !== undefined &&
    lines.length > 0 &&
    lines.every((line) => seatsOf(line, approver, alone, 0).length > 0)
  );
}

/** What of a request says whether it is approved. */
type Answered = Pick<Approval, "groups" | "escalation" | "glass" | "requestedAt"> & {
  readonly decisions: readonly Pick<Decision, "by" | "answer" | "at">[];
};

/**
 * Lines of an approved request that lack a yes by now: a role or a group that a giver lost since takes their yes along, and so
 * does one of whom a stand-in answered for; that the duty went back since does not. Broken glass stands as long as whoever broke it might.
 */
export function missingYeses(approval: Answered, parties: Parties, now: number): readonly string[] {
  const broken = approval.decisions.filter(({ answer }) => answer === "break-glass");
  return broken.some(({ by }) => mayBreakGlass(approval, by, parties))
    ? []
    : missingGroups(approval, parties, now);
}

/** Those whose duty is used where the giver has none of their own. */
function dutiesUsed(approval: Approval, by: UserId, parties: Parties, now: number): readonly UserId[] {
  const seats = linesFor(approval, by, parties, now).map(({ seats: ones }) => ones);
  return [...new Set(seats.flatMap((ones) => (ones.includes(by) ? [] : ones)))].toSorted();
}

function linesFor(
  approval: Approval,
  user: UserId,
  parties: Parties,
  now: number,
): readonly { readonly line: Line; readonly seats: readonly UserId[] }[] {
  const approver = parties.approvers.find((one) => one.user === user);
  if (approver === undefined) return [];
  return linesOf(approval, now).flatMap((line) => {
    const seats = seatsOf(line, approver, parties, now);
    return seats.length === 0 ? [] : [{ line, seats }];
  });
}

/** Whether somebody may answer the request at this moment, whether or not they did. */
export function mayAnswer(approval: Approval, user: UserId, parties: Parties, now: number): boolean {
  return linesFor(approval, user, parties, now).length > 0;
}

function closed(approval: Approval, now: number): ApprovalRefusal | null {
  if (approval.status !== "requested") return refusal("approval_closed", approval);
  return isPast(approval, now) ? refusal("approval_expired", approval) : null;
}

function barrier(
  approval: Approval,
  { by, answer }: Saying,
  parties: Parties,
  now: number,
): ApprovalRefusal | null {
  if (!mayAnswer(approval, by, parties, now)) return refusal(whyNot(approval, by, parties, now), approval);
  const isAgain = approval.decisions.some((one) => one.by === by && one.answer === answer);
  return isAgain ? refusal("approval_repeated", approval) : null;
}

function whyNot(
  approval: Approval,
  by: UserId,
  parties: Parties,
  now: number,
): "approver_is_owner" | "approver_is_requester" | "approver_not_eligible" {
  const open: Parties = { ...parties, owners: [], requesters: [] };
  if (!mayAnswer(approval, by, open, now)) return "approver_not_eligible";
  const requesters = parties.requesters ?? parties.owners;
  const isOnlyAsked = linesOf(approval, now).every(({ requirement }) => !requirement.notOwner);
  const isBarredHere = linesOf(approval, now).some((line) => isBarred(line, by, parties));
  return isBarredHere && isOnlyAsked && requesters.includes(by)
    ? "approver_is_requester"
    : "approver_is_owner";
}

/** The same request, seen by somebody who may answer it; null where nothing is new in that. */
export function see(approval: Approval, sighting: Sighting, parties: Parties): Approval | null {
  const { by, at } = sighting;
  const isNew = closed(approval, at) === null && approval.seen.every((one) => one.by !== by);
  if (!isNew || !mayAnswer(approval, by, parties, at)) return null;
  return { ...approval, seen: [...approval.seen, sighting] };
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
