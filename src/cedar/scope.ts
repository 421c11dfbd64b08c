import type { EntityUid } from "./entity-uid.ts";
import { type ExactJson, type ExactObject, isList, isObject, readUid, unreadable } from "./json.ts";

/** What a policy's head says of its principal or resource. */
export type Scope =
  | { readonly op: "any" }
  | { readonly op: "is"; readonly type: string }
  /** `type` where `is T in E` asks for both. */
  | { readonly op: "equal" | "within"; readonly uid: EntityUid; readonly type: string | null };

/** Of its action one of these, or with `within` one below them. */
export interface ActionScope {
  readonly within: boolean;
  readonly uids: readonly EntityUid[];
}

/** Values for `?principal` and `?resource` of a template. */
export type Slots = Readonly<Record<string, EntityUid>>;

/** Throws Fault `cedar_unreadable` for another shape, or a slot without a value. */
export function readScope(json: ExactJson | undefined, slots: Slots): Scope {
  if (!isObject(json)) throw unreadable("a policy has no scope");
  const { op } = json;
  if (op === "All") return { op: "any" };
  if (op === "==") return { op: "equal", uid: target(json, slots), type: null };
  if (op === "in") return { op: "within", uid: target(json, slots), type: null };
  if (op === "is") return readIs(json, slots);
  throw unreadable("a scope is All, ==, in or is");
}

function readIs({ entity_type: type, in: within }: ExactObject, slots: Slots): Scope {
  if (typeof type !== "string") throw unreadable("is needs an entity type");
  if (within === undefined) return { op: "is", type };
  if (!isObject(within)) throw unreadable("in needs an entity");
  return { op: "within", uid: target(within, slots), type };
}

function target({ entity, slot }: ExactObject, slots: Slots): EntityUid {
  if (typeof slot !== "string") return readUid(entity);
  const uid = slots[slot];
  if (uid === undefined) throw unreadable(`the slot ${slot} of a template has no value`);
  return uid;
}

/** As `readScope`, for an action, which has no slots. */
export function readActionScope(json: ExactJson | undefined): ActionScope | null {
  if (!isObject(json)) throw unreadable("a policy has no action");
  const { op, entity, entities } = json;
  if (op === "All") return null;
  if (op === "==") return { within: false, uids: [readUid(entity)] };
  if (op !== "in") throw unreadable("an action is All, == or in");
  return { within: true, uids: isList(entities) ? entities.map(readUid) : [readUid(entity)] };
}
