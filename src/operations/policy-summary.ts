import { z } from "zod";
import { type PolicySet, type PolicySummary, summariesOf } from "#policy";

export const summaryShape = z.object({
  id: z.string(),
  effect: z.enum(["permit", "forbid"]),
  hold: z.string().nullable().describe("Group that may lift it for one action"),
  expires: z.string().nullable().describe("How long its requests wait, as 4h; null: as doorward.yaml says"),
  escalation: z
    .array(z.string())
    .nullable()
    .describe("Who may answer too, from when on, as 15m leads; empty: nobody; null: as doorward.yaml says"),
  glass: z.string().nullable().describe("Group of those who may break the glass; null: nobody"),
  grantable: z
    .string()
    .nullable()
    .describe("How far a yes may reach, as session, pattern; 20 times; 8h; null: to the one call"),
  reason: z.string().nullable(),
  broken: z.string().nullable().describe("Why the accepted tools no longer fit it; null when they do"),
});

export function summaries(set: PolicySet): z.input<typeof summaryShape>[] {
  return summariesOf(set).map(({ id, effect, hold, grantable, reason, broken }) => ({
    id,
    effect,
    hold: hold?.group ?? null,
    ...termsOf(hold),
    grantable: grantableText(grantable),
    reason,
    broken,
  }));
}

function termsOf(hold: PolicySummary["hold"]) {
  if (hold === null) return { expires: null, escalation: null, glass: null };
  const { expiresAfterMs, escalation, glass } = hold;
  return {
    expires: expiresAfterMs === null ? null : spanText(expiresAfterMs),
    escalation: escalation?.map(({ afterMs, group }) => `${spanText(afterMs)} ${group}`) ?? null,
    glass,
  };
}

function grantableText(terms: PolicySummary["grantable"]): string | null {
  if (terms === null) return null;
  const { scopes, timesMax, forMs } = terms;
  return `${scopes.join(", ")}; ${timesMax} times; ${spanText(forMs)}`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** In the largest unit that says it whole, as annotations write it. */
export function spanText(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms % length === 0) ?? ["s", 1_000];
  return `${Math.round(ms / size)}${unit}`;
}
