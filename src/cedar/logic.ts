import { fail, failType } from "./failure.ts";
import { add, type Long, multiply, negate, subtract } from "./long.ts";
import { type Node, nodeOf, testNode } from "./node.ts";
import { CedarSet } from "./set.ts";
import { Datetime } from "./extensions/datetime.ts";
import { Duration } from "./extensions/duration.ts";
import { isEqual, type Value } from "./value.ts";

/** The right side is looked at only where the left does not settle it. */
export function and(left: Node, right: Node): Node {
  const { test: first } = left;
  const { test: second } = right;
  return testNode((scene) => first(scene) && second(scene));
}

export function or(left: Node, right: Node): Node {
  const { test: first } = left;
  const { test: second } = right;
  return testNode((scene) => first(scene) || second(scene));
}

export function not({ test }: Node): Node {
  return testNode((scene) => !test(scene));
}

export function conditional({ test }: Node, yes: Node, no: Node): Node {
  return nodeOf((scene) => (test(scene) ? yes.run(scene) : no.run(scene)));
}

export function equal(left: Node, right: Node): Node {
  const { run: one } = left;
  const { run: other } = right;
  if (right.constant !== undefined && typeof right.constant !== "object") {
    const { constant } = right;
    return testNode((scene) => one(scene) === constant);
  }
  return testNode((scene) => isEqual(one(scene), other(scene)));
}

type Order = (one: Long, other: Long) => boolean;

export function compared(left: Node, right: Node, order: Order): Node {
  const { constant } = right;
  if (typeof constant === "number") {
    return testNode((scene) => {
      const one = left.run(scene);
      return isLong(one) ? order(one, constant) : comparedTimes(one, constant, order);
    });
  }
  return testNode((scene) => {
    const one = left.run(scene);
    const other = right.run(scene);
    return isLong(one) && isLong(other) ? order(one, other) : comparedTimes(one, other, order);
  });
}

/** Datetimes and durations can be compared too, each with its like. */
function comparedTimes(one: Value, other: Value, order: Order): boolean {
  if (one instanceof Datetime && other instanceof Datetime) return order(one.epochMs, other.epochMs);
  if (one instanceof Duration && other instanceof Duration) return order(one.ms, other.ms);
  if (isLong(one)) return failType("long", other);
  if (isLong(other)) return failType("long", one);
  if (isTime(one)) return failType(one.type, other);
  return isTime(other) ? failType(other.type, one) : failType("one of [long, datetime, duration]", one);
}

function isTime(value: Value): value is Datetime | Duration {
  return value instanceof Datetime || value instanceof Duration;
}

type Arithmetic = (one: Long, other: Long) => Long | null;

const ARITHMETIC: Readonly<Record<"+" | "-" | "*", readonly [Arithmetic, string]>> = {
  "+": [add, "add"],
  "-": [subtract, "subtract"],
  "*": [multiply, "multiply"],
};

export function calculated(left: Node, right: Node, operator: "+" | "-" | "*"): Node {
  const [calculate, verb] = ARITHMETIC[operator];
  return nodeOf((scene) => {
    const first = left.run(scene);
    const second = right.run(scene);
    const one = longIn(first);
    const other = longIn(second);
    return calculate(one, other) ?? failOverflow(`${verb} the values \`${one}\` and \`${other}\``);
  });
}

export function negated({ run }: Node): Node {
  return nodeOf((scene) => {
    const value = longIn(run(scene));
    return negate(value) ?? failOverflow(`negate the value \`${value}\``);
  });
}

function failOverflow(attempt: string): never {
  return fail("overflow", `integer overflow while attempting to ${attempt}`);
}

export function emptiness({ run }: Node): Node {
  return testNode((scene) => setIn(run(scene)).isEmpty);
}

export function setIn(value: Value): CedarSet {
  return value instanceof CedarSet ? value : failType("set", value);
}

function isLong(value: Value): value is Long {
  return typeof value === "number" || typeof value === "bigint";
}

function longIn(value: Value): Long {
  return isLong(value) ? value : failType("long", value);
}
