import { Fault } from "#base";
import type { Malformed } from "./bytes.ts";

/** What a reader answers at its face: what it read, or why the file is not what it claims to be. */
export type Outcome<Read extends object> =
  | (Read & { readonly ok: true })
  | { readonly ok: false; readonly malformed: Malformed };

/** Runs a reader. Only `model_malformed` becomes an outcome: an unreadable disk is no property of the file. */
export function outcomeOf<Read extends object>(read: () => Read): Outcome<Read> {
  try {
    return { ...read(), ok: true };
  } catch (error) {
    if (error instanceof Fault && error.code === "model_malformed" && isMalformed(error.cause)) {
      return { ok: false, malformed: error.cause };
    }
    throw error;
  }
}

function isMalformed(cause: unknown): cause is Malformed {
  return typeof cause === "object" && cause !== null && "what" in cause && "at" in cause;
}
