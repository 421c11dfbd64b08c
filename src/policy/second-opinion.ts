import type { PolicyId, Refusal, Verdict } from "#vocabulary";
import { cedarEvaluator } from "./cedar-evaluator.ts";
import { compiledEvaluator } from "./compiled-evaluator.ts";
import type { Evaluator } from "./evaluator.ts";
import { matchingRules } from "./judge.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Question } from "./question.ts";
import { requestOf, sceneOf } from "./request.ts";
import type { Rule } from "./rule.ts";

/** The same set, decided by the official Cedar engine: slow, and its instance is lost when it stops. */
export function officially(set: PolicySet): PolicySet {
  return { ...set, evaluator: cedarEvaluator };
}

/** Whether two engines said the same: the words around it may differ. */
export function isSameVerdict(one: Verdict, other: Verdict): boolean {
  return JSON.stringify(substance(one)) === JSON.stringify(substance(other));
}

function substance(verdict: Verdict): unknown {
  const policies = verdict.grounds.map(({ policy }) => policy).toSorted();
  const { kind, policySet } = verdict;
  if (verdict.kind === "deny") return [kind, policySet, policies, verdict.code];
  return verdict.kind === "hold"
    ? [kind, policySet, policies, verdict.groups, verdict.expiresAfterMs]
    : [kind, policySet, policies, verdict.marks ?? []];
}

/** Once the engines have disagreed: what both allow is allowed, what both hold for the same reasons is held. */
export function bothAllow(ours: Verdict, theirs: Verdict): Verdict {
  if (ours.kind === "deny") return ours;
  if (theirs.kind === "deny") return theirs;
  return isSameVerdict(ours, theirs) ? ours : disagreed(ours);
}

function disagreed({ policySet }: Verdict): Refusal {
  return {
    kind: "deny",
    policySet,
    grounds: [],
    code: "engines_disagree",
    reason: "Doorward's two policy engines do not agree on this action, so it is not sent.",
    remedy:
      "An admin looks at health.get and the ledger's entry policy.disagreement, and reports it with the policy that it names.",
  };
}

/** Policies of a principal that are evaluated alone at most: parsing each takes the official engine about 0.3 ms. */
const DISPUTED_MAX = 1_000;

/**
 * The policies of the set on which the two engines differ when each is evaluated alone, `suspects` first. Not for the
 * hot path.
 */
export function disputed(
  set: PolicySet,
  question: Question,
  suspects: ReadonlySet<PolicyId> = new Set(),
): readonly PolicyId[] {
  const scene = sceneOf(set, question);
  const found = question.principals.flatMap((principal) => {
    const request = requestOf(scene, principal);
    const say = (evaluator: Evaluator, rule: Rule): string => {
      const answer = evaluator.evaluate({ set: set.digest, policies: [rule] }, request);
      return JSON.stringify([answer.reasons, answer.errors.map(({ policy }) => policy)]);
    };
    const { live } = matchingRules(set, request);
    const inTurn = live.toSorted(
      (one, other) => Number(suspects.has(other.id)) - Number(suspects.has(one.id)),
    );
    return inTurn
      .slice(0, DISPUTED_MAX)
      .filter((rule) => say(compiledEvaluator, rule) !== say(cedarEvaluator, rule));
  });
  return [...new Set(found.map(({ id }) => id))].toSorted();
}
