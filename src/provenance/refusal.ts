import { Fault } from "#base";

/** Why a signature, or a model under it, is not accepted. */
export interface Refusal {
  readonly rule: RefusalRule;
  /** A sentence; names from the files stand in it as they are: whoever shows it makes it inert. */
  readonly says: string;
  /** The file it is about, where it is about one. */
  readonly file: string | null;
}

export const REFUSAL_RULES = [
  "not-a-bundle",
  "wrong-method",
  "other-key",
  "weak-key",
  "not-trusted",
  "other-identity",
  "bad-signature",
  "wrong-payload",
  "inconsistent-manifest",
  "unsafe-name",
  "unknown-algorithm",
  "extra-file",
  "missing-file",
  "changed-file",
  "link",
  "unreadable-file",
] as const;

export type RefusalRule = (typeof REFUSAL_RULES)[number];

/** Thrown inside of this module; an outcome at its face. */
export function refuse(rule: RefusalRule, says: string, file: string | null = null): Fault {
  return new Fault(
    "signature_refused",
    says,
    "Do not use this model on the word of this signature: get both again from whoever signed them.",
    { rule, says, file } satisfies Refusal,
  );
}

export type Outcome<Read extends object> =
  | (Read & { readonly ok: true })
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Runs a check; only refusals become an outcome. */
export function outcomeOf<Read extends object>(check: () => Read): Outcome<Read> {
  try {
    return { ...check(), ok: true };
  } catch (error) {
    if (error instanceof Fault && error.code === "signature_refused" && isRefusal(error.cause)) {
      return { ok: false, refusals: [error.cause] };
    }
    throw error;
  }
}

function isRefusal(cause: unknown): cause is Refusal {
  return typeof cause === "object" && cause !== null && "rule" in cause && "says" in cause;
}
