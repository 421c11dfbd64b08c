import type { EvaluablePolicy, Evaluation, EvaluationRequest, Evaluator } from "./evaluator.ts";

/** Answers kept; when full, all are forgotten. */
export const EVALUATIONS_MAX = 4_096;
/** A request whose key would be longer is evaluated each time: policies read large arguments of it. */
export const KEY_CHARACTERS_MAX = 4_096;

/**
 * An evaluator that asks the one behind it once per different question. Sound because an evaluation is a pure function
 * of policies and request, and of the arguments it can see only those that its policies read. One per policy set, so
 * what is kept goes with the set.
 */
export function remembering(behind: Evaluator): Evaluator {
  const known = new Map<string, Evaluation>();
  return {
    outlook: behind.outlook,
    evaluate: (slice, request) => {
      const key = `${slice.key}\n${JSON.stringify(seen(slice.policies, request))}`;
      const kept = known.get(key);
      if (kept !== undefined) return kept;
      const evaluation = behind.evaluate(slice, request);
      if (known.size >= EVALUATIONS_MAX) known.clear();
      if (key.length <= KEY_CHARACTERS_MAX) known.set(key, evaluation);
      return evaluation;
    },
  };
}

/** The request without the arguments that no policy of the slice looks at. */
function seen(policies: readonly EvaluablePolicy[], request: EvaluationRequest): EvaluationRequest {
  const { input } = request.context;
  if (typeof input !== "object" || Array.isArray(input)) return request;
  if (policies.some(({ reads }) => reads === "all")) return request;
  const read = new Set(policies.flatMap(({ reads }) => (reads === "all" ? [] : [...reads])));
  const looked = Object.entries(input).filter(([name]) => read.has(name));
  return {
    ...request,
    context: {
      ...request.context,
      input: Object.fromEntries(looked.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
}
