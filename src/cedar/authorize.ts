import { type Environment, sceneOf } from "./environment.ts";
import { evaluatePolicy, type Policy, type PolicyFailure } from "./policy.ts";

/** Cedar's answer: the satisfied forbids decide, or else the satisfied permits. What errs is skipped, and named. */
export interface Authorization<Id extends string = string> {
  readonly decision: "allow" | "deny";
  /** Ids of the policies that determine the decision, in the order in which the policies were given. */
  readonly reasons: readonly Id[];
  readonly errors: readonly (PolicyFailure & { readonly policy: Id })[];
}

/** Of policies whose scope matches the request (see `indexByScope`). */
export function authorize<P extends Policy>(
  policies: readonly P[],
  environment: Environment,
): Authorization<P["id"]> {
  const permits: P["id"][] = [];
  const forbids: P["id"][] = [];
  const errors: (PolicyFailure & { readonly policy: P["id"] })[] = [];
  const scene = sceneOf(environment);
  for (const policy of policies) {
    const { id, effect } = policy;
    const outcome = evaluatePolicy(policy, scene);
    if (outcome === "satisfied") (effect === "permit" ? permits : forbids).push(id);
    else if (outcome !== "unsatisfied")
      errors.push({ policy: id, kind: outcome.kind, message: outcome.message });
  }
  if (forbids.length > 0) return { decision: "deny", reasons: forbids, errors };
  return { decision: permits.length > 0 ? "allow" : "deny", reasons: permits, errors };
}
