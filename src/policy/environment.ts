import {
  type CedarRecord,
  type Entities,
  type Entity as NativeEntity,
  EntityUid,
  type Environment,
  recordOf,
} from "#cedar";
import type { Entity, EvaluationRequest } from "./evaluator.ts";

/** The part of a request that all principals of a chain share, as our own engine takes it. */
export interface Surroundings {
  readonly action: NativeEntity;
  readonly resource: NativeEntity;
  readonly context: CedarRecord;
}

/** Attributes, context and arguments are read as policies ask for them. */
export function surroundingsOf({
  action,
  resource,
  context,
}: Pick<EvaluationRequest, "action" | "resource" | "context">): Surroundings {
  return { action: nativeEntity(action), resource: nativeEntity(resource), context: recordOf(context) };
}

/** The request of one principal as our own engine takes it. */
export function environmentOf({ action, resource, context }: Surroundings, principal: Entity): Environment {
  const own = nativeEntity(principal);
  return {
    principal: own.uid,
    action: action.uid,
    resource: resource.uid,
    context,
    entities: new ThreeEntities(own, action, resource),
  };
}

/** All entities that a request of ours knows. */
class ThreeEntities implements Entities {
  private readonly principal: NativeEntity;
  private readonly action: NativeEntity;
  private readonly resource: NativeEntity;

  constructor(principal: NativeEntity, action: NativeEntity, resource: NativeEntity) {
    this.principal = principal;
    this.action = action;
    this.resource = resource;
  }

  get(uid: EntityUid): NativeEntity | undefined {
    if (this.principal.uid.isSame(uid)) return this.principal;
    if (this.action.uid.isSame(uid)) return this.action;
    return this.resource.uid.isSame(uid) ? this.resource : undefined;
  }
}

/** Ours are one level deep: parents are all the ancestors there are. */
function nativeEntity({ uid, attrs, parents }: Entity): NativeEntity {
  return {
    uid: new EntityUid(uid.type, uid.id),
    attributes: recordOf(attrs),
    tags: null,
    ancestors: parents.map(({ type, id }) => new EntityUid(type, id)),
  };
}
