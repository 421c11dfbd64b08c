import type { GlobalValue, Value } from "./value.ts";

/** Which arguments are right for a name that may be called. */
export type ArgumentRule =
  | "any"
  | "none"
  | "literal"
  | "bytes"
  | "latin1"
  | "factory"
  | "ratio"
  | "array"
  | "reconstructor"
  | "newobj"
  | "rebuild";

/** What a call does in its turn: a class of which an object is made, or a function that is called. */
export interface Inner {
  readonly how: "call" | "new";
  readonly callee: Value;
  readonly args: Value;
}

/** Whether the arguments are right, and what the call does with them besides. */
export interface Judged {
  readonly isRight: boolean;
  readonly inner: readonly Inner[];
}

const COUNT_MAX = 1_000_000;
/** Hashes and times are smaller; what is larger only takes memory. */
const NUMBER_MAX = 2 ** 62;
const FACTORIES = new Set(["list", "dict", "set", "int", "float", "str", "bool", "tuple", "bytes"]);
const RIGHT: Judged = { isRight: true, inner: [] };
const WRONG: Judged = { isRight: false, inner: [] };

/** Judges the arguments of a call on the allow-list; `args` is what REDUCE or NEWOBJ took as their tuple. */
export function judgedArguments(rule: ArgumentRule, args: Value): Judged {
  if (args.kind !== "tuple" && args.kind !== "list")
    return rule === "any" && args.kind === "none" ? RIGHT : WRONG;
  return RULES[rule](args.items);
}

const when = (isRight: boolean): Judged => (isRight ? RIGHT : WRONG);

const RULES: Readonly<Record<ArgumentRule, (args: readonly Value[]) => Judged>> = {
  any: () => RIGHT,
  none: (args) => when(args.length === 0),
  literal: (args) => when(args.every(isLiteral)),
  bytes: (args) => when(args.every((arg) => (arg.kind === "int" ? isLength(arg) : isLiteral(arg)))),
  latin1: ([text, codec, ...more]) =>
    when(text?.kind === "text" && isText(codec, /^(?:latin1|latin-1|iso-8859-1)$/) && more.length === 0),
  factory: ([factory, ...more]) => when(isFactory(factory) && more.every(isLiteral)),
  ratio: (args) =>
    when(args.every((arg) => arg.kind === "int" || isText(arg, /^-?\d{1,100}(?:\/\d{1,100})?$/))),
  array: ([type, ...more]) =>
    when(type?.kind === "global" && more.every((arg) => arg.kind === "global" || isLiteral(arg))),
  reconstructor: ([type, base, state]) => {
    const isPlain = base?.kind === "global" && state !== undefined && isLiteral(state);
    return type === undefined || !isPlain
      ? WRONG
      : { isRight: true, inner: [{ how: "new", callee: type, args: { kind: "tuple", items: [] } }] };
  },
  newobj: ([type, ...items]) =>
    type === undefined
      ? WRONG
      : { isRight: true, inner: [{ how: "new", callee: type, args: { kind: "tuple", items } }] },
  rebuild: ([callee, type, args]) =>
    callee === undefined || args === undefined || type?.kind !== "global"
      ? WRONG
      : { isRight: true, inner: [{ how: "call", callee, args }] },
};

/** Written out in the file: nothing that was made by a call stands directly in it, and no number asks for much memory. */
function isLiteral(value: Value): boolean {
  if (value.kind === "int")
    return value.value !== null && value.value <= NUMBER_MAX && value.value >= -NUMBER_MAX;
  if (value.kind === "result") return isPlainResult(value.callee);
  return !MADE.has(value.kind);
}

const MADE: ReadonlySet<Value["kind"]> = new Set(["global", "persistent", "unknown"]);

function isPlainResult(callee: Value): boolean {
  return callee.kind === "global" && PLAIN_MAKERS.has(`${callee.module} ${callee.name}`);
}

const PLAIN_MAKERS = new Set([
  "_codecs encode",
  "datetime timedelta",
  "datetime timezone",
  "copy_reg _reconstructor",
]);

function isText(value: Value | undefined, pattern: RegExp): boolean {
  return value?.kind === "text" && value.isWhole && pattern.test(value.text);
}

function isFactory(value: Value | undefined): boolean {
  if (value === undefined || value.kind === "none") return true;
  return value.kind === "global" && isBuiltin(value) && FACTORIES.has(value.name);
}

function isBuiltin({ module }: GlobalValue): boolean {
  return module === "builtins" || module === "__builtin__";
}

/** `bytes(n)` and `bytearray(n)` take as much memory. */
function isLength(value: Value): boolean {
  return value.kind === "int" && Number(value.value ?? Number.POSITIVE_INFINITY) <= COUNT_MAX;
}
