import { type AgentFacts, cedarComment, cedarString, toolId } from "#policy";
import { slugOf } from "./names.ts";
import type { Learned } from "./rules.ts";

export type Rule = Extract<Learned, { kind: "rule" }>;

/** One policy of the proposal, with what grounds it. */
export interface ProposedRule {
  readonly id: string;
  readonly text: string;
  readonly target: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly examples: readonly string[];
  readonly says: readonly string[];
}

export interface Block {
  readonly text: string;
  readonly rules: readonly ProposedRule[];
}

export interface About {
  readonly agent: AgentFacts;
  readonly actions: number;
  readonly since: number;
  readonly until: number;
  /** Ids that other policies have. */
  readonly taken: ReadonlySet<string>;
}

/** What was learned of an agent stands between these lines, to be found and replaced whole. */
export function marksOf(agent: string): { readonly begin: string; readonly end: string } {
  return {
    begin: cedarComment(`learned of ${agent}: begin`),
    end: cedarComment(`learned of ${agent}: end`),
  };
}

const DAY = 10;

/**
 * The least that was seen: a permit for each target, and fences that forbid the agent everything else. Only policies of
 * this one agent are added; no other policy is touched, and no forbid is made narrower by a permit.
 */
export function blockOf(rules: readonly Rule[], about: About): Block {
  const { agent, actions, since, until } = about;
  const marks = marksOf(agent.id);
  const name = namer(about);
  const permits = rules.map((rule) => permitOf(rule, agent, name));
  const fences = fencesOf(rules, agent, name);
  const from = new Date(since).toISOString().slice(0, DAY);
  const to = new Date(until).toISOString().slice(0, DAY);
  const head = cedarComment(
    `Proposed from ${actions} actions of agent ${JSON.stringify(agent.name)}, ${from} to ${to}. Review each rule; it then is policy like any other.`,
  );
  const text = [
    marks.begin,
    head,
    "",
    ...[...permits, ...fences].flatMap((one) => [one.text, ""]),
    marks.end,
  ].join("\n");
  return { text, rules: [...permits, ...fences] };
}

type Name = (of: string) => string;

/** Ids that nobody else has. */
function namer({ agent, taken }: About): Name {
  const used = new Set(taken);
  const stem = `learned-${slugOf(agent.name, STEM_MAX)}`;
  return (of) => {
    const base = `${stem}-${slugOf(of, ID_MAX - stem.length - TAIL_MAX)}`;
    let id = base;
    for (let again = 2; used.has(id); again += 1) id = `${base}-${again}`;
    used.add(id);
    return id;
  };
}

const ID_MAX = 64;
const STEM_MAX = 24;
/** Room for a hyphen and a number that tells ids apart. */
const TAIL_MAX = 6;

function permitOf(rule: Rule, agent: AgentFacts, name: Name): ProposedRule {
  const { target, action, resource, conditions, says } = rule;
  const id = name(`${target.server}-${target.name ?? target.verb}`);
  const scope = `permit (${principalOf(agent)}, action == ${action}, ${resource})`;
  const text = [
    ...groundsOf(rule),
    `@id("${id}")`,
    `@reason("{agent} was seen doing this ${target.count} ${target.count === 1 ? "time" : "times"}.")`,
    conditions.length === 0 ? `${scope};` : `${scope}\nwhen {\n  ${conditions.join(" &&\n  ")}\n};`,
  ].join("\n");
  const { count, firstAt, lastAt, examples } = target;
  return { id, text, target: targetName(rule), count, firstAt, lastAt, examples, says };
}

function groundsOf({ target, says }: Rule): string[] {
  const { count, firstAt, lastAt, examples } = target;
  const [from, to] = [firstAt, lastAt].map((at) => new Date(at).toISOString().slice(0, DAY));
  return [
    cedarComment(`Seen ${count} ${count === 1 ? "time" : "times"}, ${from} to ${to}: ${examples.join(", ")}`),
    ...says.map((sentence) => cedarComment(`  ${sentence}`)),
  ];
}

/** Nothing but the learned actions; and of each, nothing but what its permits say. */
function fencesOf(rules: readonly Rule[], agent: AgentFacts, name: Name): ProposedRule[] {
  const byAction = Map.groupBy(rules, ({ action }) => action);
  const actions = [...byAction.keys()];
  const only = fence(name("only"), {
    agent,
    action: "action",
    unless: actions.length === 0 ? null : `action in [${actions.join(", ")}]`,
    reason: "{agent} was learned to need other things than this, and nothing else is open to it.",
  });
  const bounded = actions.flatMap((action) => {
    const of = byAction.get(action) ?? [];
    const tests = of.map(testOf);
    if (tests.includes("")) return [];
    const unless = tests.length === 1 ? (tests[0] ?? "") : tests.map((test) => `(${test})`).join(" ||\n  ");
    const [first] = of;
    const title =
      first?.target.verb === "tools/call"
        ? `${first.target.server}-${first.target.name}`
        : (first?.target.verb ?? "");
    return [
      fence(name(`only-${title}`), {
        agent,
        action: `action == ${action}`,
        unless,
        reason: "{agent} was seen using {tool} in other ways than this.",
      }),
    ];
  });
  return [only, ...bounded].map((one) => ({ ...one, ...NOTHING_SEEN }));
}

const NOTHING_SEEN = {
  target: "everything else",
  count: 0,
  firstAt: 0,
  lastAt: 0,
  examples: [],
  says: [],
} as const;

function testOf({ resourceTest, conditions }: Rule): string {
  return [...(resourceTest === "" ? [] : [resourceTest]), ...conditions].join(" &&\n  ");
}

interface Fence {
  readonly agent: AgentFacts;
  readonly action: string;
  readonly unless: string | null;
  readonly reason: string;
}

function fence(
  id: string,
  { agent, action, unless, reason }: Fence,
): { readonly id: string; readonly text: string } {
  const scope = `forbid (${principalOf(agent)}, ${action}, resource)`;
  const text = [
    `@id("${id}")`,
    `@reason("${reason}")`,
    `@remedy("If it belongs to the agent's work, ask its owner to extend its policy.")`,
    unless === null ? `${scope};` : `${scope}\nunless {\n  ${unless}\n};`,
  ].join("\n");
  return { id, text };
}

function principalOf({ id }: AgentFacts): string {
  return `principal == Doorward::Agent::${cedarString(id)}`;
}

export function targetName({ target }: Pick<Rule, "target">): string {
  const { verb, server, name } = target;
  return `${verb} ${name === null ? server : toolId(server, name)}`;
}
