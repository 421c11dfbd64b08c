import type { Hold, HoldTerms } from "#vocabulary";
import { jointSteps, readEscalation } from "./escalation.ts";

/** What the settings say where a rule says nothing. */
export interface HoldDefaults {
  readonly expiresAfterMs: number;
  /** As `@escalate` writes it; null: never. */
  readonly escalation: string | null;
  /** False: no rule's `@breakglass` counts. */
  readonly breakGlass: boolean;
}

export const HOLD_DEFAULTS: HoldDefaults = {
  expiresAfterMs: 3_600_000,
  escalation: null,
  breakGlass: true,
};

/**
 * The hold with all that its rules and the settings come to: it expires when the first of them says; a line is escalated
 * only as all rules behind it say; the glass can be broken only where every rule lets it.
 */
export function settledHold(hold: Hold, defaults: HoldDefaults): Hold {
  const { terms = [], ...rest } = hold;
  if (terms.length === 0) return hold;
  const steps = defaults.escalation === null ? [] : (readEscalation(defaults.escalation) ?? []);
  const expiresAfterMs = Math.min(...terms.map((one) => one.expiresAfterMs ?? defaults.expiresAfterMs));
  const escalation = hold.groups.flatMap((of) => {
    const behind = terms.filter((one) => one.group === of).map((one) => one.escalation ?? steps);
    const joint = jointSteps(behind).filter((step) => step.afterMs < expiresAfterMs);
    return joint.length === 0 ? [] : [{ of, steps: joint }];
  });
  const glass = defaults.breakGlass ? glassOf(terms) : [];
  return {
    ...rest,
    expiresAfterMs,
    ...(escalation.length === 0 ? {} : { escalation }),
    ...(glass.length === 0 ? {} : { glass }),
  };
}

function glassOf(terms: readonly HoldTerms[]): readonly string[] {
  const lines = terms.map((one) => one.glass);
  const known = lines.filter((line) => line !== null);
  return known.length < lines.length ? [] : [...new Set(known)].toSorted();
}
