import { decide, type PolicySet, type Question } from "#policy";

/** What a set says to some actions. */
export interface Decided {
  readonly allowed: number;
  readonly held: number;
  readonly denied: number;
  /** Rules that deny, sorted; each is one that stood before. */
  readonly deniedBy: readonly string[];
}

export function decisionsUnder(set: PolicySet): {
  readonly ask: (question: Question) => void;
  readonly answers: () => Decided;
} {
  const counts = { allow: 0, hold: 0, deny: 0 };
  const deniedBy = new Set<string>();
  return {
    ask: (question) => {
      const verdict = decide(set, question);
      counts[verdict.kind] += 1;
      if (verdict.kind === "deny") for (const { policy } of verdict.grounds) deniedBy.add(policy);
    },
    answers: () => ({
      allowed: counts.allow,
      held: counts.hold,
      denied: counts.deny,
      deniedBy: [...deniedBy].toSorted(),
    }),
  };
}
