import { type Digest, Fault } from "#base";
import type { PolicyId, Verdict } from "#vocabulary";
import { refusedByDelegation } from "./delegation.ts";
import { judge } from "./judge.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Question } from "./question.ts";
import { sceneOf } from "./request.ts";
import { failedClosed, merge } from "./verdict.ts";

/** What people approved: these policies of this set, nothing else. */
export interface Lift {
  readonly policySet: Digest;
  readonly policies: readonly PolicyId[];
}

/**
 * The verdict on one action of a principal chain. Every principal is decided by itself; over the chain deny beats
 * hold beats allow, and the groups of holds unite. Deterministic and without effects; whatever goes wrong inside is
 * a deny.
 */
export function decide(set: PolicySet, question: Question, lift?: Lift): Verdict {
  try {
    checkChain(question);
    const refused = refusedByDelegation(set, question);
    if (refused !== null) return refused;
    const scene = sceneOf(set, question);
    const lifted = new Set(lift?.policySet === set.digest ? lift.policies : []);
    const judged = question.principals.map((principal) => ({
      principal,
      judgement: judge(set, principal, scene, lifted),
    }));
    return merge(set, question, judged);
  } catch (cause) {
    return failedClosed(set, question, cause);
  }
}

/** Facts about other principals than those that act would decide another question. */
export function checkChain({ action, principals }: Question): void {
  const { user, agents } = action.chain;
  const expected = [...(user === null ? [] : [`User ${user}`]), ...agents.map((id) => `Agent ${id}`)];
  const given = principals.map(({ type, id }) => `${type} ${id}`);
  if (expected.length > 0 && expected.join("\n") === given.join("\n")) return;
  throw new Fault(
    "policy_failed",
    "the facts at hand are not about the principals of this action",
    "Nothing was sent. Report this with the log line.",
  );
}
