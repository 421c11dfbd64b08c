import type { Environment } from "./environment.ts";
import { evaluatePolicy, type Policy, type PolicyFailure } from "./policy.ts";

/** Cedar's answer: the satisfied forbids decide, or else the satisfied permits. What errs is skipped, and named. */
export interface Authorization {
  readonly decision: "allow" | "deny";
  /** Ids of the policies that determine the decision, in the order given. */
  readonly reasons: readonly string[];
  readonly errors: readonly (PolicyFailure & { readonly policy: string })[];
}

/** Of policies whose scope matches the request (see `indexByScope`). */
export function authorize(policies: readonly Policy[], environment: Environment): Authorization {
  const permits: string[] = [];
  const forbids: string[] = [];
  const errors: Authorization["errors"][number][] = [];
  for (const policy of policies) {
    const outcome = evaluatePolicy(policy, environment);
    if (outcome === "satisfied") (policy.effect === "permit" ? permits : forbids).push(policy.id);
    else if (outcome !== "unsatisfied") {
      errors.push({ policy: policy.id, kind: outcome.kind, message: outcome.message });
    }
  }
  if (forbids.length > 0) return { decision: "deny", reasons: forbids, errors };
  return { decision: permits.length > 0 ? "allow" : "deny", reasons: permits, errors };
}
