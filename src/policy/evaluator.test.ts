import { describe, expect, test } from "vitest";
import { indexByScope } from "#cedar";
import { ANN, ask, compiled, NOTES, TOOLS } from "../../tests/samples/policy.ts";
import { cedarEvaluator } from "./cedar-evaluator.ts";
import { compilePolicies } from "./compile.ts";
import { compiledEvaluator } from "./compiled-evaluator.ts";
import type { Evaluator } from "./evaluator.ts";
import { matchingRules } from "./judge.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Rule } from "./rule.ts";
import { requestOf, sceneOf } from "./request.ts";
import { bothAllow, disputed, isSameVerdict, officially } from "./second-opinion.ts";
import { decide } from "./decide.ts";

// One table for both engines behind the port: what a policy's condition comes to, and in which words it errs.
const CONDITIONS: readonly (readonly [string, "satisfied" | "unsatisfied" | RegExp])[] = [
  ['context.stage == "enforce"', "satisfied"],
  ['context.input.path like "/tmp/*"', "satisfied"],
  ['context.input.path like "*tmp*y"', "unsatisfied"],
  [
    "context.input has depth && context.input.depth + 9223372036854775807 > 0",
    /integer overflow while attempting to add/,
  ],
  ["9007199254740993 == 9007199254740992", "unsatisfied"],
  ["context.input.depth - 7 == 0", "satisfied"],
  ['context.input.tags.containsAll(["a", "b"])', "satisfied"],
  ['context.input.tags == ["b", "a", "a"]', "satisfied"],
  ["context.input.force", "satisfied"],
  ['principal.name == "notes"', "satisfied"],
  ["principal.grantedTools.contains(resource)", "satisfied"],
  ['resource in Doorward::Server::"fs"', "satisfied"],
  ['ip("10.1.2.3").isInRange(ip("10.0.0.0/8"))', "satisfied"],
  ["ip(context.input.path).isIpv4()", /invalid IP address/],
  ['datetime("2024-02-29").toDate() < datetime("2024-03-01")', "satisfied"],
  ['decimal("0.10") == decimal("0.1")', "satisfied"],
  ['action in Doorward::Action::"read" && !(action in Doorward::Action::"write")', "satisfied"],
];

const VALUES = { path: "/tmp/x", depth: 7, tags: ["a", "b"], force: true };
const GRANTED = { ...NOTES, grantedTools: ["fs/read_file"] };

/** As reloaded, for many of these would not validate; what the tools do not fit is taken as it is. */
function setOf(condition: string): PolicySet {
  const head = 'permit (principal is Doorward::Agent, action == Doorward::Action::"fs/read_file", resource)';
  const read = compilePolicies(`@id("p") ${head} when { ${condition} };`, TOOLS, "reload");
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return withRules(
    read.set,
    read.set.rules.map((rule) => ({ ...rule, broken: null })),
  );
}

function withRules(set: PolicySet, rules: readonly Rule[]): PolicySet {
  return { ...set, rules, byId: new Map(rules.map((rule) => [rule.id, rule])), index: indexByScope(rules) };
}

describe.each<[string, Evaluator]>([
  ["our engine", compiledEvaluator],
  ["the official engine", cedarEvaluator],
])("%s", (_, evaluator) => {
  test.each(CONDITIONS)("%s is %s", (condition, outcome) => {
    const set = setOf(condition);
    const question = ask({ values: VALUES, principals: [GRANTED] });
    const request = requestOf(sceneOf(set, question), GRANTED);
    const { live } = matchingRules(set, request);
    const answer = evaluator.evaluate({ set: set.digest, policies: live }, request);
    const isErring = outcome instanceof RegExp;
    expect(answer.reasons).toEqual(outcome === "satisfied" ? ["p"] : []);
    expect(answer.errors.map(({ policy }) => policy)).toEqual(isErring ? ["p"] : []);
    expect(answer.errors[0]?.message ?? "").toMatch(isErring ? outcome : /^$/);
  });
});

test("a policy that one engine reads otherwise is found by name", () => {
  const set = compiled(
    '@id("a") permit (principal, action, resource); @id("b") forbid (principal, action, resource) when { context.stage == "observe" };',
  );
  const question = ask();
  expect(disputed(set, question)).toEqual([]);
  const rules = set.rules.map((rule) => (rule.id === "b" ? { ...rule, test: () => true } : rule));
  const broken = withRules(set, rules);
  expect(disputed(broken, question)).toEqual(["b"]);
  expect(isSameVerdict(decide(broken, question), decide(officially(broken), question))).toBe(false);
  expect(isSameVerdict(decide(set, question), decide(officially(set), question))).toBe(true);
});

test("what either engine denies is denied, and what they hold for other reasons too", () => {
  const allowing = compiled('@id("a") permit (principal, action, resource);');
  const holding = compiled(
    '@id("a") permit (principal, action, resource); @id("h") @hold("x") forbid (principal, action, resource);',
  );
  const question = ask({ principals: [ANN, NOTES] });
  const allow = decide(allowing, question);
  const hold = decide(holding, question);
  const deny = decide(allowing, ask({ name: "unknown" }));
  expect([allow.kind, hold.kind, deny.kind]).toEqual(["allow", "hold", "deny"]);
  expect(bothAllow(allow, allow)).toBe(allow);
  expect(bothAllow(hold, hold)).toBe(hold);
  expect(bothAllow(allow, deny)).toBe(deny);
  expect(bothAllow(deny, allow)).toBe(deny);
  expect(bothAllow(hold, allow)).toMatchObject({ kind: "deny", code: "engines_disagree" });
  expect(bothAllow(allow, hold)).toMatchObject({ kind: "deny", code: "engines_disagree" });
});
