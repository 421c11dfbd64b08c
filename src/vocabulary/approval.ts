import type { Digest } from "#base";
import type { ApprovalId, PolicyId, UserId } from "./ids.ts";

export type ApprovalStatus = "requested" | "approved" | "denied" | "expired" | "withdrawn" | "consumed";

/**
 * What an approval is bound to (T10). Two requests join only when every field is equal; an approval lifts
 * only `policies` of `policySet`.
 */
export type ApprovalBinding = {
  readonly action: Digest;
  readonly session: string;
  readonly credential: string;
  readonly tool: Digest | null;
  readonly server: Digest;
  /** Digest of where the action's values came from at decision time; of the empty set where that is not traced. */
  readonly labels: Digest;
  readonly policySet: Digest;
  readonly policies: readonly PolicyId[];
};

/** One person's answer. A refusal needs no quorum; approvals count per group. */
export interface Decision {
  readonly by: UserId;
  readonly answer: "approve" | "deny";
  readonly at: number;
  /** `console`, `cli` or `api`; chat platforms come later. */
  readonly via: string;
  readonly note: string | null;
}

export interface Approval {
  readonly id: ApprovalId;
  readonly status: ApprovalStatus;
  readonly binding: ApprovalBinding;
  readonly groups: readonly string[];
  readonly decisions: readonly Decision[];
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}
