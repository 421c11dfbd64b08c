import type { BinaryOperator, Expression, Variable } from "./expression.ts";
import { EXTENSION_FUNCTIONS } from "./extensions/functions.ts";
import { type ExactJson, type ExactObject, isList, isObject, readValue, unreadable } from "./json.ts";
import { Pattern } from "./pattern.ts";

/** Expressions that nest deeper are refused: closures call one another as deep as their policy nests. */
export const EXPRESSION_DEPTH_MAX = 1_000;

const VARIABLES: ReadonlySet<string> = new Set(["principal", "action", "resource", "context"]);
const BINARY: ReadonlySet<string> = new Set([
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "+",
  "-",
  "*",
  "in",
  "contains",
  "containsAll",
  "containsAny",
  "getTag",
  "hasTag",
]);

/**
 * An expression in Cedar's JSON policy form (https://docs.cedarpolicy.com/policies/json-format.html).
 * Throws Fault `cedar_unreadable` for any operator or shape that the form does not have.
 */
export function readExpression(json: ExactJson | undefined, depth = 0): Expression {
  if (depth > EXPRESSION_DEPTH_MAX) throw unreadable("an expression nests too deep");
  const [entry, ...others] = isObject(json) ? Object.entries(json) : [];
  if (entry === undefined || others.length > 0) throw unreadable("an expression has one operator");
  const [operator, operand] = entry;
  const read = (part: ExactJson | undefined): Expression => readExpression(part, depth + 1);
  if (operator === "Value") return { kind: "value", value: readValue(operand) };
  if (isList(operand)) return readList(operator, operand, read);
  if (operator === "Var") return { kind: "variable", name: readVariable(operand) };
  if (!isObject(operand)) throw unreadable(`${operator} has no operands`);
  return operator === "Record" ? readFields(operand, read) : readOperator(operator, operand, read);
}

type Read = (part: ExactJson | undefined) => Expression;

function readList(operator: string, operand: readonly ExactJson[], read: Read): Expression {
  const items = operand.map(read);
  if (operator === "Set") return { kind: "set", items };
  if (!EXTENSION_FUNCTIONS.has(operator)) throw unreadable(`there is no function ${operator}`);
  return { kind: "call", name: operator, arguments: items };
}

function readVariable(json: ExactJson): Variable {
  if (typeof json === "string" && isVariable(json)) return json;
  throw unreadable("a variable is principal, action, resource or context");
}

function isVariable(name: string): name is Variable {
  return VARIABLES.has(name);
}

function readFields(operand: ExactObject, read: Read): Expression {
  return {
    kind: "record",
    fields: new Map(Object.entries(operand).map(([name, field]) => [name, read(field)])),
  };
}

function isBinary(operator: string): operator is BinaryOperator {
  return BINARY.has(operator);
}

function readOperator(operator: string, operand: ExactObject, read: Read): Expression {
  if (isBinary(operator)) {
    return { kind: "binary", operator, left: read(operand["left"]), right: read(operand["right"]) };
  }
  switch (operator) {
    case "&&":
    case "||":
      return { kind: operator, left: read(operand["left"]), right: read(operand["right"]) };
    case "!":
    case "neg":
    case "isEmpty":
      return { kind: operator, argument: read(operand["arg"]) };
    case "if-then-else":
      return {
        kind: "if",
        test: read(operand["if"]),
        yes: read(operand["then"]),
        no: read(operand["else"]),
      };
    default:
      return readNamed(operator, operand, read);
  }
}

function readNamed(operator: string, operand: ExactObject, read: Read): Expression {
  const left = read(operand["left"]);
  switch (operator) {
    case ".":
      return { kind: "attribute", left, name: text(operand["attr"]) };
    case "has":
      return readHas(left, operand["attr"]);
    case "like":
      return { kind: "like", left, pattern: readPattern(operand["pattern"]) };
    case "is":
      return readIs(left, operand, read);
    default:
      throw unreadable(`there is no operator ${operator}`);
  }
}

/** `left has a.b.c` stands for `left has a && left.a has b && left.a.b has c`. */
function readHas(left: Expression, attribute: ExactJson | undefined): Expression {
  const path = (isList(attribute) ? attribute : [attribute]).map(text);
  let from = left;
  let whole: Expression | null = null;
  for (const name of path) {
    const step: Expression = { kind: "has", left: from, name };
    whole = whole === null ? step : { kind: "&&", left: whole, right: step };
    from = { kind: "attribute", left: from, name };
  }
  if (whole === null) throw unreadable("has needs an attribute");
  return whole;
}

/** `left is T in right` stands for `left is T && left in right`. */
function readIs(left: Expression, operand: ExactObject, read: Read): Expression {
  const is: Expression = { kind: "is", left, type: text(operand["entity_type"]) };
  const { in: within } = operand;
  if (within === undefined) return is;
  return { kind: "&&", left: is, right: { kind: "binary", operator: "in", left, right: read(within) } };
}

function readPattern(json: ExactJson | undefined): Pattern {
  if (!isList(json)) throw unreadable("a pattern is a list");
  return new Pattern(
    json.map((element) =>
      element === "Wildcard" ? null : text(isObject(element) ? element["Literal"] : undefined),
    ),
  );
}

function text(json: ExactJson | undefined): string {
  if (typeof json === "string") return json;
  throw unreadable("a name or text is missing");
}
