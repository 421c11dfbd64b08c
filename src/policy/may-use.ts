import { checkChain } from "./decide.ts";
import { evaluate, matchingRules } from "./judge.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Question } from "./question.ts";
import { requestOf, sceneOf } from "./request.ts";
import type { EvaluationRequest, Outlook } from "./evaluator.ts";
import type { Rule } from "./rule.ts";

/** Answers kept per policy set; when full, all are forgotten. */
export const MAY_USE_ANSWERS_MAX = 10_000;

const answers = new WeakMap<PolicySet, Map<string, boolean>>();

/**
 * Whether the action could be allowed or held with some arguments; `question.action.arguments` are not looked at, nor
 * how budgets stand, which changes by itself. False only when it is denied whatever they are, so a list trimmed by it never hides what could be used. May say
 * true of what no argument makes usable. The answer is kept per set, principals, tool, stage and session.
 */
export function mayUse(set: PolicySet, question: Question): boolean {
  const known = answersOf(set);
  const { action, facts, principals, stage, session } = question;
  const key = JSON.stringify([
    action.verb,
    action.door,
    action.target,
    action.chain,
    action.model,
    facts.effects,
    principals,
    stage,
    session,
  ]);
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const answer = findOut(set, question);
  if (known.size >= MAY_USE_ANSWERS_MAX) known.clear();
  known.set(key, answer);
  return answer;
}

function answersOf(set: PolicySet): Map<string, boolean> {
  const known = answers.get(set) ?? new Map<string, boolean>();
  answers.set(set, known);
  return known;
}

/** What cannot be evaluated would be denied when called, so it may as well not be listed. */
function findOut(set: PolicySet, question: Question): boolean {
  try {
    checkChain(question);
    const scene = sceneOf(set, question);
    return question.principals.every((principal) => isOpenTo(set, requestOf(scene, principal)));
  } catch {
    return false;
  }
}

function isOpenTo(set: PolicySet, request: EvaluationRequest): boolean {
  const { live, broken } = matchingRules(set, request);
  if (broken.length > 0) return false;
  const fixed = live.filter((rule) => !readsArguments(rule));
  const { satisfied, errored } = outcomes(set, fixed, request);
  const shut = fixed.some(
    (rule) =>
      rule.effect === "forbid" && (errored.has(rule.id) || (rule.hold === null && satisfied.has(rule.id))),
  );
  if (shut) return false;
  const isPermitted = fixed.some((rule) => rule.effect === "permit" && satisfied.has(rule.id));
  // Without a firm forbid that is still open, a permit that stands is enough.
  const isSettled = live.every((rule) => fixed.includes(rule) || (isPermitted && isLoose(rule)));
  return isSettled ? isPermitted : isOpenForSome({ set, request }, live, isPermitted);
}

/** Which of these rules are satisfied and which err. Permits and forbids apart: Cedar names only one of the two. */
function outcomes(
  set: PolicySet,
  rules: readonly Rule[],
  request: EvaluationRequest,
): { satisfied: ReadonlySet<string>; errored: ReadonlySet<string> } {
  const sides = ["permit", "forbid"].map((effect) =>
    evaluate(
      set,
      rules.filter((rule) => rule.effect === effect),
      request,
    ),
  );
  return {
    satisfied: new Set(sides.flatMap((side) => side.reasons)),
    errored: new Set(sides.flatMap((side) => side.errors.map((error) => error.policy))),
  };
}

/**
 * With rules that look at the arguments, Cedar's partial evaluation says what holds for every input. Only two of its
 * answers are used: a firm forbid that is satisfied by any input, and a permit that could be satisfied by one.
 */
function isOpenForSome(
  { set, request }: { set: PolicySet; request: EvaluationRequest },
  live: readonly Rule[],
  isPermitted: boolean,
): boolean {
  const permits = live.filter((rule) => rule.effect === "permit");
  const firm = live.filter((rule) => rule.effect === "forbid" && rule.hold === null);
  const found = outlookOf(set, live, request);
  if (found === null) return isPermitted || permits.length > 0;
  const isShut = firm.some((rule) => found.satisfied.includes(rule.id));
  if (isShut) return false;
  const usable = [...found.satisfied, ...found.open];
  return isPermitted || permits.some((rule) => usable.includes(rule.id));
}

/** Null where partial evaluation fails: then nothing may be ruled out by it. */
function outlookOf(set: PolicySet, live: readonly Rule[], request: EvaluationRequest): Outlook | null {
  try {
    return set.evaluator.outlook({ set: set.digest, policies: live }, request);
  } catch {
    return null;
  }
}

function isLoose({ effect, hold }: Rule): boolean {
  return effect === "permit" || hold !== null;
}

function readsArguments(rule: Rule): boolean {
  const { readsBudget, readsFlow, readsModel, reads } = rule;
  return readsBudget || readsFlow || readsModel || reads === "all" || reads.size > 0;
}
