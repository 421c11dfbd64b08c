import { assert } from "#base";
import { type AgentFacts, compilePolicies, type PolicySet, runPolicyTests } from "#policy";
import { blockOf, marksOf, type ProposedRule, type Rule, targetName } from "./compose.ts";
import { diffOf } from "./diff.ts";
import type { Known, TargetSeen } from "./observer.ts";
import { type Learned, ruleOf } from "./rules.ts";
import { testsOf } from "./tests.ts";

/** What is proposed for one agent. */
export interface Proposal {
  /** The whole new text: what is in force, and what was learned. */
  readonly text: string;
  /** Lines that go and come, with `-` and `+` before them. */
  readonly diff: string;
  readonly rules: readonly ProposedRule[];
  /** Targets of which nothing was learned, and why. */
  readonly left: readonly { readonly target: string; readonly count: number; readonly because: string }[];
  /** Policy tests, YAML. */
  readonly tests: string;
}

export interface Proposing {
  readonly agent: AgentFacts;
  /** What is in force. */
  readonly set: PolicySet;
  readonly known: Known;
  readonly targets: readonly TargetSeen[];
  readonly since: number;
  readonly until: number;
}

/** Deterministic: the same actions under the same set give the same text. */
export function propose(proposing: Proposing): Proposal {
  const { agent, set, known, targets } = proposing;
  const learned = sorted(targets).map((target) => ruleOf(target, known));
  const rules = learned.filter((one): one is Rule => one.kind === "rule");
  const base = withoutLearned(set.text, agent.id);
  const actions = rules.reduce((sum, { target }) => sum + target.count, 0);
  const taken = new Set(idsIn(base, set));
  const block = blockOf(rules, { ...proposing, actions, taken });
  const text = `${base.trimEnd()}\n\n${block.text}\n`;
  const compiled = compilePolicies(text, set.tools);
  assert(compiled.ok, "what is learned is a valid policy text");
  const tests = testsOf({ set: compiled.set, labels: known.labels }, agent, rules);
  const report = runPolicyTests(tests, text, set.tools, known.labels);
  assert(report.ok && report.failed === 0, "what is learned keeps its own tests");
  return {
    text,
    diff: diffOf(set.text, text),
    rules: block.rules,
    left: learned.flatMap(leftOf),
    tests,
  };
}

function leftOf(learned: Learned): Proposal["left"] {
  if (learned.kind === "rule") return [];
  const { target, because } = learned;
  return [{ target: targetName({ target }), count: target.count, because }];
}

function sorted(targets: readonly TargetSeen[]): TargetSeen[] {
  return targets.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ verb, server, name }: TargetSeen): string {
  return JSON.stringify([verb, server, name]);
}

export function isLearnedIn(text: string, agent: string): boolean {
  return withoutLearned(text, agent) !== text;
}

/** The text without what was learned of this agent before. */
function withoutLearned(text: string, agent: string): string {
  const { begin, end } = marksOf(agent);
  const lines = text.split("\n");
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end, from);
  if (from === -1 || to === -1) return text;
  return [...lines.slice(0, from), ...lines.slice(to + 1)].join("\n");
}

function idsIn(text: string, { rules }: PolicySet): string[] {
  return rules.filter((rule) => text.includes(rule.text)).map(({ id }) => id);
}
