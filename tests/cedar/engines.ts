import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import {
  authorize,
  EntityUid,
  entitiesOf,
  type Environment,
  indexByScope,
  isList,
  isObject,
  type Policy,
  readPolicy,
  readRecord,
  readUid,
  safeText,
  withExactIntegers,
} from "#cedar";
import type { World } from "./worlds.ts";

/** What both engines must say in the same words. */
export interface Answer {
  readonly decision: string;
  readonly reasons: readonly string[];
  /** Policy and message. */
  readonly errors: readonly string[];
}

/** The official engine's answer; null where it refuses to read the world. */
export function officialAnswer(world: World): Answer | null {
  const { principal, action, resource } = world;
  const given = raw({ context: world.context, entities: world.entities }) as Pick<
    cedar.AuthorizationCall,
    "context" | "entities"
  >;
  const staticPolicies = Object.fromEntries(world.policies.map((text, index) => [`p${index}`, text]));
  const answer = cedar.isAuthorized({ principal, action, resource, ...given, policies: { staticPolicies } });
  if (answer.type === "failure") return null;
  const { decision, diagnostics } = answer.response;
  const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
  return { decision, reasons: diagnostics.reason.toSorted(), errors: errors.toSorted() };
}

/** Ours, found by the index and by a plain walk over all policies, which must be the same. */
export function compiledAnswer(world: World): Answer {
  const policies = world.policies.map((text, index) => compilePolicy(`p${index}`, text));
  const environment = environmentOf(world);
  const { decision, reasons, errors } = authorize(indexByScope(policies).matching(environment), environment);
  return {
    decision,
    reasons: reasons.toSorted(),
    errors: errors.map(({ policy, message }) => `${policy}: ${message}`).toSorted(),
  };
}

export function compilePolicy(id: string, source: string): Policy {
  const { text, integers } = safeText(source);
  const answer = cedar.policyToJson(text);
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  return readPolicy(id, withExactIntegers(answer.json, integers));
}

export function environmentOf({ principal, action, resource, context, entities }: World): Environment {
  const given = entities.map(({ uid, attrs, tags, parents }) => ({
    uid: readUid({ ...uid }),
    attributes: readRecord(attrs),
    tags: readRecord(tags),
    parents: parents.map((parent) => readUid({ ...parent })),
  }));
  return {
    principal: new EntityUid(principal.type, principal.id),
    action: new EntityUid(action.type, action.id),
    resource: new EntityUid(resource.type, resource.id),
    context: readRecord(context),
    entities: entitiesOf(given),
  };
}

/** `JSON.rawJSON` (ECMA-262 proposal, in V8 since 11.4): how an exact integer gets past the `JSON.stringify` of the official build. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

function raw(json: unknown): unknown {
  if (typeof json === "bigint") return rawJSON(String(json));
  if (isList(json)) return json.map(raw);
  return isObject(json)
    ? Object.fromEntries(Object.entries(json).map(([name, field]) => [name, raw(field)]))
    : json;
}
