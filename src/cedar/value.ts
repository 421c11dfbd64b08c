import type { EntityUid } from "./entity-uid.ts";
import type { ExtensionValue } from "./extensions/value.ts";
import type { Long } from "./long.ts";
import type { CedarRecord } from "./record.ts";
import { CedarSet } from "./set.ts";

export type Value = boolean | Long | string | EntityUid | CedarSet | CedarRecord | ExtensionValue;

/** Cedar's `==`: values of different types are different, and that is no error. */
export function isEqual(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one instanceof CedarSet) return other instanceof CedarSet && one.isSame(other);
  return one.key === other.key;
}
