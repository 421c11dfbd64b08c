import { createRequire } from "node:module";
import { join } from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import {
  authorize,
  createSharing,
  entitiesOf,
  EntityUid,
  indexByScope,
  readPolicy,
  readRecord,
  readUid,
  recordOf,
} from "#cedar";
import { compilePolicies, decide, type PolicySet, type Question } from "#policy";
import { peerFolder } from "./peers.ts";
import { entitiesJson, TOOL_SHAPES } from "./policy-house.ts";

/** Decides the nth question; true: allowed. */
export type Decide = (index: number) => boolean;

/** A Cedar request as every contender gets it: names and plain JSON. */
export interface Request {
  readonly principal: cedar.TypeAndId;
  readonly action: cedar.TypeAndId;
  readonly resource: cedar.TypeAndId;
  readonly context: cedar.Context & { readonly [name: string]: string | string[] | Record<string, never> };
}

/** The agent of the question, alone. */
export function requestOf({ action, facts, principals, stage, session, budget }: Question): Request {
  const agent = principals.at(-1)?.id ?? "";
  const tool = `${action.target.server}/${action.target.name}`;
  const input = action.verb === "tools/call" ? action.arguments : undefined;
  const context: Request["context"] = JSON.parse(
    JSON.stringify({ effects: facts.effects, door: action.door, stage, session, input, budget }),
  );
  return {
    principal: { type: "Doorward::Agent", id: agent },
    action: { type: "Doorward::Action", id: input === undefined ? action.verb : tool },
    resource: { type: input === undefined ? "Doorward::Model" : "Doorward::Tool", id: tool },
    context,
  };
}

interface Part {
  readonly id: string;
  readonly text: string;
  readonly json: cedar.PolicyJson;
}

export interface House {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly set: PolicySet;
}

export function houseOf(text: string): House {
  const compiled = compilePolicies(text, TOOL_SHAPES);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const split = cedar.policySetTextToParts(text);
  if (split.type === "failure") throw new Error("the policies do not parse");
  const parts = split.policies.map((part) => {
    const json = cedar.policyToJson(part);
    if (json.type === "failure") throw new Error("a policy does not parse");
    return { id: json.json.annotations?.["id"] ?? "", text: part, json: json.json };
  });
  return { text, parts, set: compiled.set };
}

const uidOf = ({ type, id }: cedar.TypeAndId): EntityUid => new EntityUid(type, id);

/** Our engine: 30 entities known beforehand, the request read anew each time, nothing remembered. */
export function compiledEngine({ parts }: House, requests: readonly Request[]): Decide {
  const sharing = createSharing();
  const index = indexByScope(parts.map(({ id, json }) => readPolicy(id, json, {}, sharing)));
  const entities = entitiesOf(
    entitiesJson().map(({ uid, attrs, parents }) => ({
      uid: readUid(uid),
      attributes: readRecord(attrs),
      parents: parents.map((parent) => readUid(parent)),
    })),
  );
  return (at) => {
    const { principal, action, resource, context } = requestAt(requests, at);
    const environment = {
      principal: uidOf(principal),
      action: uidOf(action),
      resource: uidOf(resource),
      context: recordOf(context),
      entities,
    };
    return authorize(index.matching(environment), environment).decision === "allow";
  };
}

/** The official engine, the whole set parsed beforehand, all 30 entities with each request. */
export function wasmWhole({ parts }: House, requests: readonly Request[]): Decide {
  const name = `whole-${parts.length}`;
  preparse(name, parts);
  const entities = officialEntities();
  return (at) => wasmDecides(name, requestAt(requests, at), entities);
}

/** As the house did it before: only policies whose scope matches, parsed once per such slice, and three entities. */
export function wasmSliced({ parts, set }: House, requests: readonly Request[]): Decide {
  const known = new Map<string, string>();
  const entities = new Map(officialEntities().map((entity) => [JSON.stringify(entity.uid), entity]));
  const slicer = compiledSlicer(parts);
  return (at) => {
    const request = requestAt(requests, at);
    const slice = slicer(request);
    const key = slice.map(({ id }) => id).join(",");
    const name = known.get(key) ?? `${set.digest}-${known.size}`;
    if (!known.has(key)) preparse(name, slice);
    known.set(key, name);
    const near = [request.principal, request.action, request.resource].flatMap(
      (uid) => entities.get(JSON.stringify(uid)) ?? [],
    );
    return wasmDecides(name, request, near);
  };
}

function compiledSlicer(parts: readonly Part[]): (request: Request) => readonly Part[] {
  const sharing = createSharing();
  const index = indexByScope(parts.map((part) => ({ ...readPolicy(part.id, part.json, {}, sharing), part })));
  const entities = entitiesOf(
    entitiesJson().map(({ uid, parents }) => ({
      uid: readUid(uid),
      attributes: readRecord({}),
      parents: parents.map((parent) => readUid(parent)),
    })),
  );
  return ({ principal, action, resource }) => {
    const environment = {
      principal: readUid({ ...principal }),
      action: readUid({ ...action }),
      resource: readUid({ ...resource }),
      context: recordOf({}),
      entities,
    };
    return index.matching(environment).map(({ part }) => part);
  };
}

function preparse(name: string, parts: readonly Part[]): void {
  const staticPolicies = Object.fromEntries(parts.map(({ id, text }) => [id, text]));
  if (cedar.preparsePolicySet(name, { staticPolicies }).type === "failure") throw new Error("not parsed");
}

function wasmDecides(name: string, request: Request, entities: cedar.Entities): boolean {
  const answer = cedar.statefulIsAuthorized({
    ...request,
    entities,
    preparsedPolicySetId: name,
    validateRequest: false,
  });
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  return answer.response.decision === "allow";
}

function officialEntities(): cedar.Entities {
  return entitiesJson().map(({ uid, attrs, parents }) => ({ uid, attrs: { ...attrs }, parents }));
}

/** The whole of `decide`: user and agent of the chain, entities and arguments read, verdict with its grounds. */
export function wholeDecision({ set }: House, questions: readonly Question[]): Decide {
  return (at) => {
    const asked = questions[at % questions.length];
    return asked !== undefined && decide(set, asked).kind === "allow";
  };
}

interface Enforcer {
  readonly enforceSync: (...request: readonly unknown[]) => boolean;
  readonly addPolicies: (rules: readonly (readonly string[])[]) => Promise<boolean>;
}

/** casbin with one line for each policy, and for each what its condition asks for, as its own evaluator takes it. */
export async function casbin({ parts }: House, requests: readonly Request[]): Promise<Decide> {
  const library = createRequire(join(peerFolder("casbin"), "package.json"))("casbin");
  const enforcer: Enforcer = await library.newEnforcer(library.newModelFromString(MODEL));
  await enforcer.addPolicies(parts.map(casbinLine));
  return (at) => {
    const { principal, action, resource, context } = requestAt(requests, at);
    return enforcer.enforceSync(principal.id, resource.id, action.id, context);
  };
}

const MODEL = `
[request_definition]
r = sub, obj, act, ctx
[policy_definition]
p = sub, obj, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.sub == "*" || p.sub == r.sub) && (p.obj == "*" || p.obj == r.obj) && (p.act == "*" || p.act == r.act) && (p.eft == "allow" || r.ctx.stage == "observe")
`;

const idIn = (scope: cedar.PrincipalConstraint | cedar.ActionConstraint): string =>
  scope.op === "==" && "entity" in scope && "id" in scope.entity ? scope.entity.id : "*";

function casbinLine({ json }: Part): readonly string[] {
  const effect = json.effect === "permit" ? "allow" : "deny";
  return [idIn(json.principal), idIn(json.resource), idIn(json.action), effect];
}

function requestAt(requests: readonly Request[], at: number): Request {
  const request = requests[at % requests.length];
  if (request === undefined) throw new Error("no requests");
  return request;
}
