import type { Digest } from "#base";
import type { Escalation, EscalationStep } from "./approval.ts";
import type { PolicyId } from "./ids.ts";

/** One policy that determined a verdict, with the words its author wrote for people. */
export interface Ground {
  readonly policy: PolicyId;
  readonly reason: string;
}

/**
 * The engine's answer to an action: exactly one of three, always with the policy set it was decided under.
 * `code` is stable and listed in `docs/reference/errors.md`; `reason` and `remedy` are sentences for people.
 */
export type Verdict = Allowance | Refusal | Hold;

interface Allowance {
  readonly kind: "allow";
  readonly policySet: Digest;
  readonly grounds: readonly Ground[];
  /** `@mark` of the permits that determined it: how what comes of the action is marked. Sorted; absent where none. */
  readonly marks?: readonly string[];
}

export interface Refusal {
  readonly kind: "deny";
  readonly policySet: Digest;
  readonly grounds: readonly Ground[];
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  /** ISO 8601: when the same would be answered otherwise, where time alone does that. */
  readonly until?: string;
}

export interface Hold {
  readonly kind: "hold";
  readonly policySet: Digest;
  /** The holdable forbids that an approval would lift: these ids of this policy set, nothing else. */
  readonly grounds: readonly Ground[];
  /** Lines such as `finance, 2, not-owner`: every one must be met. Non-empty, sorted. */
  readonly groups: readonly string[];
  /** Who may answer too, and when; absent: nobody else. */
  readonly escalation?: readonly Escalation[];
  /** Lines of those who may break the glass, who must be of every one; absent: nobody may. */
  readonly glass?: readonly string[];
  /** What each rule behind it says, from which the settings make the lines above; absent: nothing is left to say. */
  readonly terms?: readonly HoldTerms[];
  readonly reason: string;
  readonly remedy: string;
  readonly expiresAfterMs: number;
}

/** How one rule holds. Null where its author left it to the settings. */
export interface HoldTerms {
  /** `admins`, or `finance, 2, not-owner, not-requester`, in its canonical spelling. */
  readonly group: string;
  readonly expiresAfterMs: number | null;
  /** Empty: never. */
  readonly escalation: readonly EscalationStep[] | null;
  /** `oncall`, or with options as in `group`; null: the glass cannot be broken. */
  readonly glass: string | null;
}
