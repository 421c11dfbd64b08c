import { type EntityUid, UidMap } from "./entity-uid.ts";
import type { CedarRecord } from "./record.ts";

/** An entity as its author gives it. */
export interface GivenEntity {
  readonly uid: EntityUid;
  readonly attributes: CedarRecord;
  readonly tags?: CedarRecord;
  readonly parents: readonly EntityUid[];
}

export interface Entity {
  readonly uid: EntityUid;
  readonly attributes: CedarRecord;
  readonly tags: CedarRecord | null;
  /** All of them, parents of parents too, once each; not itself, though its author made a circle. */
  readonly ancestors: readonly EntityUid[];
}

/** Looks an entity up by its name. */
export interface Entities {
  readonly get: (uid: EntityUid) => Entity | undefined;
}

/** Entities with their ancestors computed, each once, for any number of requests. Parents may be absent entities. */
export function entitiesOf(given: readonly GivenEntity[]): Entities {
  const byUid = new UidMap<GivenEntity>();
  for (const entity of given) byUid.set(entity.uid, entity);
  const known = new UidMap<Entity>();
  for (const { uid, attributes, tags = null } of given) {
    known.set(uid, { uid, attributes, tags, ancestors: ancestorsOf(uid, byUid) });
  }
  return known;
}

/** Without recursion: a chain of parents may be as long as there are entities, and may not end in itself for good. */
function ancestorsOf(uid: EntityUid, byUid: UidMap<GivenEntity>): readonly EntityUid[] {
  const found: EntityUid[] = [];
  const seen = new UidMap<true>();
  seen.set(uid, true);
  const open = [...(byUid.get(uid)?.parents ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.get(next) === true) continue;
    seen.set(next, true);
    found.push(next);
    for (const parent of byUid.get(next)?.parents ?? []) open.push(parent);
  }
  return found;
}
