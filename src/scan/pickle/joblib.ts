import { lost } from "./lost.ts";
import type { Machine, StreamEnd } from "./state.ts";
import type { Value } from "./value.ts";

const DIMENSIONS_MAX = 64;

/** Where joblib's loader, after BUILD of this, reads an array's bytes straight out of the file. */
export function isArrayWrapper(target: Value): boolean {
  if (target.kind !== "result" || target.callee.kind !== "global") return false;
  return target.callee.module === "joblib.numpy_pickle" && target.callee.name === "NumpyArrayWrapper";
}

/**
 * Moves past the bytes of the array that `state` tells of: a byte that counts the padding, the padding and the numbers, or for
 * an array of objects a pickle of its own. Source: `NumpyArrayWrapper.read_array` in joblib/numpy_pickle.py, joblib 1.2 and later.
 */
export function skipArray(machine: Machine, state: Value, run: (from: number) => StreamEnd): void {
  const at = machine.tape.at();
  const item = itemBytes(fieldOf(state, "dtype"));
  const count = countOf(fieldOf(state, "shape"));
  if (item === null || count === null) throw lost("where an array of joblib's ends cannot be told", at);
  if (item === "objects") {
    const end = run(at);
    if (end.kind !== "stopped") throw lost("an array of joblib's is no pickle", at);
    return machine.tape.jump(end.at);
  }
  const alignment = fieldOf(state, "numpy_array_alignment_bytes");
  if (alignment?.kind === "int") machine.tape.skip(machine.tape.u8());
  return machine.tape.skip(count * item);
}

/** The value of a key that stands once; a state that says it twice is not followed. */
function fieldOf(state: Value, key: string): Value | undefined {
  if (state.kind !== "dict") return undefined;
  const found = state.pairs.filter((_, index) => {
    const name = state.pairs[index - 1];
    return index % 2 === 1 && name?.kind === "text" && name.text === key;
  });
  return found.length === 1 ? found[0] : undefined;
}

function countOf(shape: Value | undefined): number | null {
  if (shape?.kind !== "tuple" || shape.items.length > DIMENSIONS_MAX) return null;
  const count = shape.items.reduce(
    (product, size) => product * (size.kind === "int" ? Number(size.value ?? Number.NaN) : Number.NaN),
    1,
  );
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Of `numpy.dtype('f8', ...)`; null for types with fields and for what is no type. */
function itemBytes(dtype: Value | undefined): number | "objects" | null {
  const code =
    dtype?.kind === "result" && dtype.args.kind === "tuple" && isDtype(dtype.callee)
      ? dtype.args.items[0]
      : undefined;
  const [, letter, size] = (code?.kind === "text" ? /^([a-zA-Z])(\d{1,9})$/.exec(code.text) : null) ?? [];
  if (letter === undefined || letter === "V") return null;
  if (letter === "O") return "objects";
  return Number(size) * (letter === "U" ? 4 : 1);
}

function isDtype(callee: Value): boolean {
  return callee.kind === "global" && callee.module === "numpy" && callee.name === "dtype";
}
