import { type Approver, denyIfUnreachable, HOLD_DEFAULTS, type HoldDefaults, settledHold } from "#approvals";
import type { Digest } from "#base";
import type { Budgets } from "#budgets";
import type { Crosscheck } from "#crosscheck";
import { rolesGive } from "#identity";
import { decide, type Lift, type PolicySet, type Question } from "#policy";
import type { Store } from "#store";
import type { Hold, Verdict } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./columns.ts";
import type { Asked, Outside } from "./outside.ts";

/** SHA-256 of no bytes: the digest in force while no policy set is active. */
export const NO_POLICY: Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface Deciding {
  readonly policy: () => PolicySet | null;
  readonly budgets: Pick<Budgets, "overlay">;
  readonly store: Pick<Store, "connection">;
  /** Holds what is decided to the official engine; absent, nothing is. */
  readonly crosscheck?: Pick<Crosscheck, "consult" | "settled">;
  /** What holds come to where rules leave it open. */
  readonly holds?: HoldDefaults;
}

/** What policy says, held against the budgets; a hold that nobody could answer is a deny. */
export function createDecide({ policy, budgets, store, crosscheck, holds }: Deciding): Outside["decide"] {
  const approvers = approversOf(store);
  return (asked, lift) => {
    const set = policy();
    const ours = decided(set, asked, lift);
    const verdict =
      set === null || crosscheck === undefined
        ? ours
        : crosscheck.settled({ set, question: questionIn(asked), lift: lift ?? null }, ours);
    const held = budgeted(verdict, asked, lift, budgets);
    if (held.kind !== "hold") return held;
    return reachable(settledHold(held, holds ?? HOLD_DEFAULTS), asked, approvers());
  };
}

/** See `Outside.consult`. */
export function createConsult({ policy, crosscheck }: Deciding): NonNullable<Outside["consult"]> {
  return (asked, lift) => {
    const set = policy();
    if (set === null || crosscheck === undefined) return null;
    return crosscheck.consult({ set, question: questionIn(asked), lift: lift ?? null });
  };
}

/** What policy sees of it; the budgets' own state stays here. */
function questionIn({ standing: _standing, ...question }: Asked): Question {
  return question;
}

function decided(set: PolicySet | null, question: Question, lift: Lift | undefined): Verdict {
  if (set !== null) return lift === undefined ? decide(set, question) : decide(set, question, lift);
  return {
    kind: "deny",
    policySet: NO_POLICY,
    grounds: [],
    code: "policy_missing",
    reason: "No policy set is active, so nothing is allowed.",
    remedy: "An admin activates one: `doorward policy activate FILE`.",
  };
}

/** What people lifted counts only for the policy set that they were asked under, for budgets as for policies. */
function budgeted(
  verdict: Verdict,
  { standing }: Asked,
  lift: Lift | undefined,
  budgets: Deciding["budgets"],
): Verdict {
  if (standing === undefined) return verdict;
  const lifted = lift?.policySet === verdict.policySet ? lift.policies : [];
  return budgets.overlay(verdict, standing, new Set(lifted));
}

/** A hold that too few could answer denies and says so. People are looked up for holds alone. */
function reachable(hold: Hold, { principals }: Question, approvers: readonly Approver[]): Verdict {
  const owners = principals.map((one) => userIdOf(one.type === "Agent" ? one.owner : one.id));
  const users = principals.flatMap((one) => (one.type === "User" ? [userIdOf(one.id)] : []));
  const requesters = users.length > 0 ? users : owners.slice(-1);
  return denyIfUnreachable(hold, { approvers, owners, requesters });
}

/** Everyone who may answer at all, as they are when it is called. */
export function approversOf(store: Deciding["store"]): () => readonly Approver[] {
  const users = store.connection.prepare("SELECT id, roles, groups FROM users WHERE disabled_at IS NULL");
  return () =>
    users
      .all()
      .map((row) => ({
        user: userIdOf(String(row["id"])),
        roles: rolesOf(String(row["roles"])),
        groups: textsOf(String(row["groups"])),
      }))
      // A group alone lets nobody answer.
      .filter(({ roles }) => rolesGive(roles, "approvals.decide"));
}
