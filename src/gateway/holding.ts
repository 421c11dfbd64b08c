import { bindingDigest } from "#approvals";
import { canonicalJson, digestOf, Fault, type JsonObject } from "#base";
import type { ApprovalBinding, ApprovalId, Hold, Verdict } from "#vocabulary";
import type { Drafts } from "./drafts.ts";
import type { Answer, Asker, Attempt, Forward, Outside, Refused } from "./outside.ts";
import { type ApprovalRow, consumeApproval, insertApproval, moveApproval } from "./rows.ts";
import { type Go, questionOf, refuse } from "./verdicts.ts";

export interface Holding {
  readonly hold: (attempt: Attempt, verdict: Hold, asker: Asker, forward: Forward) => Promise<Answer>;
}

interface Held {
  readonly attempt: Attempt;
  readonly verdict: Hold;
  readonly asker: Asker;
  readonly forward: Forward;
}

/** How often a hold may be asked anew because the policy changed between request and release. */
const RENEWALS_MAX = 3;

/**
 * Holds an action until people decide, the wait is over, or nobody waits any more. A repeat of the same action joins
 * the same request while its end is undelivered; it never starts a second effect.
 */
export function createHolding(outside: Outside, drafts: Drafts, go: Go): Holding {
  const requesting = new Map<string, Promise<string>>();
  const releasing = new Map<string, Promise<Answer | "stale">>();
  const release = async (held: Held, row: ApprovalRow, verdict: Verdict): Promise<Answer | "stale"> => {
    const running = releasing.get(row.id);
    if (running !== undefined) return running;
    // The action keeps the id it was held under, whoever's retry releases it.
    const attempt = { ...held.attempt, id: row.action_id as Attempt["id"] };
    const departing = go(
      attempt,
      { verdict, observed: null, approval: row.id },
      held.forward,
      consumeApproval(row.id, attempt.id, outside.ambient.now()),
    ).finally(() => releasing.delete(row.id));
    releasing.set(row.id, departing);
    return departing;
  };

  const lifted = async (held: Held, row: ApprovalRow, renewals: number): Promise<Answer | "again"> => {
    const binding = JSON.parse(row.binding) as ApprovalBinding;
    const lift = { policySet: binding.policySet, policies: binding.policies };
    const verdict = outside.decide(questionOf(held.attempt), lift);
    if (verdict.kind !== "allow") {
      await withdraw(row, held, "policy_changed");
      if (verdict.kind === "deny") return refuse(outside, drafts, held.attempt, verdict);
      if (renewals >= RENEWALS_MAX) throw renewedTooOften(row.id);
      return settle({ ...held, verdict }, renewals + 1);
    }
    const answer = await release(held, row, verdict);
    return answer === "stale" ? "again" : told(row, held, answer);
  };

  const withdraw = async (row: ApprovalRow, held: Held, why: string): Promise<void> => {
    const entry = drafts.ended(withId(held.attempt, row), "approval.withdrawn", { approval: row.id, why });
    await outside.journal.append({
      entries: [entry],
      writes: [moveApproval(row.id, row.status, "withdrawn")],
    });
    outside.rows.markDelivered(row.id, outside.ambient.now());
  };

  /** Says the end to the asker, and remembers that it was said unless nobody was there to hear it. */
  const told = (row: ApprovalRow, held: Held, answer: Answer): Answer => {
    if (!held.asker.signal.aborted && held.asker.isHeard())
      outside.rows.markDelivered(row.id, outside.ambient.now());
    return answer;
  };

  const collect = async (row: ApprovalRow, held: Held): Promise<Answer> => {
    const running = releasing.get(row.id);
    const answer = running === undefined ? "stale" : await running;
    if (answer !== "stale") return told(row, held, answer);
    return told(row, held, recorded(outside, row));
  };

  const expire = async (row: ApprovalRow, held: Held): Promise<void> => {
    const entry = drafts.ended(withId(held.attempt, row), "approval.expired", { approval: row.id });
    await outside.journal.append({ entries: [entry], writes: [moveApproval(row.id, row.status, "expired")] });
    outside.waiters.wake(row.id);
  };

  const wait = async (row: ApprovalRow, held: Held, until: number): Promise<"again" | Answer> => {
    const left = until - outside.ambient.monotonic();
    if (left <= 0 || held.asker.signal.aborted) return stillHeld(row);
    const ms = Math.min(
      left,
      outside.limits.holdProgressMs,
      Math.max(1, row.expires_at - outside.ambient.now()),
    );
    // At once and then every while: whoever watches the client should not wonder for seconds why nothing happens.
    held.asker.waiting(`Waiting for a person to approve (${row.id}): ${row.reason}`);
    const how = await outside.waiters.wait(row.id, ms, held.asker.signal);
    return how === "gone" ? stillHeld(row) : "again";
  };

  const step = async (
    row: ApprovalRow,
    held: Held,
    clock: { until: number; renewals: number },
  ): Promise<"again" | Answer> => {
    const isPast = row.expires_at <= outside.ambient.now();
    switch (row.status) {
      case "requested":
        if (isPast) return expire(row, held).then(() => "again" as const);
        return wait(row, held, clock.until);
      case "approved":
        if (isPast) return expire(row, held).then(() => "again" as const);
        // Nobody waits: the approval stays, a single-use grant for the retry, until it expires.
        if (held.asker.signal.aborted) return stillHeld(row);
        return lifted(held, row, clock.renewals);
      case "consumed":
        return collect(row, held);
      default:
        return told(row, held, ended(row));
    }
  };

  // Two equal calls at once must find each other before either has a row to be found by.
  const joinOrRequest = async (held: Held): Promise<string> => {
    const digest = bindingDigest(bindingOf(held));
    const pending = requesting.get(digest);
    if (pending !== undefined) return pending;
    const known = outside.rows.undelivered(digest);
    if (known !== null) return known.id;
    const request = requestApproval(outside, drafts, held).finally(() => requesting.delete(digest));
    requesting.set(digest, request);
    return request;
  };

  const settle = async (held: Held, renewals: number): Promise<Answer> => {
    const until = outside.ambient.monotonic() + outside.limits.holdWaitMs;
    const id = await joinOrRequest(held);
    for (;;) {
      const row = outside.rows.approval(id);
      if (row === null) throw new Fault("bug", `approval ${id} is not in the store`, "Report this.");
      const answer = await step(row, held, { until, renewals });
      if (answer !== "again") return answer;
    }
  };
  return { hold: (attempt, verdict, asker, forward) => settle({ attempt, verdict, asker, forward }, 0) };
}

async function requestApproval(outside: Outside, drafts: Drafts, held: Held): Promise<string> {
  const binding = bindingOf(held);
  const digest = bindingDigest(binding);
  const { attempt, verdict } = held;
  const agentId = attempt.identity.chain.agents.at(-1) ?? "";
  if (outside.rows.openHolds(agentId) >= outside.limits.openHoldsPerAgentMax)
    throw tooManyHolds(outside, attempt);
  const requestedAt = outside.ambient.now();
  const id = outside.ambient.id("apr") as ApprovalId;
  const expiresAt = requestedAt + verdict.expiresAfterMs;
  await outside.journal.append({
    entries: [
      drafts.verdict(attempt, verdict),
      drafts.requested(attempt, verdict, { id, binding, expiresAt }),
    ],
    writes: [
      insertApproval({
        id,
        actionId: attempt.id,
        actionDigest: attempt.digest,
        bindingDigest: digest,
        binding: canonicalJson(binding as unknown as JsonObject),
        groups: canonicalJson([...verdict.groups]),
        agentId,
        agentName: attempt.identity.agentName,
        sessionId: attempt.identity.session,
        verb: attempt.action.verb,
        server: attempt.action.target.server,
        target: attempt.action.verb.startsWith("resources/")
          ? attempt.action.verb
          : attempt.action.target.name,
        effects: canonicalJson([...attempt.facts.effects]),
        reason: verdict.reason,
        requestedAt,
        expiresAt,
      }),
    ],
  });
  return id;
}

/** What the approval is bound to (T10). Labels are the empty set's digest until the flow engine labels values. */
function bindingOf({ attempt, verdict }: Held): ApprovalBinding {
  return {
    action: attempt.digest,
    session: attempt.identity.session,
    credential: attempt.identity.credential,
    tool: attempt.facts.fingerprint,
    server: attempt.action.destination.identity,
    labels: digestOf([]),
    policySet: verdict.policySet,
    policies: verdict.grounds.map((ground) => ground.policy).toSorted(),
  };
}

function withId(attempt: Attempt, row: ApprovalRow): Attempt {
  return { ...attempt, id: row.action_id as Attempt["id"] };
}

function stillHeld(row: ApprovalRow): Refused {
  return {
    kind: "held",
    action: row.action_id as Attempt["id"],
    code: "held",
    reason: row.reason,
    remedy: `A person must approve it: \`doorward approvals approve ${row.id}\`. Then send the same call again; it runs once.`,
    rules: (JSON.parse(row.binding) as ApprovalBinding).policies,
    approval: row.id,
  };
}

const ENDINGS: Readonly<Record<string, { readonly code: string; readonly reason: string }>> = {
  denied: { code: "approval_denied", reason: "A person refused this action." },
  expired: { code: "approval_expired", reason: "Nobody decided in time, so the request expired." },
  withdrawn: { code: "approval_withdrawn", reason: "The request was withdrawn." },
};

function ended(row: ApprovalRow): Refused {
  const ending = ENDINGS[row.status] ?? { code: "approval_ended", reason: `The request is ${row.status}.` };
  const note = (JSON.parse(row.decisions) as readonly { note?: string | null }[]).at(-1)?.note;
  return {
    ...stillHeld(row),
    kind: "refused",
    code: ending.code,
    reason: note ? `${ending.reason} Note: ${note}` : ending.reason,
    remedy: "Nothing was sent. If it is still needed, call again: that asks anew.",
  };
}

/** The end of an action that was released while its asker was away, from the ledger. */
function recorded(outside: Outside, row: ApprovalRow): Answer {
  const action = row.action_id as Attempt["id"];
  const entry = outside.rows.outcomeEntry(row.action_id);
  const bytes = entry === null ? null : outside.payload(entry, "result");
  const result = bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString("utf8")) as JsonObject);
  if (result !== null && !("fault" in result) && !("error" in result))
    return { kind: "result", action, result };
  return {
    ...stillHeld(row),
    kind: "refused",
    code: "outcome_unknown",
    reason: "The approved action was sent once, and its result is not known or no longer kept.",
    remedy: `Check at the server before you call again; it is not re-sent. Record: \`doorward receipts get ${action}\`.`,
  };
}

function tooManyHolds(outside: Outside, attempt: Attempt): Fault {
  return new Fault(
    "holds_exceeded",
    `agent ${attempt.identity.agentName} already has ${outside.limits.openHoldsPerAgentMax} actions waiting for people`,
    "Decide or deny the waiting ones (`doorward approvals list`), or wait until they expire.",
  );
}

function renewedTooOften(id: string): Fault {
  return new Fault(
    "policy_unsettled",
    `the policy changed again and again while ${id} was being released`,
    "Call again once the policy is settled. Nothing was sent.",
  );
}
