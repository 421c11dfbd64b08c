import type { JsonObject } from "#base";
import { CALLS_MAX } from "./limits.ts";
import { textsIn } from "./results.ts";

/** A call of a tool that the agent runs itself, as it was decided: only Doorward's own word says what a result is of. */
export interface ReleasedCall {
  readonly server: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

/** Which call it was of which of the model's turns: the same again is the same call. */
export interface CallOf {
  readonly turn: string;
  readonly id: string;
}

/** Calls that went to the agent, by the ids that their results come back with; of Ollama's by the tool's name. */
export interface Released {
  /** Of one name may be several calls of one turn; those of an earlier turn are over. */
  readonly note: (key: string, call: ReleasedCall, of: CallOf) => void;
  /**
   * The call that a result is of, or all that it may be of where several came back by one name: each has one result. Null
   * where none of this key was released, or its results came before.
   */
  readonly answered: (key: string) => readonly ReleasedCall[] | null;
  /** Whether a text stands in what the model asked of the agent's own tools. */
  readonly isWrittenIn: (text: string) => boolean;
  readonly kept: () => readonly KeptCalls[];
}

interface Waiting {
  readonly turn: string;
  readonly calls: readonly (readonly [string, ReleasedCall])[];
  /** Results that are still to come. */
  readonly left: number;
}

/** As it is written down; before names could stand for several, one call. */
export type KeptCalls = readonly [string, Waiting | ReleasedCall];

/** A shorter text stands in others by chance. */
const TELLING_CHARS = 40;

export function createReleased(before: readonly KeptCalls[]): Released {
  const waiting = new Map(before.map(([key, kept]) => [key, waitingOf(kept)] as const));
  return {
    note: (key, call, { turn, id }) => {
      const found = waiting.get(key);
      const known = found?.turn === turn ? found : { turn, calls: [], left: 0 };
      const isNew = known.calls.every(([one]) => one !== id);
      waiting.delete(key);
      if (isNew) waiting.set(key, { turn, calls: [...known.calls, [id, call]], left: known.left + 1 });
      else waiting.set(key, known);
      for (const oldest of waiting.keys()) if (waiting.size > CALLS_MAX) waiting.delete(oldest);
    },
    answered: (key) => {
      const found = waiting.get(key);
      if (found === undefined) return null;
      if (found.left <= 1) waiting.delete(key);
      else waiting.set(key, { ...found, left: found.left - 1 });
      return found.calls.map(([, call]) => call);
    },
    isWrittenIn: (text) => {
      const wanted = text.trim();
      const holds = (one: string): boolean =>
        one.trim() === wanted || (wanted.length >= TELLING_CHARS && one.includes(wanted));
      return [...waiting.values()].some(({ calls }) =>
        calls.some(([, call]) => textsIn(call.arguments).some(holds)),
      );
    },
    kept: () => [...waiting],
  };
}

function waitingOf(kept: Waiting | ReleasedCall): Waiting {
  return "calls" in kept ? kept : { turn: "", calls: [["", kept]], left: 1 };
}

/**
 * What is known of a result that may be of any of these calls: all that was asked for by them, so that it is trusted only
 * where each of them is. Null: the calls differ, and what the tool answers depends on one of its arguments.
 */
export function asOne(calls: readonly ReleasedCall[], isByPlace: boolean): ReleasedCall | null {
  const [first, ...others] = calls;
  if (first === undefined) return null;
  const different = others.filter((one) => JSON.stringify(one) !== JSON.stringify(first));
  if (different.length === 0) return first;
  if (isByPlace || different.some(({ server, name }) => server !== first.server || name !== first.name))
    return null;
  const names = new Set(calls.flatMap((one) => Object.keys(one.arguments)));
  const values = (name: string) =>
    calls.flatMap(({ arguments: given }) => (Object.hasOwn(given, name) ? [given[name] ?? null] : []));
  return { ...first, arguments: Object.fromEntries([...names].map((name) => [name, values(name)])) };
}
