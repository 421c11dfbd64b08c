import { bindingDigest } from "#approvals";
import { Fault } from "#base";
import type { Hold, Verdict } from "#vocabulary";
import { actionIdOf, bindingColumn } from "./columns.ts";
import type { Drafts } from "./drafts.ts";
import { ended, recorded, stillHeld } from "./hold-answers.ts";
import { bindingOf, requestApproval } from "./hold-request.ts";
import type { Answer, Asker, Attempt, Forward, Outside } from "./outside.ts";
import { type ApprovalRow, consumeApproval, moveApproval } from "./rows.ts";
import { agentRevoked, type Go, questionOf, refuse } from "./verdicts.ts";

export interface Holding {
  readonly hold: (attempt: Attempt, verdict: Hold, asker: Asker, forward: Forward) => Promise<Answer>;
}

/** What every step of a hold needs, and what is under way in this process. */
interface Desk {
  readonly outside: Outside;
  readonly drafts: Drafts;
  readonly go: Go;
  /** By binding digest: two equal calls at once must find each other before either has a row to be found by. */
  readonly requesting: Map<string, Promise<string>>;
  /** By approval id. */
  readonly releasing: Map<string, Promise<Answer | "stale">>;
}

interface Held {
  readonly attempt: Attempt;
  readonly verdict: Hold;
  readonly asker: Asker;
  readonly forward: Forward;
  /** How often the policy changed between request and release. */
  readonly renewals: number;
}

const RENEWALS_MAX = 3;

/**
 * Holds an action until people decide, the wait is over, or nobody waits any more. A repeat of the same action joins
 * the same request while its end is undelivered; it never starts a second effect.
 */
export function createHolding(outside: Outside, drafts: Drafts, go: Go): Holding {
  const desk: Desk = { outside, drafts, go, requesting: new Map(), releasing: new Map() };
  return {
    hold: (attempt, verdict, asker, forward) =>
      settle(desk, { attempt, verdict, asker, forward, renewals: 0 }),
  };
}

async function settle(desk: Desk, held: Held): Promise<Answer> {
  const { ambient, limits, rows } = desk.outside;
  const until = ambient.monotonic() + limits.holdWaitMs;
  const id = await joinOrRequest(desk, held);
  for (;;) {
    const row = rows.approval(id);
    if (row === null) throw new Fault("bug", `approval ${id} is not in the store`, "Report this.");
    const answer = await step(desk, row, held, until);
    if (answer !== "again") return answer;
  }
}

async function joinOrRequest(desk: Desk, held: Held): Promise<string> {
  const digest = bindingDigest(bindingOf(held));
  const pending = desk.requesting.get(digest);
  if (pending !== undefined) return pending;
  const known = desk.outside.rows.undelivered(digest);
  if (known !== null) return known.id;
  const request = requestApproval(desk.outside, desk.drafts, held).finally(() =>
    desk.requesting.delete(digest),
  );
  desk.requesting.set(digest, request);
  return request;
}

async function step(desk: Desk, row: ApprovalRow, held: Held, until: number): Promise<Answer | "again"> {
  const isOpen = row.status === "requested" || row.status === "approved";
  if (isOpen && row.expires_at <= desk.outside.ambient.now()) return expire(desk, row, held);
  switch (row.status) {
    case "requested":
      return wait(desk, row, held, until);
    case "approved":
      // Nobody waits: the approval stays, a single-use grant for the retry, until it expires.
      return held.asker.signal.aborted ? stillHeld(row) : release(desk, row, held);
    case "consumed":
      return collect(desk, row, held);
    default:
      return told(desk, row, held, ended(row));
  }
}

async function wait(
  { outside }: Desk,
  row: ApprovalRow,
  { asker }: Held,
  until: number,
): Promise<Answer | "again"> {
  const left = until - outside.ambient.monotonic();
  if (left <= 0 || asker.signal.aborted) return stillHeld(row);
  const untilExpiry = Math.max(1, row.expires_at - outside.ambient.now());
  const ms = Math.min(left, outside.limits.holdProgressMs, untilExpiry);
  // At once and then every while: whoever watches the client should not wonder for seconds why nothing happens.
  asker.waiting(`Waiting for a person to approve (${row.id}): ${row.reason}`);
  const how = await outside.waiters.wait(row.id, ms, asker.signal);
  return how === "gone" ? stillHeld(row) : "again";
}

/** Decides again at the moment of release: a policy that changed meanwhile wins over the approval. */
async function release(desk: Desk, row: ApprovalRow, held: Held): Promise<Answer | "again"> {
  const { policySet, policies } = bindingColumn(row.binding);
  // The wait may have been long: rights are those of now, and a grant withdrawn meanwhile counts.
  const principals = desk.outside.principals(held.attempt.identity);
  if (principals === null) throw agentRevoked();
  const attempt = { ...held.attempt, principals };
  const verdict = desk.outside.decide(questionOf(attempt), { policySet, policies });
  if (verdict.kind === "allow") {
    const answer = await released(desk, row, held, verdict);
    return answer === "stale" ? "again" : told(desk, row, held, answer);
  }
  await withdraw(desk, row, held);
  if (verdict.kind === "deny") return refuse(desk.outside, desk.drafts, held.attempt, verdict);
  if (held.renewals >= RENEWALS_MAX) throw renewedTooOften(row.id);
  return settle(desk, { ...held, verdict, renewals: held.renewals + 1 });
}

/** One release per approval, whoever's retry it is; the others get its answer. The action keeps the id it was held under. */
function released(desk: Desk, row: ApprovalRow, held: Held, verdict: Verdict): Promise<Answer | "stale"> {
  const running = desk.releasing.get(row.id);
  if (running !== undefined) return running;
  const attempt = withId(held.attempt, row);
  const decided = { verdict, observed: null, approval: row.id };
  const consume = consumeApproval(row.id, attempt.id, desk.outside.ambient.now());
  const departing = desk
    .go(attempt, decided, held.forward, consume)
    .finally(() => desk.releasing.delete(row.id));
  desk.releasing.set(row.id, departing);
  return departing;
}

async function collect(desk: Desk, row: ApprovalRow, held: Held): Promise<Answer> {
  const running = desk.releasing.get(row.id);
  const answer = running === undefined ? "stale" : await running;
  return told(desk, row, held, answer === "stale" ? recorded(desk.outside, row) : answer);
}

async function withdraw(desk: Desk, row: ApprovalRow, held: Held): Promise<void> {
  const { outside, drafts } = desk;
  const body = { approval: row.id, why: "policy_changed" };
  const entry = drafts.ended(withId(held.attempt, row), "approval.withdrawn", body);
  await outside.journal.append({ entries: [entry], writes: [moveApproval(row.id, row.status, "withdrawn")] });
  outside.rows.markDelivered(row.id, outside.ambient.now());
}

async function expire(desk: Desk, row: ApprovalRow, held: Held): Promise<"again"> {
  const { outside, drafts } = desk;
  const entry = drafts.ended(withId(held.attempt, row), "approval.expired", { approval: row.id });
  await outside.journal.append({ entries: [entry], writes: [moveApproval(row.id, row.status, "expired")] });
  outside.waiters.wake(row.id);
  return "again";
}

/** Says the end to the asker, and remembers that it was said unless nobody was there to hear it. */
function told({ outside }: Desk, row: ApprovalRow, { asker }: Held, answer: Answer): Answer {
  if (!asker.signal.aborted && asker.isHeard()) outside.rows.markDelivered(row.id, outside.ambient.now());
  return answer;
}

function withId(attempt: Attempt, row: ApprovalRow): Attempt {
  return { ...attempt, id: actionIdOf(row.action_id) };
}

function renewedTooOften(id: string): Fault {
  return new Fault(
    "policy_unsettled",
    `the policy changed again and again while ${id} was being released`,
    "Call again once the policy is settled. Nothing was sent.",
  );
}
