import type { EntityUidJson, PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { EvaluationRequest, Entity } from "./evaluator.ts";
import type { Uid } from "./question.ts";

/**
 * Whether a policy's scope (its head, before the conditions) matches a request: exactly Cedar's own rule, so that
 * a policy left out here could neither be satisfied nor err.
 */
export function scopeMatches(policy: PolicyJson, request: EvaluationRequest): boolean {
  return (
    matchesAction(policy.action, request) &&
    matchesEntity(policy.principal, request.principal) &&
    matchesEntity(policy.resource, request.resource)
  );
}

function matchesAction(scope: PolicyJson["action"], request: EvaluationRequest): boolean {
  switch (scope.op) {
    case "All":
      return true;
    case "==":
      return "entity" in scope && isSame(scope.entity, request.action.uid);
    case "in": {
      const targets = "entities" in scope ? scope.entities : [scope.entity];
      return targets.some((target) => isIn(request.action, target));
    }
    default:
      return scope satisfies never;
  }
}

function matchesEntity(scope: PolicyJson["principal"], entity: Entity): boolean {
  switch (scope.op) {
    case "All":
      return true;
    case "==":
      return "entity" in scope && isSame(scope.entity, entity.uid);
    case "in":
      return "entity" in scope && isIn(entity, scope.entity);
    case "is":
      return (
        scope.entity_type === entity.uid.type &&
        (scope.in === undefined || ("entity" in scope.in && isIn(entity, scope.in.entity)))
      );
    default:
      return scope satisfies never;
  }
}

function isIn(entity: Entity, target: EntityUidJson): boolean {
  return isSame(target, entity.uid) || entity.parents.some((parent) => isSame(target, parent));
}

function isSame(json: EntityUidJson, uid: Uid): boolean {
  const { type, id } = "type" in json ? json : json["__entity"];
  return type === uid.type && id === uid.id;
}
