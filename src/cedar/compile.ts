import * as access from "./access.ts";
import type { Scene } from "./environment.ts";
import type { BinaryOperator, Expression } from "./expression.ts";
import { EXTENSION_FUNCTIONS, failArity } from "./extensions/functions.ts";
import * as logic from "./logic.ts";
import { constantNode, folded, type Node, nodeOf, testNode } from "./node.ts";
import { CedarRecord } from "./record.ts";
import { CedarSet } from "./set.ts";
import { compareByBytes } from "./text.ts";
import type { Sharing } from "./sharing.ts";
import type { Value } from "./value.ts";

/** An expression as closures, its constant parts evaluated here. */
export function compile(expression: Expression, sharing: Sharing): Node {
  const inner = (one: Expression): Node => compile(one, sharing);
  if ("left" in expression) {
    return "right" in expression ? compilePair(expression, sharing) : compileNamed(expression, sharing);
  }
  switch (expression.kind) {
    case "value":
      return constantNode(expression.value);
    case "variable":
      return { ...nodeOf(VARIABLES[expression.name]), isContext: expression.name === "context" };
    case "set":
      return compileSet(expression.items.map(inner));
    case "record":
      return compileRecord([...expression.fields].map(([name, field]) => [name, inner(field)]));
    case "call":
      return compileCall(expression.name, expression.arguments.map(inner));
    case "if":
      return logic.conditional(inner(expression.test), inner(expression.yes), inner(expression.no));
    case "!":
    case "neg":
    case "isEmpty":
      return compileUnary(expression.kind, inner(expression.argument));
    default:
      return expression satisfies never;
  }
}

const VARIABLES = {
  principal: (scene: Scene) => scene.principal,
  action: (scene: Scene) => scene.action,
  resource: (scene: Scene) => scene.resource,
  context: (scene: Scene) => scene.context,
};

function compileUnary(operator: "!" | "neg" | "isEmpty", argument: Node): Node {
  switch (operator) {
    case "!":
      return logic.not(argument);
    case "neg":
      return folded(logic.negated(argument), [argument]);
    case "isEmpty":
      return logic.emptiness(argument);
    default:
      return operator satisfies never;
  }
}

type Named = Extract<Expression, { kind: "attribute" | "has" | "like" | "is" }>;

function compileNamed(expression: Named, sharing: Sharing): Node {
  switch (expression.kind) {
    case "attribute":
      return compileAttribute(expression, sharing);
    case "has":
      return access.attributePresence(compile(expression.left, sharing), expression.name);
    case "is":
      return access.typeTest(compile(expression.left, sharing), expression.type);
    case "like": {
      const { run } = compile(expression.left, sharing);
      const { pattern } = expression;
      return testNode((scene) => pattern.matches(access.stringIn(run(scene))));
    }
    default:
      return expression satisfies never;
  }
}

/** What many policies look at: `context.budget.usedPercent`, `principal.name`. */
function compileAttribute({ left, name }: Attribute, sharing: Sharing): Node {
  const make = (): Node => access.attribute(compile(left, sharing), name);
  const path = pathOf(left);
  return path === null ? make() : sharing.node(JSON.stringify([...path, name]), make);
}

type Attribute = Extract<Expression, { kind: "attribute" | "has" }>;

/** A variable and the attributes after it; null of anything else. */
function pathOf(expression: Expression): string[] | null {
  if (expression.kind === "variable") return [expression.name];
  if (expression.kind !== "attribute") return null;
  const path = pathOf(expression.left);
  path?.push(expression.name);
  return path;
}

function compilePair(expression: Extract<Expression, { right: Expression }>, sharing: Sharing): Node {
  const [left, right] = [compile(expression.left, sharing), compile(expression.right, sharing)];
  if (expression.kind === "binary") return BINARY[expression.operator](left, right);
  return expression.kind === "&&" ? logic.and(left, right) : logic.or(left, right);
}

const BINARY: Readonly<Record<BinaryOperator, (left: Node, right: Node) => Node>> = {
  "==": logic.equal,
  "!=": (left, right) => logic.not(logic.equal(left, right)),
  "<": (left, right) => logic.compared(left, right, (one, other) => one < other),
  "<=": (left, right) => logic.compared(left, right, (one, other) => one <= other),
  ">": (left, right) => logic.compared(left, right, (one, other) => one > other),
  ">=": (left, right) => logic.compared(left, right, (one, other) => one >= other),
  "+": (left, right) => folded(logic.calculated(left, right, "+"), [left, right]),
  "-": (left, right) => folded(logic.calculated(left, right, "-"), [left, right]),
  "*": (left, right) => folded(logic.calculated(left, right, "*"), [left, right]),
  in: access.membership,
  contains: access.containing,
  containsAll: access.containingAll,
  containsAny: access.containingAny,
  getTag: access.tag,
  hasTag: access.tagPresence,
};

function compileSet(items: readonly Node[]): Node {
  const build = nodeOf((scene) => new CedarSet(items.map((item) => item.run(scene))));
  return folded(build, items);
}

/** Fields are evaluated in the order of their names' bytes, as Cedar keeps them: the first that fails tells why. */
function compileRecord(fields: readonly (readonly [string, Node])[]): Node {
  const sorted = fields.toSorted(([one], [other]) => compareByBytes(one, other));
  const build = nodeOf(
    (scene) =>
      new CedarRecord(new Map(sorted.map(([name, field]): [string, Value] => [name, field.run(scene)]))),
  );
  return folded(
    build,
    sorted.map(([, field]) => field),
  );
}

function compileCall(name: string, given: readonly Node[]): Node {
  const known = EXTENSION_FUNCTIONS.get(name);
  const [first, second = first] = given;
  if (known === undefined || known.arity !== given.length || first === undefined || second === undefined) {
    return nodeOf((scene) => {
      for (const node of given) node.run(scene);
      return failArity(name, known?.arity ?? 0, given.length);
    });
  }
  const call = nodeOf((scene) => {
    const one = first.run(scene);
    return known.call(one, second === first ? one : second.run(scene));
  });
  return folded(call, given);
}
