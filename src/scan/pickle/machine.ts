import { Fault } from "#base";
import { type ByteSource, malformed } from "#models";
import { type Argument, argumentOn } from "./argument.ts";
import { EFFECTS } from "./effects.ts";
import { skipArray } from "./joblib.ts";
import { beyond } from "./lost.ts";
import { type Opcode, opcodeOf } from "./opcodes.table.ts";
import { type Machine, type PickleEvent, type StreamEnd, spend } from "./state.ts";
import { type Tape, tapeOn } from "./tape.ts";

export const STEPS_MAX = 20_000_000;
export const WORDS_MAX = 24 * 1_048_576;
const RECENT = 8;

export interface StreamRun {
  readonly end: StreamEnd;
  readonly steps: number;
}

/** Where the last opcodes began, the current one last. */
export type Recent = () => readonly number[];

/**
 * Follows one pickle from `from` to its STOP, as an unpickler would, without making or importing anything. `tell` hears what
 * a loader would have done as the machine comes to it; `recent` is for it. `isJoblib` reads
 * arrays as joblib's loader does. Throws `model_unreadable` as `source` does.
 */
export function runPickle(
  source: ByteSource,
  from: number,
  tell: (event: PickleEvent, recent: Recent) => void,
  isJoblib = false,
): StreamRun {
  const offsets: number[] = [];
  let steps = 0;
  const recent: Recent = () =>
    Array.from(
      { length: Math.min(RECENT, steps) },
      (_, n) => offsets[(steps - n - 1) % RECENT] ?? 0,
    ).toReversed();
  const machine: Machine = {
    tape: tapeOn(source, from),
    stack: [],
    marks: [],
    memo: new Map(),
    tell: (event) => tell(event, recent),
    skipArray: isJoblib
      ? (state) => skipArray(machine, state, (start) => runPickle(source, start, tell).end)
      : null,
    words: WORDS_MAX,
  };
  const step = (): StreamEnd | null => {
    const at = machine.tape.at();
    offsets[steps % RECENT] = at;
    steps += 1;
    if (steps > STEPS_MAX) throw beyond(`there are more than ${STEPS_MAX} opcodes`, at);
    const { opcode, argument } = opcodeOn(machine.tape);
    spend(machine, 1, at);
    return EFFECTS[opcode.name]?.(machine, argument, at) ?? null;
  };
  return { end: ended(step, () => machine.tape.at()), steps };
}

export function opcodeOn(tape: Tape): { readonly opcode: Opcode; readonly argument: Argument } {
  const at = tape.at();
  const code = tape.u8();
  const opcode = opcodeOf(code);
  if (opcode === undefined) throw malformed(`0x${code.toString(16).padStart(2, "0")} is no opcode`, at);
  return { opcode, argument: argumentOn(tape, opcode.form) };
}

function ended(step: () => StreamEnd | null, at: () => number): StreamEnd {
  try {
    for (;;) {
      const end = step();
      if (end !== null) return end;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === "model_malformed") return { kind: "broken", at: at(), what: error.message };
    if (error.code === "pickle_unfollowed" || error.code === "pickle_limit")
      return { kind: "lost", at: at(), what: error.message, isLimit: error.code === "pickle_limit" };
    throw error;
  }
}
