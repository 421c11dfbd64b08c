import { effectsFor, judgeUnknown, type ToolManifest } from "#flow";
import { decide, mayUse, type PolicySet, type Question, type ToolShape } from "#policy";
import type { Action, Destination, Effect, ServerName, Stage, Verb } from "#vocabulary";
import { effectsIn } from "./policy-supposed.ts";
import type { Chain } from "./policy-chain.ts";

/** In whose name an agent acts: its own, or a user's who lent it rights. */
export interface Acting {
  /** `own`, or the delegation's id. */
  readonly under: string;
  readonly who: Chain;
}

/**
 * What policy says of a call of which nothing but its target is known. `allowed`: without a person. `held`: with one. `depends`:
 * not so, but some arguments would be let through. `denied`: whatever the arguments.
 */
export type Reach = "allowed" | "held" | "depends" | "denied";

/** From what an agent could do most to what least. */
const ORDER: readonly Reach[] = ["allowed", "held", "depends", "denied"];

/** Something an agent could reach. */
export interface Deed {
  readonly door: Action["door"];
  readonly verb: Verb;
  readonly kind: Destination["kind"];
  readonly server: ServerName;
  readonly name: string;
  readonly effects: readonly [Effect, ...Effect[]];
  /** In force for a tool; null where there is none. */
  readonly manifest: ToolManifest | null;
}

export interface Reached {
  readonly reach: Reach;
  /** In whose name it goes furthest. */
  readonly under: string;
}

/** How far an agent gets with a deed, in whichever name it gets furthest. Without a policy set, nothing is allowed. */
export function reachOfDeed(
  set: PolicySet | null,
  deed: Deed,
  acting: readonly Acting[],
  stage: Stage,
): Reached {
  const all = acting.map(
    ({ under, who }) => ({ under, reach: set === null ? "denied" : one(set, deed, who, stage) }) as const,
  );
  const [first, ...others] = all;
  if (first === undefined) return { reach: "denied", under: "own" };
  return others.reduce<Reached>(
    (best, other) => (ORDER.indexOf(other.reach) < ORDER.indexOf(best.reach) ? other : best),
    first,
  );
}

function one(set: PolicySet, deed: Deed, who: Chain, stage: Stage): Reach {
  const question = questionOf(deed, who, stage);
  if (!mayUse(set, question)) return "denied";
  const { kind } = decide(set, question);
  return kind === "allow" ? "allowed" : kind === "hold" ? "held" : "depends";
}

function questionOf(deed: Deed, { chain, principals }: Chain, stage: Stage): Question {
  const { door, verb, kind, server, name, manifest } = deed;
  const flow = manifest === null || manifest.effect === "unknown" ? null : judgeUnknown(manifest, {});
  const action: Action = {
    door,
    verb,
    target: { server, name },
    arguments: {},
    destination: { kind, server, identity: `sha256:${"0".repeat(64)}` },
    chain,
    agentVersion: null,
    model: verb === "tools/call" ? null : name,
  };
  return {
    action,
    facts: { fingerprint: null, effects: flow === null ? deed.effects : effectsFor(flow.effect) },
    principals,
    stage,
    ...(flow === null ? {} : { flow }),
  };
}

/** `apis`: names of the servers that are APIs, whose operations are called at the http door. */
export function toolDeed(
  tool: ToolShape,
  manifests: Readonly<Record<string, ToolManifest>>,
  apis: ReadonlySet<string>,
): Deed {
  const isOwn = tool.server.startsWith("agent:");
  return {
    door: isOwn ? "llm" : apis.has(tool.server) ? "http" : "mcp",
    verb: "tools/call",
    kind: isOwn ? "agent" : "mcp-server",
    server: tool.server,
    name: tool.name,
    effects: effectsIn(tool.effects),
    manifest: manifests[`${tool.server}/${tool.name}`] ?? null,
  };
}

/** A host as it was granted; of a pattern, a host that fits it and that nobody has. */
export function hostDeed(server: ServerName, verb: "http/read" | "http/write"): Deed {
  const effects: Deed["effects"] = verb === "http/read" ? ["read"] : ["outbound", "write"];
  return { door: "http", verb, kind: "http-host", server, name: "/", effects, manifest: null };
}

export function modelDeed(server: ServerName, name: string, isLocal: boolean): Deed {
  const effects: Deed["effects"] = isLocal ? ["read"] : ["outbound", "read"];
  return {
    door: "llm",
    verb: "models/generate",
    kind: "model-upstream",
    server,
    name,
    effects,
    manifest: null,
  };
}
