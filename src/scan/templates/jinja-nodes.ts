import { type Expr, literal, name, type Named, type Param, type Stmt } from "./ast.ts";

/** Chains of operators and members hang to one side: the tree is as deep as they are long. */
const DEPTH_MAX = 600;

/** Thrown inside; `parseJinja` answers it as an outcome. */
export class Unfit extends Error {}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What @huggingface/jinja's parser answers (dist/ast.d.ts of 0.5.11), as our own tree; the library exports no types of its nodes. */
export function converted(program: unknown): readonly Stmt[] {
  return stmts(nodeOf(program)["body"], 0);
}

function nodeOf(value: unknown): Node {
  if (typeof value === "object" && value !== null && "type" in value && typeof value.type === "string")
    return { ...value, type: value.type };
  throw new Unfit("the parser answered what is no node");
}

function deeper(depth: number): number {
  if (depth >= DEPTH_MAX) throw new Unfit(`it nests deeper than ${DEPTH_MAX}`);
  return depth + 1;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unfit("the parser answered no list");
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Unfit("the parser answered no text");
  return value;
}

function nameOf(value: unknown): string {
  const node = nodeOf(value);
  return node.type === "Identifier" ? textOf(node["value"]) : "";
}

function stmts(value: unknown, depth: number): readonly Stmt[] {
  return listOf(value).map((one) => stmt(nodeOf(one), deeper(depth)));
}

const STATEMENTS: Readonly<Record<string, (node: Node, depth: number) => Stmt>> = {
  If: (node, depth) => ({
    is: "if",
    test: expr(node["test"], depth),
    body: stmts(node["body"], depth),
    otherwise: stmts(node["alternate"], depth),
  }),
  For: (node, depth) => ({
    is: "for",
    targets: targetsOf(nodeOf(node["loopvar"])),
    over: expr(node["iterable"], depth),
    body: stmts(node["body"], depth),
    otherwise: stmts(node["defaultBlock"], depth),
  }),
  Set: (node, depth) => ({
    is: "set",
    target: expr(node["assignee"], depth),
    value: node["value"] === null ? null : expr(node["value"], depth),
    body: stmts(node["body"], depth),
  }),
  Macro: (node, depth) => ({
    is: "macro",
    name: nameOf(node["name"]),
    params: paramsOf(node["args"], depth),
    body: stmts(node["body"], depth),
  }),
  CallStatement: (node, depth) => ({
    is: "call",
    call: expr(node["call"], depth),
    body: stmts(node["body"], depth),
  }),
  FilterStatement: (node, depth) => ({
    is: "filter",
    filter: expr(node["filter"], depth),
    body: stmts(node["body"], depth),
  }),
  Break: () => ({ is: "leave", how: "break" }),
  Continue: () => ({ is: "leave", how: "continue" }),
  Comment: (node) => ({ is: "comment", text: textOf(node["value"]) }),
};

/** A text outside of tags is a literal that stands alone; so is one that a tag emits, which is the same to the reader. */
function stmt(node: Node, depth: number): Stmt {
  const make = STATEMENTS[node.type];
  if (make !== undefined) return make(node, depth);
  if (node.type === "StringLiteral") return { is: "text", text: textOf(node["value"]) };
  return { is: "emit", value: expr(node, depth) };
}

function targetsOf(node: Node): readonly string[] {
  return node.type === "TupleLiteral" ? listOf(node["value"]).map(nameOf) : [nameOf(node)];
}

function paramsOf(value: unknown, depth: number): readonly Param[] {
  return listOf(value).map((one) => {
    const node = nodeOf(one);
    if (node.type !== "KeywordArgumentExpression") return { name: nameOf(node), value: null };
    return { name: nameOf(node["key"]), value: expr(node["value"], depth) };
  });
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);

const EXPRESSIONS: Readonly<Record<string, (node: Node, depth: number) => Expr>> = {
  Identifier: (node) => {
    const word = textOf(node["value"]);
    const known = WORDS.get(word);
    return known === undefined ? name(word) : literal(known);
  },
  IntegerLiteral: (node) => literal(Number(node["value"])),
  FloatLiteral: (node) => literal(Number(node["value"])),
  StringLiteral: (node) => literal(textOf(node["value"])),
  ArrayLiteral: (node, depth) => ({ is: "list", items: exprs(node["value"], depth) }),
  TupleLiteral: (node, depth) => ({ is: "list", items: exprs(node["value"], depth) }),
  ObjectLiteral: (node, depth) => mapOf(node["value"], depth),
  MemberExpression: memberOf,
  CallExpression: (node, depth) => ({
    is: "call",
    callee: expr(node["callee"], depth),
    ...argumentsOf(node["args"], depth),
  }),
  FilterExpression: (node, depth) => {
    const filter = nodeOf(node["filter"]);
    const isCall = filter.type === "CallExpression";
    const given = isCall ? argumentsOf(filter["args"], depth) : { args: [], named: [] };
    const called = nameOf(isCall ? filter["callee"] : filter);
    return { is: "filter", of: expr(node["operand"], depth), name: called, ...given };
  },
  TestExpression: (node, depth) => {
    const test: Expr = { is: "test", of: expr(node["operand"], depth), name: nameOf(node["test"]) };
    return node["negate"] === true ? { is: "unary", op: "not", of: test } : test;
  },
  BinaryExpression: (node, depth) => ({
    is: "binary",
    op: textOf(nodeOf(node["operator"])["value"]),
    left: expr(node["left"], depth),
    right: expr(node["right"], depth),
  }),
  UnaryExpression: (node, depth) => ({
    is: "unary",
    op: textOf(nodeOf(node["operator"])["value"]),
    of: expr(node["argument"], depth),
  }),
  Ternary: (node, depth) => ({
    is: "choice",
    test: expr(node["condition"], depth),
    yes: expr(node["trueExpr"], depth),
    no: expr(node["falseExpr"], depth),
  }),
  SelectExpression: (node, depth) => ({
    is: "choice",
    test: expr(node["test"], depth),
    yes: expr(node["lhs"], depth),
    no: null,
  }),
  SpreadExpression: (node, depth) => expr(node["argument"], depth),
  KeywordSpreadExpression: (node, depth) => expr(node["argument"], depth),
};

function expr(value: unknown, depth: number): Expr {
  const node = nodeOf(value);
  const make = EXPRESSIONS[node.type];
  if (make === undefined) throw new Unfit(`it has a ${node.type}, which is not known here`);
  return make(node, deeper(depth));
}

function exprs(value: unknown, depth: number): readonly Expr[] {
  return listOf(value).map((one) => expr(one, depth));
}

function memberOf(node: Node, depth: number): Expr {
  const of = expr(node["object"], depth);
  const property = nodeOf(node["property"]);
  if (property.type === "SliceExpression") {
    const bounds = ["start", "stop", "step"].flatMap((field) =>
      node["property"] !== undefined && property[field] !== undefined ? [expr(property[field], depth)] : [],
    );
    return { is: "slice", of, bounds };
  }
  const dotted = node["computed"] !== true;
  const isName = dotted && property.type === "Identifier";
  return {
    is: "member",
    of,
    key: isName ? literal(textOf(property["value"])) : expr(property, depth),
    dotted,
  };
}

function argumentsOf(
  value: unknown,
  depth: number,
): { readonly args: readonly Expr[]; readonly named: readonly Named[] } {
  const args: Expr[] = [];
  const named: Named[] = [];
  for (const one of listOf(value)) {
    const node = nodeOf(one);
    if (node.type === "KeywordArgumentExpression")
      named.push({ name: nameOf(node["key"]), value: expr(node["value"], depth) });
    else args.push(expr(node, depth));
  }
  return { args, named };
}

function mapOf(value: unknown, depth: number): Expr {
  if (!(value instanceof Map)) throw new Unfit("the parser answered no map");
  const entries = Array.from(value as ReadonlyMap<unknown, unknown>, ([key, held]) => ({
    key: expr(key, depth),
    value: expr(held, depth),
  }));
  return { is: "map", entries };
}
