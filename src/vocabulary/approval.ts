import type { Digest } from "#base";
import type { AgentId, ApprovalId, PolicyId, UserId } from "./ids.ts";

export type ApprovalStatus = "requested" | "approved" | "denied" | "expired" | "withdrawn" | "consumed";

/**
 * What an approval is bound to (T10). Two requests join only when every field is equal; an approval lifts
 * only `policies` of `policySet`. Formats: docs/formats/approvals.md.
 */
export type ApprovalBinding = {
  readonly action: Digest;
  readonly session: string;
  readonly credential: string;
  /** Digest of the chain of principals: the user, every agent, and the delegations between them. */
  readonly chain: Digest;
  /** Digest of the versions of the chain's agents: what people set about each. */
  readonly agents: Digest;
  readonly tool: Digest | null;
  readonly server: Digest;
  /** Digest of where the action's values came from at decision time; of the empty set where that is not traced. */
  readonly labels: Digest;
  readonly policySet: Digest;
  readonly policies: readonly PolicyId[];
};

/** Who an action that waits is done for and by: those whose own request it is. */
export interface ApprovalChain {
  /** Null: for nobody, with the agent's own rights alone. */
  readonly user: UserId | null;
  readonly agents: readonly AgentId[];
}

/** The message on a platform by which somebody answered, or whose link brought them to the console, as the platform names it. */
export interface DecidedFrom {
  /** Name of the channel. */
  readonly channel: string;
  /** Workspace, guild or home server; null where the platform has none. */
  readonly tenant: string | null;
  /** Null: they came by the message's link, which says nothing of any account there. */
  readonly platformUser: string | null;
  readonly message: string | null;
  /** Id of the card; null in decisions that are older than this member. */
  readonly post: string | null;
}

/**
 * One person's answer. A refusal needs no quorum; approvals count per group. `break-glass` lifts the hold alone, and
 * somebody else has to look at it afterwards.
 */
export interface Decision {
  readonly by: UserId;
  readonly answer: "approve" | "deny" | "break-glass";
  readonly at: number;
  /** `console`, `cli`, `api` or `mcp`, or the name of a channel. */
  readonly via: string;
  readonly note: string | null;
  /** With whose duty it was given, where the giver has none of their own here. */
  readonly standsInFor: readonly UserId[];
  /** Where it came through a channel. */
  readonly from: DecidedFrom | null;
  /** What a no stopped with it. */
  readonly stopped?: "agent" | "session";
}

/** That one who may answer opened the request, for the first time. */
export interface Sighting {
  readonly by: UserId;
  readonly at: number;
  readonly via: string;
}

/** From `afterMs` after the request on, members of `group` may answer too. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly group: string;
}

/** For one line of `groups`, as it is written there; the steps in the order of their times. */
export interface Escalation {
  readonly of: string;
  readonly steps: readonly EscalationStep[];
}

export interface Approval {
  readonly id: ApprovalId;
  readonly status: ApprovalStatus;
  readonly binding: ApprovalBinding;
  /** Lines such as `finance, 2, not-owner`: every one must be met. */
  readonly groups: readonly string[];
  readonly escalation: readonly Escalation[];
  /** Lines such as `oncall`, of those who may break the glass: they must be of every one. Empty: nobody may. */
  readonly glass: readonly string[];
  readonly decisions: readonly Decision[];
  readonly seen: readonly Sighting[];
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}
