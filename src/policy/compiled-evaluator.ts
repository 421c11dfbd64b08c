import { authorize } from "#cedar";
import { Fault } from "#base";
import { outlook } from "./cedar-evaluator.ts";
import type { EvaluablePolicy, Evaluation, EvaluationRequest, Evaluator, Slice } from "./evaluator.ts";

/** Our own engine: what decides. Partial evaluation, which only trims lists, is left to the official one. */
export const compiledEvaluator: Evaluator = { evaluate, outlook };

function evaluate({ policies }: Slice, { environment }: EvaluationRequest): Evaluation {
  try {
    const { decision, reasons, errors } = authorize<EvaluablePolicy>(policies, environment);
    return {
      decision,
      reasons: reasons.length < 2 ? reasons : reasons.toSorted(),
      errors:
        errors.length < 2 ? errors : errors.toSorted((one, other) => (one.policy < other.policy ? -1 : 1)),
    };
  } catch (cause) {
    throw new Fault(
      "policy_failed",
      "the policy engine stopped while evaluating a policy",
      "Nothing was sent. Report the policy set and the log line.",
      cause,
    );
  }
}
