import type { PolicyId, Verdict } from "#vocabulary";
import { checkChain, decide, type Lift } from "./decide.ts";
import type { EvaluationRequest } from "./evaluator.ts";
import type { CedarRecord } from "./input.ts";
import { evaluate, judge, matchingRules, readsAny } from "./judge.ts";
import type { PolicySet } from "./policy-set.ts";
import { type PrincipalFacts, type Question, toolId } from "./question.ts";
import { requestOf, type Scene, sceneOf } from "./request.ts";
import type { Rule } from "./rule.ts";
import { fill, wordsOf } from "./texts.ts";

/** Why a verdict came out as it did: `doorward policy why`. */
export interface Explanation {
  readonly verdict: Verdict;
  /** The Cedar action, its groups and the resource, as a policy would name them. */
  readonly action: string;
  readonly groups: readonly string[];
  readonly resource: string;
  /** What policies can see of the circumstances and arguments. Empty when the action could not be read. */
  readonly context: CedarRecord;
  /** Arguments that are missing or not of their declared type. */
  readonly doubtful: readonly string[];
  readonly principals: readonly PrincipalExplanation[];
}

export interface PrincipalExplanation {
  readonly type: "User" | "Agent";
  readonly id: string;
  readonly name: string;
  readonly answer: "allow" | "hold" | "deny";
  /** Every policy whose scope matches, sorted by id. */
  readonly policies: readonly PolicyExplanation[];
  /** How many policies of the set concern other principals, actions or resources. */
  readonly outOfScope: number;
}

export interface PolicyExplanation {
  readonly id: PolicyId;
  readonly effect: "permit" | "forbid";
  readonly outcome: "satisfied" | "not-satisfied" | "errs";
  /** For a satisfied forbid that an approval may lift. */
  readonly group: string | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly text: string;
}

/** Decides the question again and tells, for every principal, what each policy in scope says. Not for the hot path. */
export function explain(set: PolicySet, question: Question, lift?: Lift): Explanation {
  const verdict = decide(set, question, lift);
  const { verb, target } = question.action;
  const unread: Explanation = {
    verdict,
    action: verb === "tools/call" ? toolId(target.server, target.name) : verb,
    groups: [],
    resource: toolId(target.server, target.name),
    context: {},
    doubtful: [],
    principals: [],
  };
  return verdict.kind === "deny" && ["policy_failed", "tool_unknown"].includes(verdict.code)
    ? unread
    : { ...unread, ...readExplanation(set, question, lift) };
}

function readExplanation(set: PolicySet, question: Question, lift?: Lift): Partial<Explanation> {
  checkChain(question);
  const scene = sceneOf(set, question);
  const lifted = new Set(lift?.policySet === set.digest ? lift.policies : []);
  const principals = question.principals.map((principal) => {
    const { kind } = judge(set, principal, scene, lifted);
    const answer = kind === "allow" || kind === "hold" ? kind : "deny";
    return filled(explainPrincipal(set, principal, scene, answer), question);
  });
  return {
    groups: scene.action.parents.map((group) => group.id),
    resource: `${scene.resource.uid.type}::${JSON.stringify(scene.resource.uid.id)}`,
    context: scene.context,
    doubtful: scene.doubtful,
    principals,
  };
}

function explainPrincipal(
  set: PolicySet,
  principal: PrincipalFacts,
  scene: Scene,
  answer: PrincipalExplanation["answer"],
): PrincipalExplanation {
  const { type, id, name } = principal;
  const request = requestOf(scene, principal);
  const { live, broken } = matchingRules(set, request);
  const doubted = live.filter((rule) => readsAny(rule, scene.doubtful));
  const unfit = `it looks at ${scene.doubtful.join(", ")}, which is missing or not of its declared type`;
  const errors = new Map([
    ...broken.map(({ policy, message }): [PolicyId, string] => [policy, message]),
    ...doubted.map((rule): [PolicyId, string] => [rule.id, unfit]),
  ]);
  const matching = set.rules.filter((rule) => live.includes(rule) || errors.has(rule.id));
  const policies = matching.map((rule) => explainPolicy(set, rule, request, errors.get(rule.id) ?? null));
  return { type, id, name, answer, policies, outOfScope: set.rules.length - matching.length };
}

/** The policies' reasons as the question's people read them, not as their author wrote them. */
function filled(explained: PrincipalExplanation, question: Question): PrincipalExplanation {
  const words = wordsOf(question);
  const policies = explained.policies.map((policy) => ({
    ...policy,
    reason: policy.reason === null ? null : fill(policy.reason, words),
  }));
  return { ...explained, policies };
}

/** Alone, so that each policy's own outcome shows: together Cedar names only what decided. */
function explainPolicy(
  set: PolicySet,
  rule: Rule,
  request: EvaluationRequest,
  broken: string | null,
): PolicyExplanation {
  const { id, effect, reason, text } = rule;
  const group = rule.hold?.group ?? null;
  if (broken !== null) return { id, effect, outcome: "errs", group, reason, error: broken, text };
  const alone = evaluate(set, [rule], request);
  const error = alone.errors[0]?.message ?? null;
  const outcome = error !== null ? "errs" : alone.reasons.includes(id) ? "satisfied" : "not-satisfied";
  return { id, effect, outcome, group, reason, error, text };
}
