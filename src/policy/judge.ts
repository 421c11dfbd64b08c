import type { PolicyId } from "#vocabulary";
import type { Evaluation, EvaluationError, EvaluationRequest } from "./evaluator.ts";
import type { PolicySet } from "./policy-set.ts";
import type { PrincipalFacts } from "./question.ts";
import { requestOf, type Scene } from "./request.ts";
import type { Rule } from "./rule.ts";

/** What the set says to one principal. */
export type Judgement =
  | { readonly kind: "allow"; readonly permits: readonly PolicyId[] }
  | { readonly kind: "hold"; readonly forbids: readonly Rule[] }
  | { readonly kind: "forbidden"; readonly forbids: readonly Rule[] }
  | { readonly kind: "silent" }
  | { readonly kind: "policy_error"; readonly errors: readonly EvaluationError[] }
  /** Arguments that a policy looks at do not have their declared type: what it would say means nothing. */
  | { readonly kind: "doubtful"; readonly names: readonly string[]; readonly rules: readonly Rule[] };

/**
 * Cedar's answer is an input to the judgement. A forbid that errs, which Cedar skips, denies, and so does one that
 * looks at doubtful arguments; a permit that looks at them is not satisfied. Satisfied forbids that are lifted count
 * for nothing; if any other cannot be held, deny; if a permit stands behind those that can, hold.
 */
export function judge(
  set: PolicySet,
  principal: PrincipalFacts,
  scene: Scene,
  lifted: ReadonlySet<PolicyId>,
): Judgement {
  const request = requestOf(scene, principal);
  const { live, broken } = matchingRules(set, request);
  if (broken.length > 0) return { kind: "policy_error", errors: broken };
  if (scene.doubtful.length === 0) return judgeSure({ set, live, request }, lifted);
  const doubted = byId(live).filter((rule) => readsAny(rule, scene.doubtful));
  const forbids = doubted.filter((rule) => rule.effect === "forbid");
  if (forbids.length > 0) return doubtfulOf(forbids, scene);
  const sure = live.filter((rule) => !doubted.includes(rule));
  const judgement = judgeSure({ set, live: sure, request }, lifted);
  return judgement.kind === "silent" && doubted.length > 0 ? doubtfulOf(doubted, scene) : judgement;
}

function judgeSure(matter: Matter, lifted: ReadonlySet<PolicyId>): Judgement {
  const { set, live, request } = matter;
  const answer = evaluate(set, live, request);
  const errors = answer.errors.filter((error) => ruleOf(live, error.policy)?.effect === "forbid");
  if (errors.length > 0) return { kind: "policy_error", errors };
  if (answer.decision === "allow") return { kind: "allow", permits: answer.reasons };
  const satisfied = answer.reasons.flatMap((id) => ruleOf(live, id) ?? []);
  return satisfied.length === 0 ? { kind: "silent" } : behindForbids(matter, satisfied, lifted);
}

interface Matter {
  readonly set: PolicySet;
  readonly live: readonly Rule[];
  readonly request: EvaluationRequest;
}

function behindForbids(
  { set, live, request }: Matter,
  satisfied: readonly Rule[],
  lifted: ReadonlySet<PolicyId>,
): Judgement {
  const standing = satisfied.filter((rule) => rule.hold === null || !lifted.has(rule.id));
  const firm = standing.filter((rule) => rule.hold === null);
  if (firm.length > 0) return { kind: "forbidden", forbids: firm };
  // Every other forbid was just found unsatisfied without an error, so leaving all of them out changes nothing.
  const permits = live.filter((rule) => rule.effect === "permit");
  const answer = evaluate(set, permits, request);
  if (answer.decision !== "allow") return { kind: "silent" };
  return standing.length > 0
    ? { kind: "hold", forbids: standing }
    : { kind: "allow", permits: answer.reasons };
}

function doubtfulOf(rules: readonly Rule[], scene: Scene): Judgement {
  return {
    kind: "doubtful",
    names: scene.doubtful.filter((name) => rules.some((rule) => readsAny(rule, [name]))),
    rules,
  };
}

export function readsAny(rule: Rule, names: readonly string[]): boolean {
  const { reads } = rule;
  return names.length > 0 && (reads === "all" || names.some((name) => reads.has(name)));
}

export interface Matching {
  readonly live: readonly Rule[];
  /** Forbids that no longer fit the accepted tools, as the errors they stand for. */
  readonly broken: readonly EvaluationError[];
}

/** The rules whose scope matches. Broken permits are left out: they are never satisfied. */
export function matchingRules(set: PolicySet, request: EvaluationRequest): Matching {
  const matching = set.index.matching(request.environment);
  if (matching.every((rule) => rule.broken === null)) return { live: matching, broken: [] };
  const broken = byId(matching).flatMap((rule) =>
    rule.broken !== null && rule.effect === "forbid" ? [{ policy: rule.id, message: rule.broken }] : [],
  );
  return { live: matching.filter((rule) => rule.broken === null), broken };
}

/** As people read them; deciding needs no order. */
function byId(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

const NOTHING: Evaluation = { decision: "deny", reasons: [], errors: [] };

export function evaluate(set: PolicySet, rules: readonly Rule[], request: EvaluationRequest): Evaluation {
  return rules.length === 0 ? NOTHING : set.evaluator.evaluate({ set: set.digest, policies: rules }, request);
}

function ruleOf(rules: readonly Rule[], id: PolicyId): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
