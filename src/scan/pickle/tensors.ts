import type { ByteSource } from "#models";
import { runPickle } from "./machine.ts";
import { insideOf, type Result, type Value } from "./value.ts";

/** A tensor as a pickle of PyTorch tells of it; its numbers are elsewhere. */
export interface PickledTensor {
  /** The keys that lead to it: `model.layers.0.weight`; cut. */
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Which of the storages it is a part of. */
  readonly storage: string;
}

/** What a pickle of PyTorch holds, as far as it was followed. */
export interface PickledTensors {
  readonly tensors: readonly PickledTensor[];
  /** Where the last of its pickles ends; what follows is the tensors' numbers, in files of PyTorch before 1.6. */
  readonly end: number;
}

/** Before 1.6: a magic number, a version, the system, the object, the keys of the storages (torch/serialization.py, `_legacy_save`). */
const STREAMS_MAX = 8;
const TENSORS_MAX = 100_000;
const VALUES_MAX = 4_000_000;
const DEPTH_MAX = 64;
const NAME_CHARACTERS_MAX = 512;
const DIMENSIONS_MAX = 64;

/** `torch.FloatStorage` and its like, by the names of safetensors. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["DoubleStorage", "F64"],
  ["FloatStorage", "F32"],
  ["HalfStorage", "F16"],
  ["BFloat16Storage", "BF16"],
  ["LongStorage", "I64"],
  ["IntStorage", "I32"],
  ["ShortStorage", "I16"],
  ["CharStorage", "I8"],
  ["ByteStorage", "U8"],
  ["BoolStorage", "BOOL"],
  ["QInt8Storage", "QI8"],
  ["QUInt8Storage", "QU8"],
  ["ComplexFloatStorage", "C64"],
  ["ComplexDoubleStorage", "C128"],
  ["UntypedStorage", "U8"],
]);

/**
 * The tensors that pickles of PyTorch tell of, by what the symbolic machine makes of them: nothing is loaded. Empty where there are
 * none, or where none of the pickles could be followed to its end. Throws `model_unreadable` as `source` does.
 */
export function pickledTensors(source: ByteSource): PickledTensors {
  const tensors: PickledTensor[] = [];
  let at = 0;
  for (let n = 0; n < STREAMS_MAX && at < source.size; n += 1) {
    const { end } = runPickle(source, at, () => undefined);
    if (end.kind !== "stopped") break;
    at = end.at;
    gather(end.value, tensors);
  }
  return { tensors, end: at };
}

interface Open {
  readonly value: Value;
  readonly name: string;
  readonly depth: number;
}

function gather(root: Value, tensors: PickledTensor[]): void {
  const open: Open[] = [{ value: root, name: "", depth: 0 }];
  const seen = new Set<Value>();
  for (let spent = 0; open.length > 0 && spent < VALUES_MAX && tensors.length < TENSORS_MAX; spent += 1) {
    const { value, name, depth } = open.pop() ?? { value: root, name: "", depth: DEPTH_MAX };
    if (seen.has(value) || depth > DEPTH_MAX) continue;
    const tensor = value.kind === "result" ? tensorOf(value, name) : null;
    if (tensor !== null) tensors.push(tensor);
    else open.push(...childrenOf({ value, name, depth }, seen).toReversed());
  }
}

/** Keys of dicts, and of what was put into objects, are names; small values stand many times, and are followed each time. */
function childrenOf({ value, name, depth }: Open, seen: Set<Value>): readonly Open[] {
  const inside = insideOf(value);
  if (inside === null) return [];
  seen.add(value);
  const isDict = value.kind === "dict";
  return inside.map((child, n) => {
    const key = isDict && n % 2 === 1 ? inside[n - 1] : undefined;
    const isPair = value.kind === "result" && n > 2 ? inside[n - 1] : undefined;
    const label = key?.kind === "text" ? key.text : isPair?.kind === "text" ? isPair.text : "";
    const full = label === "" ? name : name === "" ? label : `${name}.${label}`;
    return { value: child, name: full.slice(0, NAME_CHARACTERS_MAX), depth: depth + 1 };
  });
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...)`. */
function tensorOf({ callee, args }: Result, name: string): PickledTensor | null {
  if (callee.kind !== "global" || args.kind !== "tuple") return null;
  if (callee.module !== "torch._utils" || !/^_rebuild_tensor(?:_v2|_v3)?$/u.test(callee.name)) return null;
  const storage = storageOf(args.items[0]);
  const shape = shapeOf(args.items[2]);
  if (storage === null || shape === null) return null;
  return { name, ...storage, shape, elements: shape.reduce((product, one) => product * one, 1) };
}

/** A persistent id: `("storage", type, key, place, count)`. */
function storageOf(value: Value | undefined): { readonly type: string; readonly storage: string } | null {
  if (value?.kind !== "persistent" || value.id.kind !== "tuple") return null;
  const [, type, key] = value.id.items;
  return {
    type: type?.kind === "global" ? (TYPES.get(type.name) ?? "unknown") : "unknown",
    storage: key?.kind === "text" ? key.text.slice(0, NAME_CHARACTERS_MAX) : "",
  };
}

function shapeOf(value: Value | undefined): readonly number[] | null {
  if (value?.kind !== "tuple" || value.items.length > DIMENSIONS_MAX) return null;
  const shape = value.items.map((one) => (one.kind === "int" ? Number(one.value ?? Number.NaN) : Number.NaN));
  const elements = shape.reduce((product, one) => product * one, 1);
  return Number.isSafeInteger(elements) && shape.every((one) => one >= 0) ? shape : null;
}
