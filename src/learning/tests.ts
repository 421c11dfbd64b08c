import { stringify } from "yaml";
import type { JsonObject } from "#base";
import { type AgentFacts, decide, type PolicySet, type Question, toolId } from "#policy";
import type { Action, AgentId, Effect, ServerName, Verdict } from "#vocabulary";
import type { Rule } from "./compose.ts";
import type { TargetSeen } from "./observer.ts";

/** Tools that were never seen, of which the tests say that they stay shut. */
const SHUT_MAX = 5;
const TESTS_MAX = 500;

interface Test {
  readonly agent: string;
  readonly does: string;
  readonly with?: JsonObject;
  readonly expect: Verdict["kind"];
  readonly because: string;
}

/** Policy tests in YAML: what was seen is let through as far as the whole set does, and what was not is denied. */
export function testsOf(set: PolicySet, agent: AgentFacts, rules: readonly Rule[]): string {
  // As agents are named here; anything else a test file might read as something of its own.
  const actor = /^[a-z][a-z0-9-]{0,62}$/u.test(agent.name) ? agent.name : agent.id;
  const named = { ...agent, name: actor };
  const seen = rules.flatMap(({ target }) => seenTests(set, named, target));
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

function seenTests(set: PolicySet, agent: AgentFacts, target: TargetSeen): Test[] {
  const does = deedOf(target);
  if (does === null) return [];
  const distinct = new Map(target.samples.map((sample) => [JSON.stringify(sample), sample]));
  return [...distinct.values()].map((sample) => {
    const verdict = decide(set, questionOf(set, agent, target, sample));
    const because = `Seen ${target.count} ${target.count === 1 ? "time" : "times"}, as in ${target.examples[0] ?? ""}.`;
    const isTool = target.verb === "tools/call";
    return {
      agent: agent.name,
      does,
      ...(isTool ? { with: sample } : {}),
      expect: verdict.kind,
      because,
    };
  });
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

/** As the test runner asks it: without flow, budgets and people. */
function questionOf(set: PolicySet, agent: AgentFacts, target: TargetSeen, sample: JsonObject): Question {
  const { verb, server, name } = target;
  const isModel = verb.startsWith("models/");
  const kind = isModel ? "model-upstream" : server.startsWith("agent:") ? "agent" : "mcp-server";
  const action: Action = {
    door: kind === "mcp-server" ? "mcp" : "llm",
    verb,
    target: { server: branded(server), name: name ?? "" },
    arguments: verb === "tools/call" ? sample : {},
    destination: { kind, server: branded(server), identity: `sha256:${"0".repeat(64)}` },
    chain: { user: null, agents: [branded(agent.id)] },
    agentVersion: null,
    model: null,
  };
  const facts = { fingerprint: null, effects: effectsIn(set, target) };
  return { action, facts, principals: [agent], stage: "enforce" };
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
