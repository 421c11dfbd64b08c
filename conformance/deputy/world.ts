import type { JsonObject } from "#base";
import { effectsFor, type Flow, openFlow, type ToolManifest, unlabelled } from "#flow";
import { compilePolicies, decide, type PolicySet, type ToolShape } from "#policy";
import type { AgentId, FlowFacts, ServerName, Verdict } from "#vocabulary";
import type { CorpusTool } from "./corpus.ts";

/** One suite's tools under a policy: what decides every call of its traces. */
export interface World {
  readonly suite: string;
  readonly set: PolicySet;
  readonly manifests: ReadonlyMap<string, ToolManifest>;
  readonly own: readonly string[];
}

/** The agent of the traces: it has its suite's tools granted, as an agent of the organisation would have. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing outside this file makes the id
const AGENT = "agt_deputy" as AgentId;

function serverName(suite: string): ServerName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the suite stands for the server of its tools
  return suite as ServerName;
}

export function createWorld(
  suite: { readonly suite: string; readonly tools: readonly CorpusTool[] },
  policy: string,
  labels: { readonly own: readonly string[]; readonly manifests: ReadonlyMap<string, ToolManifest> },
): World {
  const tools = suite.tools.map(({ name, input_schema }): ToolShape => {
    const effect = labels.manifests.get(name)?.effect ?? "unknown";
    const effects = effectsFor(effect);
    return { server: serverName(suite.suite), kind: "tool", name, effects, inputSchema: input_schema };
  });
  const compiled = compilePolicies(policy, tools);
  if (!compiled.ok) throw new Error(compiled.problems.map((problem) => problem.message).join("\n"));
  return { suite: suite.suite, set: compiled.set, ...labels };
}

/** One replayed session. */
export interface Replay {
  readonly flow: Flow;
  readonly world: World;
  /** Microseconds each decision took, flow and policy together. */
  readonly timings: number[];
}

export function startReplay(world: World, prompt: string | null, timings: number[]): Replay {
  const flow = openFlow({ own: world.own });
  if (prompt !== null) flow.say({ standing: "attested", text: prompt });
  return { flow, world, timings };
}

export function manifestOf({ manifests, suite }: World, name: string): ToolManifest {
  return manifests.get(name) ?? unlabelled(`${suite}/${name}`);
}

export function decideCall(
  { flow, world, timings }: Replay,
  name: string,
  args: JsonObject,
): { readonly verdict: Verdict; readonly facts: FlowFacts } {
  const started = process.hrtime.bigint();
  const facts = flow.judge({ manifest: manifestOf(world, name), arguments: args });
  const verdict = decide(world.set, {
    action: {
      door: "mcp",
      verb: "tools/call",
      target: { server: serverName(world.suite), name },
      arguments: args,
      destination: { kind: "mcp-server", server: serverName(world.suite), identity: "sha256:0" },
      chain: { user: null, agents: [AGENT] },
      agentVersion: null,
      model: null,
    },
    facts: { fingerprint: null, effects: effectsFor(facts.effect) },
    principals: [
      {
        type: "Agent",
        id: AGENT,
        name: "deputy",
        owner: "usr_owner",
        grantedTools: world.set.inputs.keys().toArray(),
      },
    ],
    stage: "enforce",
    flow: facts,
  });
  timings.push(Number(process.hrtime.bigint() - started) / 1000);
  return { verdict, facts };
}
