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
  createSharing,
  readPolicy,
  type Sharing,
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

/**
 * Ours, found by the index. Each policy stands there twice and was read a third time before, so that all expressions that
 * can be shared are: evaluated for the one, and taken from what is kept for the other, which must come to the same.
 */
export function compiledAnswer(world: World): Answer {
  const sharing = createSharing();
  const read = (): Policy[] => world.policies.map((text, index) => compilePolicy(`p${index}`, text, sharing));
  read();
  const environment = environmentOf(world);
  const policies = indexByScope([...read(), ...read()]).matching(environment);
  const { decision, reasons, errors } = authorize(policies, environment);
  return {
    decision,
    reasons: halved(reasons),
    errors: halved(errors.map(({ policy, message }) => `${policy}: ${message}`)),
  };
}

/** Each of what stands there twice; whatever does not is left as it is, so that nobody agrees with it. */
function halved(found: readonly string[]): string[] {
  const sorted = found.toSorted();
  const firsts = sorted.filter((_, at) => at % 2 === 0);
  const seconds = sorted.filter((_, at) => at % 2 === 1);
  return firsts.join("\n") === seconds.join("\n") ? firsts : sorted;
}

export function compilePolicy(id: string, source: string, sharing?: Sharing): Policy {
  const { text, integers } = safeText(source);
  const answer = cedar.policyToJson(text);
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  return readPolicy(id, withExactIntegers(answer.json, integers), {}, sharing);
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
