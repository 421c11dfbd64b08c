import { EntityUid } from "./entity-uid.ts";
import { ExtensionValue } from "./extensions/value.ts";
import { CedarRecord } from "./record.ts";
import { CedarSet } from "./set.ts";
import { quoted } from "./text.ts";
import type { Value } from "./value.ts";

/** The classes of Cedar's `EvaluationError` (`cedar-policy-core/src/evaluator/err.rs`). */
export type FailureKind =
  | "entity-missing"
  | "attribute-missing"
  | "type"
  | "overflow"
  | "extension"
  | "arguments"
  | "unknown";

/**
 * Why a policy could not be evaluated: thrown by the closures, caught for each policy by `evaluatePolicy`. No `Error`,
 * for that would take a picture of the stack for each policy that errs, which costs more than a decision.
 */
export class Failure {
  readonly kind: FailureKind;
  /** As Cedar words it. */
  readonly message: string;

  constructor(kind: FailureKind, message: string) {
    this.kind = kind;
    this.message = message;
  }
}

export function fail(kind: FailureKind, message: string): never {
  // oxlint-disable-next-line typescript/only-throw-error -- see Failure: it never leaves this module
  throw new Failure(kind, message);
}

export const ANY_ENTITY = "(entity of type `any_entity_type`)";

/** `expected` in Cedar's words. */
export function failType(expected: string, actual: Value): never {
  return fail("type", `type error: expected ${expected}, got ${typeName(actual)}`);
}

export function typeName(value: Value): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value !== "object") return "long";
  if (value instanceof EntityUid) return `(entity of type \`${value.type}\`)`;
  if (value instanceof CedarSet) return "set";
  return value instanceof CedarRecord ? "record" : value.type;
}

/** As Cedar prints an entity's name. */
export function uidText(uid: EntityUid): string {
  return `${uid.type}::"${quoted(uid.id)}"`;
}

/** The order in which Cedar sorts values of different types (the derived `Ord` of its `ValueKind`). */
export function rank(value: Value): string {
  if (typeof value === "boolean") return "0";
  if (typeof value === "string") return "2";
  if (typeof value !== "object") return "1";
  if (value instanceof EntityUid) return "3";
  if (value instanceof CedarSet) return "4";
  return value instanceof ExtensionValue ? `6${value.type}` : "5";
}
