import { beyond } from "./lost.ts";
import type { Tape } from "./tape.ts";
import type { Bytes, GlobalValue, Result, Text, Value } from "./value.ts";

/** What a loader would have done, in the order in which it would have. */
export type PickleEvent =
  | { readonly kind: "import"; readonly value: GlobalValue; readonly at: number }
  | { readonly kind: "call"; readonly result: Result; readonly opcode: string; readonly at: number }
  /** `append`, `__setitem__`, `add`, or `__setstate__` and the writing of attributes, of what is no plain container. */
  | {
      readonly kind: "change";
      readonly how: Change;
      readonly target: Value;
      readonly state: readonly Value[];
      readonly at: number;
    }
  /** Text or bytes that stand in the file; long ones only, which may hold something. */
  | { readonly kind: "data"; readonly value: Text | Bytes; readonly at: number }
  /** joblib's loader would read an array's bytes here. */
  | { readonly kind: "array"; readonly at: number }
  | { readonly kind: "unfollowed"; readonly what: string; readonly at: number }
  | { readonly kind: "persistent"; readonly id: Value; readonly at: number };

export type Change = "append" | "items" | "add" | "build";

/** How a stream ended. */
export type StreamEnd =
  | { readonly kind: "stopped"; readonly at: number; readonly value: Value }
  /** No loader gets any further than `at`. */
  | { readonly kind: "broken"; readonly at: number; readonly what: string }
  /** Loaders differ here, or it is more than is followed (`isLimit`). */
  | { readonly kind: "lost"; readonly at: number; readonly what: string; readonly isLimit: boolean };

export interface Machine {
  readonly tape: Tape;
  readonly stack: Value[];
  /** Where in `stack` the things after each mark begin. */
  readonly marks: number[];
  readonly memo: Map<number, Value>;
  readonly tell: (event: PickleEvent) => void;
  /** Moves past an array's bytes as joblib's loader does; null for a loader that knows nothing of them. */
  readonly skipArray: ((state: Value) => void) | null;
  /** Memory that values may still take, in words of 8 bytes. */
  words: number;
}

export function spend(machine: Machine, words: number, at: number): void {
  machine.words -= words;
  if (machine.words < 0) throw beyond("its values take more memory than is lent to it", at);
}
