import { bindingDigest } from "#approvals";
import { Fault } from "#base";
import type { StateWrite } from "#ledger";
import type { Lift } from "#policy";
import type { Verdict } from "#vocabulary";
import { actionIdOf, bindingColumn } from "./columns.ts";
import type { Drafts } from "./drafts.ts";
import {
  agentsDigest,
  bindingOf,
  type Cause,
  chainDigest,
  labelsOf,
  requestApproval,
} from "./hold-request.ts";
import type { Asker, Attempt, Condition, Outside } from "./outside.ts";
import { type ApprovalRow, consumeApproval, moveApproval } from "./rows.ts";
import { agentRevoked, consulted, questionOf, stopVerdict, traced } from "./verdicts.ts";

/** The steps of a hold, the same for an action that travels alone and for those that travel together. */
export interface Desk {
  readonly outside: Outside;
  readonly drafts: Drafts;
  /** By binding digest: two equal calls at once must find each other before either has a row to be found by. */
  readonly requesting: Map<string, Promise<string>>;
}

/** How often the policy may change between request and release. */
export const RENEWALS_MAX = 3;

export function createDesk(outside: Outside, drafts: Drafts): Desk {
  return { outside, drafts, requesting: new Map() };
}

/** The id of the request that this joins while its end is undelivered, or of a new one. Throws `holds_exceeded`. */
export async function joinOrRequest(desk: Desk, cause: Cause): Promise<string> {
  const digest = bindingDigest(bindingOf(cause));
  const pending = desk.requesting.get(digest);
  if (pending !== undefined) return pending;
  const known = desk.outside.rows.undelivered(digest);
  if (known !== null) return known.id;
  const request = requestApproval(desk.outside, desk.drafts, cause).finally(() =>
    desk.requesting.delete(digest),
  );
  desk.requesting.set(digest, request);
  return request;
}

export function approvalRow({ outside }: Desk, id: string): ApprovalRow {
  const row = outside.rows.approval(id);
  if (row === null) throw new Fault("bug", `approval ${id} is not in the store`, "Report this.");
  return row;
}

/** Open, and nobody may use it any more: the caller writes that down with `expire`. */
export function isPastTime({ outside }: Desk, row: ApprovalRow): boolean {
  const isOpen = row.status === "requested" || row.status === "approved";
  return isOpen && row.expires_at <= outside.ambient.now();
}

export async function expire(desk: Desk, row: ApprovalRow, attempt: Attempt): Promise<void> {
  const { outside, drafts } = desk;
  const entry = drafts.ended(withId(attempt, row), "approval.expired", { approval: row.id });
  await outside.journal.append({ entries: [entry], writes: [moveApproval(row.id, row.status, "expired")] });
  outside.waiters.wake(row.id);
}

/** The policy, the agents, or what is known of the action's values, changed: the request lifts nothing any more. */
export async function withdraw(desk: Desk, row: ApprovalRow, attempt: Attempt): Promise<void> {
  const { outside, drafts } = desk;
  const isStopped = stopVerdict(outside, attempt) !== null;
  const why = isStopped ? "stopped" : (outdated(desk, row, attempt) ?? "policy_changed");
  const entry = drafts.ended(withId(attempt, row), "approval.withdrawn", { approval: row.id, why });
  const move = moveApproval(row.id, row.status, "withdrawn", why);
  await outside.journal.append({ entries: [entry], writes: [move] });
  outside.rows.markDelivered(row.id, outside.ambient.now());
}

/** T10: what was approved is not what would be released now; null where it is. The policy set is looked at beside. */
function outdated({ outside }: Desk, row: ApprovalRow, attempt: Attempt): string | null {
  const { labels, chain, agents } = bindingColumn(row.binding);
  if (chain !== chainDigest(attempt.identity)) return "chain_changed";
  if (agents !== agentsDigest(attempt)) return "agent_changed";
  if (labels !== labelsOf(attempt.flow)) return "labels_changed";
  const isVoid = row.status === "approved" && outside.yesStands?.(row.id, attempt) === null;
  return isVoid ? "approvers_changed" : null;
}

/** Whether what a request asks for is of no use any more, before anybody answered it. */
export function isOvertaken({ outside }: Desk, row: ApprovalRow, attempt: Attempt): boolean {
  const { policySet, agents } = bindingColumn(row.binding);
  const principals = outside.principals(attempt.identity);
  // Whoever is revoked is cut where the request came in.
  if (principals === null) return false;
  return policySet !== outside.policySet() || agents !== agentsDigest({ principals });
}

/**
 * Waits until the request may have moved, for at most `leftMs`; tells the asker first. False: nobody waits any more,
 * or the time is up.
 */
export async function waitOn(
  { outside }: Desk,
  row: ApprovalRow,
  asker: Asker,
  leftMs: number,
): Promise<boolean> {
  if (leftMs <= 0 || asker.signal.aborted) return false;
  const untilExpiry = Math.max(1, row.expires_at - outside.ambient.now());
  const ms = Math.min(leftMs, outside.limits.holdProgressMs, untilExpiry);
  // At once and then every while: whoever watches the client should not wonder for seconds why nothing happens.
  asker.waiting(`Waiting for a person to approve (${row.id}): ${row.reason}`);
  return (await outside.waiters.wait(row.id, ms, asker.signal)) !== "gone";
}

/** The attempt with the rights of now: the wait may have been long, and a grant withdrawn meanwhile counts. */
export function asOfNow({ outside }: Desk, attempt: Attempt): Attempt {
  const principals = outside.principals(attempt.identity);
  if (principals === null) throw agentRevoked();
  return traced(outside, { ...attempt, principals });
}

/** Decides again at the moment of release: a policy that changed meanwhile wins over the approval. */
export function verdictAtRelease(desk: Desk, row: ApprovalRow, attempt: Attempt): Verdict {
  return (
    stopVerdict(desk.outside, attempt) ?? desk.outside.decide(questionOf(attempt), liftOf(desk, row, attempt))
  );
}

/** Before `verdictAtRelease`. */
export function consultedAtRelease(desk: Desk, row: ApprovalRow, attempt: Attempt): Promise<void> {
  return consulted(desk.outside, attempt, liftOf(desk, row, attempt));
}

/** T10: where more is known by now than who approved could see, or they could not say yes any more, nothing is lifted. */
function liftOf(desk: Desk, row: ApprovalRow, attempt: Attempt): Lift | undefined {
  const { policySet, policies } = bindingColumn(row.binding);
  return outdated(desk, row, attempt) === null ? { policySet, policies } : undefined;
}

/**
 * INVARIANT: goes into the very batch that holds the intent; the batch is stale once another has consumed it, and once its
 * yeses do not stand as they did when this was called.
 */
export function consumption({ outside }: Desk, row: ApprovalRow, attempt: Attempt): StateWrite {
  const stands = outside.yesStands === undefined ? ALWAYS : outside.yesStands(row.id, attempt);
  return consumeApproval(row.id, row.action_id, outside.ambient.now(), stands ?? NEVER);
}

const ALWAYS: Condition = { sql: "TRUE", parameters: [] };
const NEVER: Condition = { sql: "FALSE", parameters: [] };

/** The action keeps the id it was held under. */
export function withId(attempt: Attempt, row: ApprovalRow): Attempt {
  return { ...attempt, id: actionIdOf(row.action_id) };
}

export function renewedTooOften(id: string): Fault {
  return new Fault(
    "policy_unsettled",
    `the policy changed again and again while ${id} was being released`,
    "Call again once the policy is settled. Nothing was sent.",
  );
}
