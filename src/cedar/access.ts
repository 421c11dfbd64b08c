import { EntityUid } from "./entity-uid.ts";
import { entityOf, isWithin, type Scene } from "./environment.ts";
import { ANY_ENTITY, fail, failType, rank, uidText } from "./failure.ts";
import { setIn } from "./logic.ts";
import { type Node, nodeOf, testNode } from "./node.ts";
import { CedarRecord } from "./record.ts";
import { CedarSet } from "./set.ts";
import type { Value } from "./value.ts";

export function attribute({ run, isContext }: Node, name: string): Node {
  const missing = `record does not have the attribute \`${name}\``;
  if (isContext === true) {
    return nodeOf(({ context }) => context.get(name) ?? fail("attribute-missing", missing));
  }
  return nodeOf((scene) => {
    const value = run(scene);
    if (value instanceof CedarRecord) {
      return value.get(name) ?? fail("attribute-missing", missing);
    }
    const uid = entityOrRecord(value);
    const found = attributesOf(scene, uid).get(name);
    return found ?? fail("attribute-missing", `\`${uidText(uid)}\` does not have the attribute \`${name}\``);
  });
}

export function attributePresence({ run }: Node, name: string): Node {
  return testNode((scene) => {
    const value = run(scene);
    if (value instanceof CedarRecord) return value.has(name);
    return entityOf(scene, entityOrRecord(value))?.attributes.has(name) ?? false;
  });
}

export function tag(left: Node, right: Node): Node {
  return nodeOf((scene) => {
    const [uid, name] = tagged(scene, left, right);
    const entity = entityOf(scene, uid) ?? failMissing(uid);
    const missing = `\`${uidText(uid)}\` does not have the tag \`${name}\``;
    return entity.tags?.get(name) ?? fail("attribute-missing", missing);
  });
}

export function tagPresence(left: Node, right: Node): Node {
  return testNode((scene) => {
    const [uid, name] = tagged(scene, left, right);
    return entityOf(scene, uid)?.tags?.has(name) ?? false;
  });
}

export function typeTest({ run }: Node, type: string): Node {
  return testNode((scene) => entityIn(run(scene)).type === type);
}

/** Cedar's `in`: the entity itself, or one below it, or below any of a set. */
export function membership(left: Node, right: Node): Node {
  return testNode((scene) => {
    const first = left.run(scene);
    const second = right.run(scene);
    const uid = entityIn(first);
    if (second instanceof EntityUid) return isWithin(scene, uid, second);
    if (!(second instanceof CedarSet)) return failType(`one of [set, ${ANY_ENTITY}]`, second);
    return uidsIn(second).some((other) => isWithin(scene, uid, other));
  });
}

const uidsOfSets = new WeakMap<CedarSet, readonly EntityUid[]>();

/** All members are looked at before any answer, and the first in Cedar's order that is no entity fails. */
function uidsIn(set: CedarSet): readonly EntityUid[] {
  const known = uidsOfSets.get(set);
  if (known !== undefined) return known;
  const members = [...set.members];
  const uids = members.filter((member) => member instanceof EntityUid);
  if (uids.length < members.length) {
    const others = members.filter((member) => !(member instanceof EntityUid));
    const [first] = others.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
    if (first !== undefined) return failType(ANY_ENTITY, first);
  }
  uidsOfSets.set(set, uids);
  return uids;
}

export function containing(left: Node, right: Node): Node {
  return testNode((scene) => {
    const set = left.run(scene);
    const value = right.run(scene);
    return setIn(set).has(value);
  });
}

export function containingAll(left: Node, right: Node): Node {
  return testNode((scene) => {
    const first = left.run(scene);
    const second = right.run(scene);
    const set = setIn(first);
    return set.hasAll(setIn(second));
  });
}

export function containingAny(left: Node, right: Node): Node {
  return testNode((scene) => {
    const first = left.run(scene);
    const second = right.run(scene);
    const set = setIn(first);
    return set.hasAny(setIn(second));
  });
}

export function stringIn(value: Value): string {
  return typeof value === "string" ? value : failType("string", value);
}

function tagged(scene: Scene, left: Node, right: Node): readonly [EntityUid, string] {
  const first = left.run(scene);
  const second = right.run(scene);
  return [entityIn(first), stringIn(second)];
}

function attributesOf(scene: Scene, uid: EntityUid): CedarRecord {
  return (entityOf(scene, uid) ?? failMissing(uid)).attributes;
}

function failMissing(uid: EntityUid): never {
  return fail("entity-missing", `entity \`${uidText(uid)}\` does not exist`);
}

function entityIn(value: Value): EntityUid {
  return value instanceof EntityUid ? value : failType(ANY_ENTITY, value);
}

function entityOrRecord(value: Value): EntityUid {
  return value instanceof EntityUid ? value : failType(`one of [record, ${ANY_ENTITY}]`, value);
}
