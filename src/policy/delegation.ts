import type { Action, DelegationScope, Effect, Refusal, ToolFacts, Verb } from "#vocabulary";
import { policyIdOf } from "./policy-id.ts";
import type { PolicySet } from "./policy-set.ts";
import { type PrincipalFacts, type Question, toolId } from "./question.ts";
import { clip, type Words, wordsOf } from "./texts.ts";

/** The grant under which an agent of the chain acts for the one before it, as it stands now. */
export interface DelegationFacts {
  readonly id: string;
  readonly scope: DelegationScope;
  /** What the agent's token was narrowed to; null: not at all. */
  readonly narrowed: DelegationScope | null;
  /** As many actions have left under it as may. */
  readonly isSpent: boolean;
}

/** The delegation of a chain that stands in the way, and how. */
export interface Obstacle {
  readonly delegation: DelegationFacts;
  readonly agent: string;
  readonly how: "not-covered" | "narrowed" | "spent";
}

/** Any server at all. */
export const ANY_SERVER = "*";

/** What a server asks in the course of a call, and what helps to write one: covered wherever a tool of it is. */
const BESIDE: ReadonlySet<Verb> = new Set(["elicitation/create", "roots/list", "completion/complete"]);

export function covers(scope: DelegationScope, action: Action, facts: Pick<ToolFacts, "effects">): boolean {
  const { verb, target } = action;
  if (scope.verbs.length > 0 && !scope.verbs.includes(verb)) return false;
  if (scope.effects.length > 0 && !facts.effects.every((effect) => scope.effects.includes(effect)))
    return false;
  return (
    isNamed(scope, toolId(target.server, target.name)) || (BESIDE.has(verb) && touches(scope, target.server))
  );
}

/** Whether everything that `part` covers is covered by `whole`: what is passed on is never more. */
export function isWithin(part: DelegationScope, whole: DelegationScope): boolean {
  return (
    part.servers.every((server) => whole.servers.includes(ANY_SERVER) || whole.servers.includes(server)) &&
    part.tools.every((tool) => isNamed(whole, tool)) &&
    isFewer(part.verbs, whole.verbs) &&
    isFewer(part.effects, whole.effects)
  );
}

/** No entry means all of them. */
function isFewer(part: readonly (Verb | Effect)[], whole: readonly (Verb | Effect)[]): boolean {
  return whole.length === 0 || (part.length > 0 && part.every((one) => whole.includes(one)));
}

function isNamed({ servers, tools }: DelegationScope, tool: string): boolean {
  return servers.includes(ANY_SERVER) || servers.includes(serverIn(tool)) || tools.includes(tool);
}

function touches({ servers, tools }: DelegationScope, server: string): boolean {
  return (
    servers.includes(ANY_SERVER) ||
    servers.includes(server) ||
    tools.some((tool) => serverIn(tool) === server)
  );
}

/** A name after the first slash may hold slashes of its own. */
function serverIn(tool: string): string {
  return tool.slice(0, tool.indexOf("/"));
}

/** The first delegation of the chain, from the user down, that does not let the action through; null: all do. */
export function obstacleOf({ action, facts, principals }: Question): Obstacle | null {
  for (const one of principals) {
    const delegation = delegationOf(one);
    if (delegation === null) continue;
    const how = obstructs(delegation, action, facts);
    if (how !== null) return { delegation, agent: one.name, how };
  }
  return null;
}

export function delegationOf(principal: PrincipalFacts): DelegationFacts | null {
  return principal.type === "Agent" ? (principal.delegation ?? null) : null;
}

/** How a delegation stands in the way of an action; null: it does not. */
export function obstructs(
  { scope, narrowed, isSpent }: DelegationFacts,
  action: Action,
  facts: ToolFacts,
): Obstacle["how"] | null {
  if (!covers(scope, action, facts)) return "not-covered";
  if (narrowed !== null && !covers(narrowed, action, facts)) return "narrowed";
  return isSpent ? "spent" : null;
}

/** The delegations are principals of the chain like user and agents: one that does not cover the action denies it. */
export function refusedByDelegation(set: PolicySet, question: Question): Refusal | null {
  const obstacle = obstacleOf(question);
  if (obstacle === null) return null;
  const words = wordsOf(question);
  const why = WHY[obstacle.how](obstacle, words);
  return {
    kind: "deny",
    policySet: set.digest,
    grounds: [{ policy: policyIdOf("delegation"), reason: clip(why.reason) }],
    code: obstacle.how === "spent" ? "delegation_spent" : "delegation_exceeded",
    reason: clip(`${words.who} may not ${words.deed}: ${why.reason}`),
    remedy: clip(why.remedy),
  };
}

interface Why {
  readonly reason: string;
  readonly remedy: string;
}

const WHY: Readonly<Record<Obstacle["how"], (obstacle: Obstacle, words: Words) => Why>> = {
  "not-covered": ({ delegation, agent }, { user }) => ({
    reason: `The delegation ${delegation.id} to agent "${agent}" does not cover it.`,
    remedy: `Ask user "${user ?? "unknown"}" for a delegation that does: doorward delegations grant ${agent} --servers SERVER, or --tools SERVER/TOOL.`,
  }),
  narrowed: ({ delegation, agent }) => ({
    reason: `The token of agent "${agent}" was narrowed below the delegation ${delegation.id}, and does not cover it.`,
    remedy: "Exchange for a token with wider authorization_details, within the delegation.",
  }),
  spent: ({ delegation, agent }, { user }) => ({
    reason: `As many actions as the delegation ${delegation.id} to agent "${agent}" allows have left under it.`,
    remedy: `Ask user "${user ?? "unknown"}" for a new one: doorward delegations grant ${agent}.`,
  }),
};
