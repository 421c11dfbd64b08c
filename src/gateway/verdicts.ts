import { Fault } from "#base";
import type { StateWrite } from "#ledger";
import type { Lift } from "#policy";
import type { Hold, Refusal } from "#vocabulary";
import { budgetFacts } from "./budget-facts.ts";
import type { Decided, Drafts } from "./drafts.ts";
import type { Answer, Asked, Attempt, Forward, Mark, Outside, Refused } from "./outside.ts";

/** Runs the intent's transaction and then the effect. `stale` means another took the approval first: nothing was sent. */
export type Go = (
  attempt: Attempt,
  decided: Decided,
  forward: Forward,
  consume?: StateWrite,
) => Promise<Answer | "stale">;

/** What is decided: policy sees how the budgets stand, and what it says is then held against them. */
export function questionOf(attempt: Attempt): Asked {
  const standing = attempt.standing?.();
  return {
    action: attempt.action,
    facts: attempt.facts,
    principals: attempt.principals,
    stage: attempt.identity.stage,
    session: attempt.identity.session,
    ...(standing === undefined ? {} : { standing, budget: budgetFacts(standing) }),
    ...(attempt.flow === undefined ? {} : { flow: attempt.flow }),
    ...(attempt.weights === undefined ? {} : { weights: attempt.weights }),
  };
}

/** Where nothing is traced, there is nothing to mark. */
export const NOTHING_MARKED: Mark = { writes: [], kept: () => {} };

/** With where its values come from, as the session stands now. */
export function traced({ tracing }: Outside, attempt: Attempt): Attempt {
  return tracing === undefined ? attempt : tracing.judged(attempt);
}

/** Before an attempt is decided. INVARIANT: nothing is awaited between a decision and what it lets go. */
export async function consulted(outside: Outside, attempt: Attempt, lift?: Lift): Promise<void> {
  if (outside.consult === undefined || attempt.blocked !== null) return;
  await outside.consult(questionOf(attempt), lift);
  if (lift !== undefined) return;
  for (const one of outside.grants?.lifts(attempt) ?? []) await outside.consult(questionOf(attempt), one);
}

/** What becomes of an attempt before anybody is asked. */
export type Judged =
  | { readonly kind: "go"; readonly decided: Decided }
  | { readonly kind: "refuse"; readonly verdict: Refusal }
  | { readonly kind: "hold"; readonly verdict: Hold };

/** What people stopped is refused whatever its stage, policy or approval: the hard floor. Null where nothing is. */
export function stopVerdict(outside: Outside, attempt: Attempt): Refusal | null {
  const fault = outside.stops?.ofAttempt(attempt) ?? null;
  return fault === null ? null : blockedBy(outside, fault);
}

/** What is blocked is refused in every stage; an agent that is only observed goes on, and the verdict is on record. */
export function judge(outside: Outside, attempt: Attempt): Judged {
  const stop = stopVerdict(outside, attempt);
  if (stop !== null) return { kind: "refuse", verdict: stop };
  if (attempt.blocked !== null) return { kind: "refuse", verdict: blockedBy(outside, attempt.blocked) };
  const question = questionOf(attempt);
  const verdict =
    attempt.unreviewed === undefined ? outside.decide(question) : blockedBy(outside, attempt.unreviewed);
  const budget = question.budget === undefined ? {} : { budget: question.budget };
  if (verdict.kind === "allow")
    return { kind: "go", decided: { verdict, observed: null, approval: null, ...budget } };
  if (attempt.identity.stage === "observe" && !isBeyondLent(verdict)) {
    const { credential, destination } = attempt.action;
    if (credential !== undefined || outside.rows.isCredentialed(destination))
      return { kind: "refuse", verdict: uninjected(outside, verdict) };
    return { kind: "go", decided: { verdict, observed: verdict, approval: null, ...budget } };
  }
  if (verdict.kind === "deny") return { kind: "refuse", verdict };
  const decided = granted(outside, attempt, { question, hold: verdict });
  return decided === null ? { kind: "hold", verdict } : { kind: "go", decided: { ...decided, ...budget } };
}

/** What people granted beyond one call, decided again with it: a grant lifts what holds, and nothing that forbids. */
function granted(
  outside: Outside,
  attempt: Attempt,
  { question, hold }: { readonly question: Asked; readonly hold: Hold },
): Decided | null {
  const grant = outside.grants?.covering(attempt, hold) ?? null;
  if (grant === null) return null;
  const verdict = outside.decide(question, grant.lift);
  return verdict.kind === "allow" ? { verdict, observed: null, approval: null, grant } : null;
}

/** T22: of an agent that is only observed nothing is stopped, and into what would be, no credential of ours goes. */
function uninjected(outside: Outside, { kind, grounds, reason }: Refusal | Hold): Refusal {
  const would = kind === "deny" ? "deny" : "hold";
  const fault = new Fault(
    "observed_without_credentials",
    `policy would ${would} this, and Doorward lends its credentials for this server to nothing that it would not let through: ${reason}`,
    "Permit it in policy, or let a person decide it: an admin ends observing with `doorward agents set-stage NAME enforce`.",
  );
  return { ...blockedBy(outside, fault), grounds };
}

/** Observing is for the agent's own rights: what somebody lent is bounded as they lent it, whatever the stage (T16). */
function isBeyondLent(verdict: Refusal | Hold): boolean {
  return (
    verdict.kind === "deny" && (verdict.code === "delegation_exceeded" || verdict.code === "delegation_spent")
  );
}

export async function refuse(
  outside: Outside,
  drafts: Drafts,
  attempt: Attempt,
  verdict: Refusal,
): Promise<Refused> {
  await outside.journal.append({ entries: [drafts.verdict(attempt, verdict)] });
  return refusedBy(attempt, verdict);
}

export function refusedBy(attempt: Attempt, verdict: Refusal): Refused {
  return {
    kind: "refused",
    action: attempt.id,
    code: verdict.code,
    reason: verdict.reason,
    remedy: verdict.remedy,
    rules: rulesOf(verdict),
    approval: null,
    ...(verdict.until === undefined ? {} : { until: verdict.until }),
  };
}

/** What no policy lifts: a server or tool that is not what a person accepted (T14). Recorded like any refusal. */
export function blockedBy(outside: Outside, fault: Fault): Refusal {
  const { code, message, remedy } = fault;
  return { kind: "deny", policySet: outside.policySet(), grounds: [], code, reason: message, remedy };
}

export function rulesOf(verdict: Refusal | Hold): readonly string[] {
  if (verdict.grounds.length > 0) return verdict.grounds.map((ground) => ground.policy);
  return [verdict.kind === "deny" && verdict.code !== "no_permit" ? verdict.code : "default-deny"];
}

export function agentRevoked(): Fault {
  return new Fault(
    "agent_revoked",
    "this agent was revoked, or what it acted under: its session, key, delegation, or the account of its user",
    "Ask its owner; a new agent is added with `doorward agents add NAME`, a delegation with `doorward delegations grant AGENT`.",
  );
}

export function delegationEnded(): Fault {
  return new Fault(
    "delegation_ended",
    "the delegation that this ran under has expired",
    "Ask the user for a new one: `doorward delegations grant AGENT`.",
  );
}

export function callerGone(): Fault {
  return new Fault(
    "caller_gone",
    "whoever asked went away before it was sent",
    "Nothing was sent. Call again if needed.",
  );
}

export function changedMeanwhile(): Fault {
  return new Fault(
    "changed_since_decided",
    "the server or the tool is not the one this action was decided for: it was changed and accepted anew meanwhile",
    "Nothing was sent. Call again: it is decided anew.",
  );
}
