import { malformed } from "#models";
import type { Argument } from "./argument.ts";
import { isArrayWrapper } from "./joblib.ts";
import { lost } from "./lost.ts";
import { type Change, type Machine, type StreamEnd, spend } from "./state.ts";
import {
  BUFFER,
  type CallKind,
  EMPTY_TUPLE,
  type GlobalValue,
  NONE,
  type Result,
  type Sequence,
  TRUTH,
  unknown,
  type Value,
} from "./value.ts";

/** What an opcode does to the machine; an end where it is the last. */
type Effect = (machine: Machine, argument: Argument, at: number) => StreamEnd | undefined;

const PROTOCOL_MAX = 5;
const CONTAINER_WORDS = 12;
const MEMO_WORDS = 5;
/** The shortest text that can hold a pickle that calls something. */
const DATA_BYTES_MIN = 12;

function push(machine: Machine, value: Value): undefined {
  machine.stack.push(value);
}

function pop(machine: Machine, at: number): Value {
  const value = machine.stack.length > (machine.marks.at(-1) ?? 0) ? machine.stack.pop() : undefined;
  // Loaders before Python 3.6 reach below the mark; those since say that the stack is empty.
  if (value === undefined) throw lost("an opcode takes more from the stack than is on it", at);
  return value;
}

function top(machine: Machine, at: number): Value {
  const value = pop(machine, at);
  machine.stack.push(value);
  return value;
}

function popMark(machine: Machine, at: number): Value[] {
  const mark = machine.marks.pop();
  if (mark === undefined) throw lost("an opcode looks for a mark, and there is none", at);
  const items = machine.stack.slice(mark);
  machine.stack.length = mark;
  spend(machine, items.length, at);
  return items;
}

const constant: Effect = (machine, argument, at) => {
  if (argument.kind === "names") return undefined;
  if (argument.kind === "text") spend(machine, 8 + Math.ceil(argument.text.length / 4), at);
  else spend(machine, 6, at);
  if ((argument.kind === "text" || argument.kind === "bytes") && argument.size >= DATA_BYTES_MIN)
    machine.tell({ kind: "data", value: argument, at });
  return push(machine, argument);
};

const fixed =
  (value: Value): Effect =>
  (machine) =>
    push(machine, value);

const container =
  (kind: Sequence["kind"], fill: (machine: Machine, at: number) => Value[]): Effect =>
  (machine, _, at) => {
    spend(machine, CONTAINER_WORDS, at);
    return push(machine, { kind, items: fill(machine, at) });
  };

const last =
  (count: number) =>
  (machine: Machine, at: number): Value[] =>
    Array.from({ length: count }, () => pop(machine, at)).toReversed();

const dict =
  (fill: (machine: Machine, at: number) => Value[]): Effect =>
  (machine, _, at) => {
    spend(machine, CONTAINER_WORDS, at);
    return push(machine, { kind: "dict", pairs: fill(machine, at) });
  };

const none = (): Value[] => [];

/** What is put into the container on top; into what is no plain one, a method of its class puts it. */
function put(
  machine: Machine,
  how: Exclude<Change, "build">,
  { items, at }: { items: Value[]; at: number },
): undefined {
  const target = top(machine, at);
  const into = plainItems(target, how);
  if (into !== null) {
    for (const item of items) into.push(item);
    return;
  }
  if (target.kind === "bytes" && how === "append") return;
  machine.tell({ kind: "change", how, target, state: items, at });
  if (target.kind === "result") for (const item of items) target.items.push(item);
}

function plainItems(target: Value, how: Exclude<Change, "build">): Value[] | null {
  if (target.kind === "dict") return how === "items" ? target.pairs : null;
  if (target.kind === "list") return how === "add" ? null : target.items;
  return target.kind === "set" && how === "add" ? target.items : null;
}

const build: Effect = (machine, _, at) => {
  const state = pop(machine, at);
  const target = top(machine, at);
  machine.tell({ kind: "change", how: "build", target, state: [state], at });
  if (target.kind === "result") target.items.push(state);
  if (!isArrayWrapper(target)) return undefined;
  machine.tell({ kind: "array", at });
  machine.skipArray?.(state);
  return undefined;
};

function imported(
  machine: Machine,
  { module, name }: { module: string; name: string },
  at: number,
): GlobalValue {
  const value: GlobalValue = { kind: "global", module, name, at };
  spend(machine, CONTAINER_WORDS, at);
  machine.tell({ kind: "import", value, at });
  return value;
}

interface Calling {
  readonly callee: Value;
  readonly args: Value;
  readonly how: CallKind;
  readonly opcode: string;
}

function call(machine: Machine, { callee, args, how, opcode }: Calling, at: number): undefined {
  const result: Result = { kind: "result", callee, args, how, items: [] };
  spend(machine, 2 * CONTAINER_WORDS, at);
  machine.tell({ kind: "call", result, opcode, at });
  return push(machine, result);
}

const stackGlobal: Effect = (machine, _, at) => {
  const name = pop(machine, at);
  const module = pop(machine, at);
  if (name.kind === "text" && module.kind === "text" && name.isWhole && module.isWhole)
    return push(machine, imported(machine, { module: module.text, name: name.text }, at));
  const what = "the name of an import is computed, or is no text";
  machine.tell({ kind: "unfollowed", what, at });
  return push(machine, unknown(what));
};

const extension: Effect = (machine, argument, at) => {
  const code = argument.kind === "int" ? String(argument.value) : "?";
  const what = `extension ${code} of a registry that only the loading program knows`;
  machine.tell({ kind: "unfollowed", what, at });
  return push(machine, unknown(what));
};

const inst: Effect = (machine, argument, at) => {
  if (argument.kind !== "names") return undefined;
  const callee = imported(machine, argument, at);
  const args: Value = { kind: "tuple", items: popMark(machine, at) };
  return call(machine, { callee, args, how: "call", opcode: "INST" }, at);
};

const obj: Effect = (machine, _, at) => {
  const [callee, ...items] = popMark(machine, at);
  if (callee === undefined) throw lost("an OBJ has no class", at);
  return call(machine, { callee, args: { kind: "tuple", items }, how: "call", opcode: "OBJ" }, at);
};

const newobjEx: Effect = (machine, _, at) => {
  const named = pop(machine, at);
  const given = pop(machine, at);
  const args: Value = given.kind === "tuple" ? { kind: "tuple", items: [...given.items, named] } : given;
  return call(machine, { callee: pop(machine, at), args, how: "new", opcode: "NEWOBJ_EX" }, at);
};

const called =
  (how: CallKind, opcode: string): Effect =>
  (machine, _, at) => {
    const args = pop(machine, at);
    return call(machine, { callee: pop(machine, at), args, how, opcode }, at);
  };

const persistent =
  (id: (machine: Machine, argument: Argument, at: number) => Value): Effect =>
  (machine, argument, at) => {
    const value = id(machine, argument, at);
    machine.tell({ kind: "persistent", id: value, at });
    return push(machine, { kind: "persistent", id: value });
  };

function keyOf(argument: Argument, at: number): number {
  const key = argument.kind === "int" ? Number(argument.value ?? Number.NaN) : Number.NaN;
  if (Number.isNaN(key)) throw lost("a memo's key is no number", at);
  return key;
}

const get: Effect = (machine, argument, at) => {
  const value = machine.memo.get(keyOf(argument, at));
  if (value === undefined) throw malformed("a GET of what was never PUT", at);
  return push(machine, value);
};

function memoize(machine: Machine, key: number, at: number): undefined {
  spend(machine, MEMO_WORDS, at);
  machine.memo.set(key, top(machine, at));
}

const setPut: Effect = (machine, argument, at) => memoize(machine, keyOf(argument, at), at);

const popOne: Effect = (machine, _, at) => {
  if (machine.marks.at(-1) === machine.stack.length) machine.marks.pop();
  else pop(machine, at);
  return undefined;
};

const proto: Effect = (_, argument, at) => {
  if (argument.kind === "int" && Number(argument.value) > PROTOCOL_MAX)
    throw malformed(`protocol ${argument.value} is none`, at);
  return undefined;
};

const frame: Effect = (_, argument, at) => {
  // Frames that end elsewhere than they said stop some loaders and not others: never this machine.
  if (argument.kind === "int" && BigInt(argument.value ?? 0) >= 2n ** 63n)
    throw malformed("a frame has no possible size", at);
  return undefined;
};

const nothing: Effect = () => undefined;
const many =
  (how: Exclude<Change, "build">): Effect =>
  (machine, _, at) =>
    put(machine, how, { items: popMark(machine, at), at });
const few =
  (how: Exclude<Change, "build">, count: number): Effect =>
  (machine, _, at) =>
    put(machine, how, { items: last(count)(machine, at), at });

/** By the opcodes' names. Source: the `load_*` methods of Lib/pickle.py and Modules/_pickle.c of CPython 3.13. */
export const EFFECTS: Readonly<Record<string, Effect>> = {
  ...Object.fromEntries(
    ["INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "STRING", "BINSTRING"]
      .concat(["SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE"])
      .concat(["SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "FLOAT", "BINFLOAT"])
      .map((name) => [name, constant]),
  ),
  NONE: fixed(NONE),
  NEWTRUE: fixed(TRUTH),
  NEWFALSE: fixed(TRUTH),
  NEXT_BUFFER: fixed(BUFFER),
  READONLY_BUFFER: nothing,
  EMPTY_TUPLE: fixed(EMPTY_TUPLE),
  EMPTY_LIST: container("list", none),
  EMPTY_SET: container("set", none),
  EMPTY_DICT: dict(none),
  TUPLE: container("tuple", popMark),
  TUPLE1: container("tuple", last(1)),
  TUPLE2: container("tuple", last(2)),
  TUPLE3: container("tuple", last(3)),
  LIST: container("list", popMark),
  FROZENSET: container("frozenset", popMark),
  DICT: dict(popMark),
  APPEND: few("append", 1),
  APPENDS: many("append"),
  SETITEM: few("items", 2),
  SETITEMS: many("items"),
  ADDITEMS: many("add"),
  POP: popOne,
  DUP: (machine, _, at) => push(machine, top(machine, at)),
  MARK: (machine) => {
    machine.marks.push(machine.stack.length);
    return undefined;
  },
  POP_MARK: (machine, _, at) => {
    popMark(machine, at);
    return undefined;
  },
  GET: get,
  BINGET: get,
  LONG_BINGET: get,
  PUT: setPut,
  BINPUT: setPut,
  LONG_BINPUT: setPut,
  MEMOIZE: (machine, _, at) => memoize(machine, machine.memo.size, at),
  EXT1: extension,
  EXT2: extension,
  EXT4: extension,
  GLOBAL: (machine, argument, at) =>
    argument.kind === "names" ? push(machine, imported(machine, argument, at)) : undefined,
  STACK_GLOBAL: stackGlobal,
  REDUCE: called("call", "REDUCE"),
  NEWOBJ: called("new", "NEWOBJ"),
  NEWOBJ_EX: newobjEx,
  INST: inst,
  OBJ: obj,
  BUILD: build,
  PROTO: proto,
  FRAME: frame,
  PERSID: persistent((_, argument) => (argument.kind === "names" ? NONE : argument)),
  BINPERSID: persistent((machine, _, at) => pop(machine, at)),
  STOP: (machine, _, at) => ({ kind: "stopped", at: machine.tape.at(), value: pop(machine, at) }),
};
