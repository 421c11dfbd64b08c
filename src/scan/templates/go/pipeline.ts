import { type Expr, literal, name } from "../ast.ts";
import { type Token, Unfit } from "./lex.ts";

/** The tokens of one action, read forwards. */
export interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const DEPTH_MAX = 60;

export const readerOf = (tokens: readonly Token[], at = 0): Reader => ({ tokens, at });

export function isMark(reader: Reader, mark: string, ahead = 0): boolean {
  const token = reader.tokens[reader.at + ahead];
  return token?.is === "mark" && token.value === mark;
}

/** `a b | c d`: what is before the bar is the last argument of what is behind it (text/template, "Pipelines"). */
export function pipeline(reader: Reader, depth = 0): Expr {
  if (depth > DEPTH_MAX) throw new Unfit(`it nests deeper than ${DEPTH_MAX}`);
  let value = command(reader, null, depth);
  while (isMark(reader, "|")) {
    reader.at += 1;
    value = command(reader, value, depth);
  }
  return value;
}

function command(reader: Reader, piped: Expr | null, depth: number): Expr {
  const first = reader.tokens[reader.at];
  if (first === undefined) throw new Unfit("an action lacks a value");
  const called = first.is === "word" && !CONSTANTS.has(first.value) ? first.value : null;
  if (called !== null) reader.at += 1;
  const operands: Expr[] = [];
  while (reader.at < reader.tokens.length && !isMark(reader, "|") && !isMark(reader, ")"))
    operands.push(operand(reader, depth));
  if (piped !== null) operands.push(piped);
  if (called !== null) return functionOf(called, operands);
  const [value, ...args] = operands;
  if (value === undefined) throw new Unfit("an action lacks a value");
  return args.length === 0 ? value : { is: "call", callee: value, args, named: [] };
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["nil", null],
]);

function operand(reader: Reader, depth: number): Expr {
  let value = base(reader, depth);
  for (;;) {
    const token = reader.tokens[reader.at];
    // `.A.B` and `$x.A` are chains, where nothing separates them; a field that stands apart is an argument of its own.
    if (token?.is !== "field" || !reader.tokens[reader.at - 1] || !isChain(reader)) return value;
    value = fieldOf(value, token.value.slice(1));
    reader.at += 1;
  }
}

/** Space was dropped by the lexer, so a chain is told by what it hangs on: a field, a variable or a bracket before it. */
function isChain({ tokens, at }: Reader): boolean {
  const before = tokens[at - 1];
  return (
    before?.is === "field" || before?.is === "variable" || (before?.is === "mark" && before.value === ")")
  );
}

function base(reader: Reader, depth: number): Expr {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new Unfit("an action lacks a value");
  reader.at += 1;
  switch (token.is) {
    case "text":
      return literal(token.value);
    case "number":
      return literal(Number(token.value.replaceAll("_", "")));
    case "field":
      return fieldOf(name("."), token.value.slice(1));
    case "variable":
      return name(token.value);
    case "word":
      return CONSTANTS.has(token.value)
        ? literal(CONSTANTS.get(token.value) ?? null)
        : functionOf(token.value, []);
    case "mark":
    default:
      return marked(reader, token.value, depth);
  }
}

function marked(reader: Reader, mark: string, depth: number): Expr {
  if (mark === ".") return name(".");
  if (mark !== "(") throw new Unfit("an action has a mark where a value belongs");
  const value = pipeline(reader, depth + 1);
  if (!isMark(reader, ")")) throw new Unfit("a bracket is not closed");
  reader.at += 1;
  return value;
}

/** What Ollama hands to a template (template.go, Execute): of these names there is one each, wherever they are asked for. */
const ROOTS: ReadonlyMap<string, string> = new Map([
  ["Messages", "messages"],
  ["Prompt", "prompt"],
  ["System", "system"],
  ["Response", "response"],
  ["Suffix", "suffix"],
  ["Tools", "Tools"],
]);

function fieldOf(of: Expr, key: string): Expr {
  const root = ROOTS.get(key);
  if (root !== undefined) return name(root);
  return { is: "member", of, key: literal(key), dotted: true };
}

const COMPARING: Readonly<Record<string, string>> = {
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

type Make = (first: Expr, rest: readonly Expr[]) => Expr;

const OPERATORS: Readonly<Record<string, Make>> = {
  and: (first, rest) => chained("and", [first, ...rest]),
  or: (first, rest) => chained("or", [first, ...rest]),
  not: (first) => ({ is: "unary", op: "not", of: first }),
  index: (first, rest) => rest.reduce<Expr>((of, key) => ({ is: "member", of, key, dotted: false }), first),
  slice: (first, rest) => ({ is: "slice", of: first, bounds: rest }),
  json: (first) => ({ is: "filter", of: first, name: "tojson", args: [], named: [] }),
  printf: (first, rest) => ({ is: "filter", of: first, name: "format", args: rest, named: [] }),
  print: (first, rest) => chained("~", [first, ...rest]),
  println: (first, rest) => chained("~", [first, ...rest]),
};

/** The functions of text/template as the operators that they are. */
function functionOf(called: string, args: readonly Expr[]): Expr {
  const [first, ...rest] = args;
  const op = Object.hasOwn(COMPARING, called) ? COMPARING[called] : undefined;
  if (op !== undefined && first !== undefined && rest.length > 0)
    return chained(
      "or",
      rest.map((right): Expr => ({ is: "binary", op, left: first, right })),
    );
  const make = Object.hasOwn(OPERATORS, called) ? OPERATORS[called] : undefined;
  if (make !== undefined && first !== undefined) return make(first, rest);
  return { is: "call", callee: name(called), args, named: [] };
}

function chained(op: string, all: readonly Expr[]): Expr {
  return all.reduce((left, right): Expr => ({ is: "binary", op, left, right }));
}
