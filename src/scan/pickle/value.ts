/** What an imported name is: its module and its name, with the dots that protocol 4 follows. */
export interface GlobalValue {
  readonly kind: "global";
  readonly module: string;
  readonly name: string;
  readonly at: number;
}

/** A value as the machine knows it: nothing is made of it, and a call's result stays the call. */
export type Value =
  | { readonly kind: "none" | "truth" | "float" | "buffer" }
  /** Null where the number is too long to be of use to anyone. */
  | { readonly kind: "int"; readonly value: bigint | number | null }
  | Text
  | Bytes
  | Sequence
  | Dictionary
  | GlobalValue
  | Result
  | { readonly kind: "persistent"; readonly id: Value }
  /** What the file does not say: an extension's code, a name that is computed. */
  | { readonly kind: "unknown"; readonly why: string };

/** Text of Python 3, or the bytes of a string of Python 2. Cut (`isWhole` false) where longer than anything that is looked at. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
  readonly isWhole: boolean;
  readonly at: number;
  readonly size: number;
}

/** Bytes stay where they are in the file. */
export interface Bytes {
  readonly kind: "bytes";
  readonly at: number;
  readonly size: number;
}

export interface Sequence {
  readonly kind: "tuple" | "list" | "set" | "frozenset";
  readonly items: Value[];
}

/** Keys and values, one after the other; a key that is set twice stands twice. */
export interface Dictionary {
  readonly kind: "dict";
  readonly pairs: Value[];
}

/** What a call gave, and what was put into it since. */
export interface Result {
  readonly kind: "result";
  readonly callee: Value;
  readonly args: Value;
  readonly how: CallKind;
  readonly items: Value[];
}

/** `call` runs `callee(*args)`; `new` runs `callee.__new__(callee, *args)`. */
export type CallKind = "call" | "new";

export const NONE: Value = { kind: "none" };
export const TRUTH: Value = { kind: "truth" };
export const FLOAT: Value = { kind: "float" };
export const BUFFER: Value = { kind: "buffer" };
export const EMPTY_TUPLE: Sequence = { kind: "tuple", items: [] };
export const unknown = (why: string): Value => ({ kind: "unknown", why });

const SMALL: readonly Value[] = Array.from({ length: 1024 }, (_, value) => ({ kind: "int" as const, value }));

export function intOf(value: number | bigint | null): Value {
  return (typeof value === "number" ? SMALL[value] : undefined) ?? { kind: "int", value };
}

/** The values directly inside of one; null for what has none by its kind. */
export function insideOf(value: Value): readonly Value[] | null {
  if (value.kind === "result") return [value.callee, value.args, ...value.items];
  if (value.kind === "persistent") return [value.id];
  if (value.kind === "dict") return value.pairs;
  return "items" in value ? value.items : null;
}
