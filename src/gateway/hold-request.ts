import { bindingDigest } from "#approvals";
import { canonicalJson, type Digest, digestOf, Fault } from "#base";
import type { ApprovalBinding, FlowFacts, Hold, Identity } from "#vocabulary";
import { approvalIdOf, bindingColumn } from "./columns.ts";
import { type Drafts, escalationJson, knownName } from "./drafts.ts";
import type { Attempt, Outside } from "./outside.ts";
import { insertApproval, type NewApproval } from "./rows.ts";

/** An attempt and the verdict that holds it. */
export interface Cause {
  readonly attempt: Attempt;
  readonly verdict: Hold;
}

/** What the approval is bound to (T10). */
export function bindingOf({ attempt, verdict }: Cause): ApprovalBinding {
  return {
    action: attempt.digest,
    session: attempt.identity.session,
    credential: attempt.identity.credential,
    chain: chainDigest(attempt.identity),
    agents: agentsDigest(attempt),
    tool: attempt.facts.fingerprint,
    server: attempt.action.destination.identity,
    labels: labelsOf(attempt.flow),
    policySet: verdict.policySet,
    policies: verdict.grounds.map((ground) => ground.policy).toSorted(),
  };
}

/** Of the user, every agent, and the delegations by which the one acts for the other. */
export function chainDigest({ chain, delegations = [] }: Identity): Digest {
  return digestOf({ user: chain.user, agents: [...chain.agents], delegations: [...delegations] });
}

/**
 * Of the versions of the chain's agents: what people set about each. Who answers for it, what it is called, what it was
 * granted, its stage, and what else stands in `AgentFacts.version`.
 */
export function agentsDigest({ principals }: Pick<Attempt, "principals">): Digest {
  const agents = principals.flatMap((one) =>
    one.type === "Agent"
      ? [
          {
            id: one.id,
            name: one.name,
            owner: one.owner,
            granted: one.grantedTools.toSorted(),
            version: one.version ?? null,
          },
        ]
      : [],
  );
  return digestOf(agents);
}

/**
 * Whether a request that is there was made for this attempt. The rules that it lifts, and where the values came from,
 * are looked at when it is released.
 */
export function isBoundTo({ binding }: { readonly binding: string }, attempt: Attempt): boolean {
  const asked = bindingColumn(binding);
  const { labels, policySet, policies } = asked;
  const grounds = policies.map((policy) => ({ policy, reason: "" }));
  const now = bindingOf({ attempt, verdict: { ...NO_HOLD, policySet, grounds } });
  return bindingDigest({ ...now, labels }) === bindingDigest(asked);
}

const NO_HOLD = { kind: "hold", groups: [], reason: "", remedy: "", expiresAfterMs: 0 } as const;

/**
 * Digest of what is known of where the values of an action came from. How tainted the session is by now is not of the action:
 * rules that ask for it are decided anew at release. Of nothing where nothing is traced.
 */
export function labelsOf(flow: FlowFacts | undefined): Digest {
  if (flow === undefined) return digestOf([]);
  const { tainted: _tainted, overflowed: _overflowed, origins, doubts, carries, ...rest } = flow;
  const roles = Object.fromEntries(Object.entries(origins).map(([role, found]) => [role, [...found]]));
  const seen = doubts.map((doubt) => ({ ...doubt, seenIn: [...doubt.seenIn] }));
  return digestOf({ ...rest, carries: [...carries], origins: roles, doubts: seen });
}

/** Writes the held verdict and the request down, together; answers the approval's id. Throws `holds_exceeded`. */
export async function requestApproval(outside: Outside, drafts: Drafts, cause: Cause): Promise<string> {
  const { attempt, verdict } = cause;
  const agentId = attempt.identity.chain.agents.at(-1) ?? "";
  if (outside.rows.openHolds(agentId, outside.ambient.now()) >= outside.limits.openHoldsPerAgentMax)
    throw tooManyHolds(outside, attempt);
  const id = approvalIdOf(outside.ambient.id("apr"));
  const requestedAt = outside.ambient.now();
  const expiresAt = requestedAt + verdict.expiresAfterMs;
  const request = { id, expiresAt };
  const nextStepAt = firstStepAt(verdict, requestedAt);
  const row = { ...rowOf(cause), id, agentId, requestedAt, expiresAt, nextStepAt };
  const kept = await outside.journal.append({
    entries: [
      drafts.verdict(attempt, verdict, outside.tracing?.restricted(attempt)),
      drafts.requested(attempt, verdict, request),
    ],
    writes: [insertApproval(row, outside.limits.openHoldsPerAgentMax)],
  });
  // Others of the same agent were counted before ours, within the same commit.
  if (kept.kind === "stale") throw tooManyHolds(outside, attempt);
  return id;
}

function firstStepAt({ escalation = [] }: Hold, requestedAt: number): number | null {
  const times = escalation.flatMap(({ steps }) => steps.map((step) => requestedAt + step.afterMs));
  return times.length === 0 ? null : Math.min(...times);
}

type Times = "id" | "agentId" | "requestedAt" | "expiresAt" | "nextStepAt";

function rowOf(cause: Cause): Omit<NewApproval, Times> {
  const { attempt, verdict } = cause;
  const { action, identity } = attempt;
  const binding = bindingOf(cause);
  return {
    actionId: attempt.id,
    actionDigest: attempt.digest,
    bindingDigest: bindingDigest(binding),
    binding: canonicalJson(binding),
    groups: canonicalJson([...verdict.groups]),
    escalation: canonicalJson((verdict.escalation ?? []).map(escalationJson)),
    glass: canonicalJson([...(verdict.glass ?? [])]),
    chain: canonicalJson({ user: identity.chain.user, agents: [...identity.chain.agents] }),
    agentName: identity.agentName,
    sessionId: identity.session,
    verb: action.verb,
    server: action.target.server,
    // The whole action is in the payload, for those who may read it.
    target: knownName(action) ?? action.verb,
    effects: canonicalJson([...attempt.facts.effects]),
    reason: verdict.reason,
  };
}

function tooManyHolds(outside: Outside, attempt: Attempt): Fault {
  return new Fault(
    "holds_exceeded",
    `agent ${attempt.identity.agentName} already has ${outside.limits.openHoldsPerAgentMax} actions waiting for people`,
    "Decide or deny the waiting ones (`doorward approvals list`), or wait until they expire.",
  );
}
