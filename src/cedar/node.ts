import { EntityUid } from "./entity-uid.ts";
import type { Scene } from "./environment.ts";
import { Failure, failType } from "./failure.ts";
import { CedarRecord } from "./record.ts";
import type { Value } from "./value.ts";

/** An expression as closures. They throw Failure where Cedar's evaluation errs. */
export interface Node {
  readonly run: (scene: Scene) => Value;
  /** As `run`, and a type error for what is no boolean. */
  readonly test: (scene: Scene) => boolean;
  /** The request's own context: known to be a record. */
  readonly isContext?: boolean;
  /** The value, where it is the same in every scene. */
  readonly constant: Value | undefined;
}

type Test = (scene: Scene) => boolean;

export function nodeOf(run: Node["run"]): Node {
  return { run, test: (scene) => booleanOf(run(scene)), constant: undefined };
}

/** Of an expression that is a boolean or fails. */
export function testNode(test: Test): Node {
  return { run: test, test, constant: undefined };
}

export function constantNode(value: Value): Node {
  return { ...nodeOf(() => value), constant: value };
}

/**
 * Evaluated once, here, if all its operands are constant and nothing fails: what fails must do so at every request
 * that comes as far, and at no other.
 */
export function folded(node: Node, operands: readonly Node[]): Node {
  if (operands.some((operand) => operand.constant === undefined)) return node;
  try {
    return constantNode(node.run(NOWHERE));
  } catch (failure) {
    if (failure instanceof Failure) return node;
    throw failure;
  }
}

/** Constant closures do not look at it. */
const NOBODY = new EntityUid("", "");
const NOWHERE: Scene = {
  principal: NOBODY,
  action: NOBODY,
  resource: NOBODY,
  context: new CedarRecord(new Map()),
  entities: { get: () => undefined },
  principalEntity: undefined,
  actionEntity: undefined,
  resourceEntity: undefined,
  kept: [],
};

function booleanOf(value: Value): boolean {
  return typeof value === "boolean" ? value : failType("bool", value);
}
