import { Fault } from "#base";
import { environmentOf, type Surroundings, surroundingsOf } from "./environment.ts";
import type { Entity, EvaluationRequest } from "./evaluator.ts";
import { flowRecord } from "./flow-record.ts";
import { type CedarRecord, readInput } from "./input.ts";
import type { PolicySet } from "./policy-set.ts";
import {
  actionUid,
  EFFECTS,
  hostOf,
  isModelVerb,
  type PrincipalFacts,
  type Question,
  serversOf,
  TOOLS_CALL,
  toolId,
  uid,
  VERB_ACTIONS,
} from "./question.ts";

/** The part of a request that is the same for every principal of the chain. */
export interface Scene {
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: CedarRecord;
  readonly surroundings: Surroundings;
  /** Arguments that are not what the accepted schema says (see `readInput`). */
  readonly doubtful: readonly string[];
}

/** Throws Fault `tool_unknown` for a tool that the set was not compiled with: its arguments have no known types. */
export function sceneOf(set: PolicySet, question: Question): Scene {
  const scene = readScene(set, question);
  return { ...scene, surroundings: surroundingsOf(scene) };
}

function readScene(set: PolicySet, question: Question): Omit<Scene, "surroundings"> {
  const { action, facts } = question;
  const circumstances = circumstancesOf(question);
  if (action.verb !== "tools/call") {
    const { groups } = VERB_ACTIONS[action.verb];
    return {
      action: { uid: actionUid(action.verb), attrs: {}, parents: groups.map(actionUid) },
      resource: resourceOf(question),
      context: circumstances,
      doubtful: [],
    };
  }
  const type = set.inputs.get(toolId(action.target.server, action.target.name));
  if (type === undefined) throw toolUnknown(question);
  const input = readInput(type, action.arguments);
  const groups = [TOOLS_CALL, ...EFFECTS.filter((effect) => facts.effects.includes(effect))];
  return {
    action: {
      uid: actionUid(toolId(action.target.server, action.target.name)),
      attrs: {},
      parents: groups.map(actionUid),
    },
    resource: resourceOf(question),
    context: { ...circumstances, input: input.record },
    doubtful: input.doubtful,
  };
}

function circumstancesOf({ action, facts, stage, session, budget, flow }: Question): CedarRecord {
  const { exceeded, usedPercent } = budget ?? { exceeded: [], usedPercent: 0 };
  return {
    effects: [...facts.effects],
    door: action.door,
    stage,
    ...(session === undefined ? {} : { session }),
    ...(typeof action.model === "string" ? { model: action.model.toWellFormed() } : {}),
    ...(flow === undefined ? {} : { flow: flowRecord(flow) }),
    ...(isModelVerb(action.verb)
      ? { budget: { exceeded: [...exceeded], usedPercent }, headers: headersOf(action) }
      : {}),
  };
}

/** `anthropic-beta: files-api-2025-04-14`, one for each of a list. */
function headersOf({ headers = {} }: Question["action"]): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value.split(",").map((part) => `${name}: ${part.trim()}`),
  );
}

export function requestOf(scene: Scene, principal: PrincipalFacts): EvaluationRequest {
  const { action, resource, context, surroundings } = scene;
  const entity = principalEntity(principal);
  return {
    principal: entity,
    action,
    resource,
    context,
    environment: environmentOf(surroundings, entity),
  };
}

function principalEntity(facts: PrincipalFacts): Entity {
  if (facts.type === "User") {
    return {
      uid: uid("User", facts.id),
      attrs: { name: facts.name, roles: [...facts.roles] },
      parents: facts.groups.map((group) => uid("Group", group)),
    };
  }
  const grantedTools = facts.grantedTools.map((tool) => ({ __entity: uid("Tool", tool) }));
  return {
    uid: uid("Agent", facts.id),
    attrs: {
      name: facts.name,
      owner: facts.owner,
      grantedTools,
      readHosts: serversIn(facts.readHosts),
      writeHosts: serversIn(facts.writeHosts),
    },
    parents: [],
  };
}

function serversIn(names: readonly string[] = []) {
  return names.map((name) => ({ __entity: uid("Server", name) }));
}

function resourceOf({ action, weights }: Question): Entity {
  const { server, name } = action.target;
  const parents = serversOf(server);
  const kind = action.verb === "tools/call" ? "Tool" : VERB_ACTIONS[action.verb].resource;
  if (kind === "Server")
    return { uid: uid("Server", server), attrs: { name: server }, parents: parents.slice(1) };
  if (kind === "Url") {
    // A path begins with its slash.
    const id = `${server}${name}`;
    return { uid: uid(kind, id), attrs: { name: id, host: hostOf(server), path: name }, parents };
  }
  if (kind === "Model")
    return { uid: uid(kind, toolId(server, name)), attrs: { name, ...modelAttributes(weights) }, parents };
  const attrs: Entity["attrs"] = kind === "Resource" ? { uri: name } : { name };
  return { uid: uid(kind, toolId(server, name)), attrs, parents };
}

/** Of one that nobody looked at, what is known of a name. */
function modelAttributes(weights: Question["weights"]): Entity["attrs"] {
  if (weights === undefined) return { status: "unregistered", proof: "unproven" };
  const { status, proof, digest, manifest, risk, licence } = weights;
  const known = Object.entries({ digest, manifest, risk, licence }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { status, proof, ...Object.fromEntries(known) };
}

function toolUnknown({ action }: Question): Fault {
  const tool = toolId(action.target.server, action.target.name);
  return new Fault(
    "tool_unknown",
    `the active policy set does not know the tool ${tool}`,
    `Accept the tool with: doorward tools accept ${tool}. If it is accepted, the policy set was not reloaded since: restart Doorward.`,
  );
}
