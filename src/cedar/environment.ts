import type { EntityUid } from "./entity-uid.ts";
import type { Entities, Entity } from "./entities.ts";
import type { CedarRecord } from "./record.ts";
import type { Value } from "./value.ts";

/** One request: who asks to do what on which, under which circumstances, and the entities that policies may look at. */
export interface Environment {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  readonly entities: Entities;
}

/** A request as the closures take it: what they ask for most is looked up once. */
export interface Scene extends Environment {
  readonly principalEntity: Entity | undefined;
  readonly actionEntity: Entity | undefined;
  readonly resourceEntity: Entity | undefined;
  /** What expressions that policies share came to here, by their places (see `createSharing`). */
  readonly kept: (Value | undefined)[];
}

export function sceneOf({ principal, action, resource, context, entities }: Environment): Scene {
  return {
    principal,
    action,
    resource,
    context,
    entities,
    principalEntity: entities.get(principal),
    actionEntity: entities.get(action),
    resourceEntity: entities.get(resource),
    kept: [],
  };
}

export function entityOf(scene: Scene, uid: EntityUid): Entity | undefined {
  if (uid === scene.principal) return scene.principalEntity;
  if (uid === scene.resource) return scene.resourceEntity;
  return uid === scene.action ? scene.actionEntity : scene.entities.get(uid);
}

/** Ancestors up to which membership is searched one by one. */
const SEARCHED_MAX = 16;
const tables = new WeakMap<Entity, ReadonlySet<string>>();

/** Whether an entity is the other or below it. Names of entities that are not there are below nothing. */
export function isWithin(scene: Scene, uid: EntityUid, other: EntityUid): boolean {
  if (uid.isSame(other)) return true;
  const entity = entityOf(scene, uid);
  return entity !== undefined && hasAncestor(entity, other);
}

function hasAncestor(entity: Entity, uid: EntityUid): boolean {
  const { ancestors } = entity;
  if (ancestors.length <= SEARCHED_MAX) return ancestors.some((ancestor) => ancestor.isSame(uid));
  const table = tables.get(entity) ?? new Set(ancestors.map((ancestor) => ancestor.key));
  tables.set(entity, table);
  return table.has(uid.key);
}
