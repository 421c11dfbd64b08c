import { EntityUid } from "./entity-uid.ts";
import { type Environment, isWithin } from "./environment.ts";
import { ANY_ENTITY, fail, failType, rank, uidText } from "./failure.ts";
import { setIn } from "./logic.ts";
import { type Node, nodeOf, testNode } from "./node.ts";
import { CedarRecord } from "./record.ts";
import { CedarSet } from "./set.ts";
import type { Value } from "./value.ts";

export function attribute({ run }: Node, name: string): Node {
  return nodeOf((environment) => {
    const value = run(environment);
    if (value instanceof CedarRecord) {
      return value.get(name) ?? fail("attribute-missing", `record does not have the attribute \`${name}\``);
    }
    const uid = entityOrRecord(value);
    const found = attributesOf(environment, uid).get(name);
    return found ?? fail("attribute-missing", `\`${uidText(uid)}\` does not have the attribute \`${name}\``);
  });
}

export function attributePresence({ run }: Node, name: string): Node {
  return testNode((environment) => {
    const value = run(environment);
    if (value instanceof CedarRecord) return value.has(name);
    return environment.entities.get(entityOrRecord(value))?.attributes.has(name) ?? false;
  });
}

export function tag(left: Node, right: Node): Node {
  return nodeOf((environment) => {
    const [uid, name] = tagged(environment, left, right);
    const entity = environment.entities.get(uid) ?? failMissing(uid);
    const missing = `\`${uidText(uid)}\` does not have the tag \`${name}\``;
    return entity.tags?.get(name) ?? fail("attribute-missing", missing);
  });
}

export function tagPresence(left: Node, right: Node): Node {
  return testNode((environment) => {
    const [uid, name] = tagged(environment, left, right);
    return environment.entities.get(uid)?.tags?.has(name) ?? false;
  });
}

export function typeTest({ run }: Node, type: string): Node {
  return testNode((environment) => entityIn(run(environment)).type === type);
}

/** Cedar's `in`: the entity itself, or one below it, or below any of a set. */
export function membership(left: Node, right: Node): Node {
  return testNode((environment) => {
    const first = left.run(environment);
    const second = right.run(environment);
    const uid = entityIn(first);
    if (second instanceof EntityUid) return isWithin(environment, uid, second);
    if (!(second instanceof CedarSet)) return failType(`one of [set, ${ANY_ENTITY}]`, second);
    return uidsIn(second).some((other) => isWithin(environment, uid, other));
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
  return testNode((environment) => {
    const set = left.run(environment);
    const value = right.run(environment);
    return setIn(set).has(value);
  });
}

export function containingAll(left: Node, right: Node): Node {
  return testNode((environment) => {
    const first = left.run(environment);
    const second = right.run(environment);
    const set = setIn(first);
    return set.hasAll(setIn(second));
  });
}

export function containingAny(left: Node, right: Node): Node {
  return testNode((environment) => {
    const first = left.run(environment);
    const second = right.run(environment);
    const set = setIn(first);
    return set.hasAny(setIn(second));
  });
}

export function stringIn(value: Value): string {
  return typeof value === "string" ? value : failType("string", value);
}

function tagged(environment: Environment, left: Node, right: Node): readonly [EntityUid, string] {
  const first = left.run(environment);
  const second = right.run(environment);
  return [entityIn(first), stringIn(second)];
}

function attributesOf(environment: Environment, uid: EntityUid): CedarRecord {
  return (environment.entities.get(uid) ?? failMissing(uid)).attributes;
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
