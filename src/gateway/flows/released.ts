import type { JsonObject } from "#base";
import { CALLS_MAX } from "./limits.ts";
import { textsIn } from "./results.ts";

/** A call of a tool that the agent runs itself, as it was decided: only Doorward's own word says what a result is of. */
export interface ReleasedCall {
  readonly server: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

/** Calls that went to the agent, by the ids that their results come back with. */
export interface Released {
  readonly note: (callId: string, call: ReleasedCall) => void;
  /** The call that a result is of, once; null where none of this id was released, or its result came before. */
  readonly answered: (callId: string) => ReleasedCall | null;
  /** Whether a text stands in what the model asked of the agent's own tools. */
  readonly isWrittenIn: (text: string) => boolean;
  readonly kept: () => readonly (readonly [string, ReleasedCall])[];
}

/** A shorter text stands in others by chance. */
const TELLING_CHARS = 40;

export function createReleased(before: readonly (readonly [string, ReleasedCall])[]): Released {
  const calls = new Map(before);
  return {
    note: (callId, call) => {
      calls.delete(callId);
      calls.set(callId, call);
      for (const oldest of calls.keys()) if (calls.size > CALLS_MAX) calls.delete(oldest);
    },
    answered: (callId) => {
      const call = calls.get(callId) ?? null;
      calls.delete(callId);
      return call;
    },
    isWrittenIn: (text) => {
      const wanted = text.trim();
      const holds = (one: string): boolean =>
        one.trim() === wanted || (wanted.length >= TELLING_CHARS && one.includes(wanted));
      return [...calls.values()].some((call) => textsIn(call.arguments).some(holds));
    },
    kept: () => [...calls],
  };
}
