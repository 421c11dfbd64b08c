import { stringify } from "yaml";
import type { JsonObject } from "#base";
import {
  type AgentFacts,
  decide,
  effectsByManifest,
  type PolicySet,
  type Question,
  type TestedLabels,
  toolId,
} from "#policy";
import type { Action, AgentId, Effect, FlowFacts, ServerName, Verdict } from "#vocabulary";
import type { Rule } from "./compose.ts";
import type { Sample, TargetSeen } from "./observer.ts";

/** Tools that were never seen, of which the tests say that they stay shut. */
const SHUT_MAX = 5;
const TESTS_MAX = 500;

interface Test {
  readonly agent: string;
  readonly does: string;
  readonly with?: JsonObject;
  readonly flow?: object;
  readonly expect: Verdict["kind"];
  readonly because: string;
}

/** What tests are made under: the policy set that is proposed, and the manifests in force. */
export interface Under {
  readonly set: PolicySet;
  readonly labels: TestedLabels;
}

/** Policy tests in YAML: what was seen is let through as far as the whole set does, and what was not is denied. */
export function testsOf({ set, labels }: Under, agent: AgentFacts, rules: readonly Rule[]): string {
  // As agents are named here; anything else a test file might read as something of its own.
  const actor = /^[a-z][a-z0-9-]{0,62}$/u.test(agent.name) ? agent.name : agent.id;
  const named = { ...agent, name: actor };
  const seen = rules.flatMap(({ target }) => seenTests({ set, labels }, named, target));
  const learned = new Set(rules.map(({ target }) => toolId(target.server, target.name ?? "")));
  const shut = set.tools
    .filter(
      ({ kind, server, name }) => kind === "tool" && isSayable(name) && !learned.has(toolId(server, name)),
    )
    .slice(0, SHUT_MAX)
    .map(({ server, name }): Test => {
      const because = "It was never seen using it.";
      return { agent: actor, does: `calls ${toolId(server, name)}`, expect: "deny", because };
    });
  const nowhere: Test = {
    agent: actor,
    does: "samples for never-seen",
    expect: "deny",
    because: "Nothing but what was seen is open.",
  };
  const outside = rules
    .filter(({ target }) => target.verb.startsWith("models/") && target.effects.includes("outbound"))
    .map(({ target }) => [target.server, "outside"] as const);
  const { id, owner, grantedTools } = agent;
  const granted = grantedTools.filter((tool) => /^[^/\s]+\/\S+$/u.test(tool));
  const file = {
    agents: { [actor]: { id, owner, granted } },
    ...(outside.length === 0 ? {} : { upstreams: Object.fromEntries(outside) }),
    tests: [...seen.slice(0, TESTS_MAX), ...shut, nowhere],
  };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

function seenTests(under: Under, agent: AgentFacts, target: TargetSeen): Test[] {
  const does = deedOf(target);
  if (does === null) return [];
  const distinct = new Map(target.samples.map((sample) => [JSON.stringify(sample.values), sample]));
  return [...distinct.values()].map((sample) => {
    const said = saidFlow(under, target, sample);
    const verdict = decide(under.set, questionOf(under, agent, target, { ...sample, flow: said }));
    const because = `Seen ${target.count} ${target.count === 1 ? "time" : "times"}, as in ${target.examples[0] ?? ""}.`;
    const isTool = target.verb === "tools/call";
    return {
      agent: agent.name,
      does,
      ...(isTool ? { with: sample.values } : {}),
      ...(said === null ? {} : { flow: writtenFlow(said) }),
      expect: verdict.kind,
      because,
    };
  });
}

/**
 * Where the values came from when it was seen, as long as the manifest in force now says the same of the tool. Else null: the
 * test is of a session that has just begun, by what is in force.
 */
function saidFlow({ labels }: Under, { verb, server, name }: TargetSeen, sample: Sample): FlowFacts | null {
  const { flow, values } = sample;
  if (verb !== "tools/call" || flow?.labelled !== true) return null;
  const now = labels.flow(server, name ?? "", values);
  return now !== null && now.effect === flow.effect ? flow : null;
}

/** As test files have it. */
function writtenFlow({ origins, doubts: _doubts, ...facts }: FlowFacts): object {
  const named = Object.entries(origins).filter(([, ones]) => ones.length > 0);
  return { ...facts, ...Object.fromEntries(named) };
}

/** As test files say it; null for names that they cannot say, and for addresses. */
function deedOf(target: TargetSeen): string | null {
  const { verb, server, name } = target;
  if (name === null || !isSayable(name)) return null;
  const said: Readonly<Record<string, string>> = {
    "tools/call": `calls ${toolId(server, name)}`,
    "prompts/get": `fetches ${toolId(server, name)}`,
    "models/generate": `asks model ${toolId(server, name)}`,
    "models/embed": `embeds with ${toolId(server, name)}`,
    "models/host-tool": `lets ${server} run ${name}`,
    "completion/complete": `completes for ${server}`,
    "sampling/createMessage": `samples for ${server}`,
    "elicitation/create": `asks its user for ${server}`,
    "roots/list": `tells its roots to ${server}`,
  };
  return said[verb] ?? null;
}

function isSayable(name: string): boolean {
  return /^\S+$/u.test(name);
}

/** As the test runner asks it: without budgets and people. */
function questionOf({ set, labels }: Under, agent: AgentFacts, target: TargetSeen, sample: Sample): Question {
  const { verb, server, name } = target;
  const isModel = verb.startsWith("models/");
  const isTool = verb === "tools/call";
  const kind = isModel ? "model-upstream" : server.startsWith("agent:") ? "agent" : "mcp-server";
  const action: Action = {
    door: kind === "mcp-server" ? "mcp" : "llm",
    verb,
    target: { server: branded(server), name: name ?? "" },
    arguments: isTool ? sample.values : {},
    destination: { kind, server: branded(server), identity: `sha256:${"0".repeat(64)}` },
    chain: { user: null, agents: [branded(agent.id)] },
    agentVersion: null,
    model: null,
  };
  const flow = sample.flow ?? (isTool ? labels.flow(server, name ?? "", sample.values) : null);
  const effects = effectsByManifest(target, flow, labels) ?? effectsIn(set, target);
  const facts = { fingerprint: null, effects };
  return { action, facts, principals: [agent], stage: "enforce", ...(flow === null ? {} : { flow }) };
}

/** As a test file has them: of the tool as it is accepted now. */
function effectsIn({ tools }: PolicySet, target: TargetSeen): readonly [Effect, ...Effect[]] {
  const { verb, server, name, effects } = target;
  if (verb === "models/host-tool" || verb === "models/fetch-url") return ["outbound"];
  if (verb.startsWith("models/")) return effects.includes("outbound") ? ["outbound", "read"] : ["read"];
  const tool = tools.find((one) => one.kind === "tool" && one.server === server && one.name === name);
  const [first, ...rest] = tool?.effects.toSorted() ?? [];
  return verb !== "tools/call" || first === undefined ? ["read"] : [first, ...rest];
}

/** A name that was read from the record, for whichever kind of name is wanted. */
function branded(text: string): ServerName & AgentId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was such a name when it was recorded
  return text as ServerName & AgentId;
}
