import type { Approval, Escalation, EscalationStep } from "#vocabulary";
import { isGroupName } from "./requirement.ts";

export const ESCALATION_STEPS_MAX = 5;
export const ESCALATION_MAX_MS = 30 * 86_400_000;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `15m`, `1h` or `2d`; null for anything else. */
export function readDuration(text: string): number | null {
  const [, count = "", unit = ""] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  return ms > 0 ? ms : null;
}

/** Reads `15m leads, 1h admins`: times that grow, each with a group. Null for anything else. */
export function readEscalation(text: string): readonly EscalationStep[] | null {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > ESCALATION_STEPS_MAX) return null;
  const steps = parts.flatMap((part) => {
    const [, time = "", group = ""] = /^(\S+) +(.+)$/u.exec(part) ?? [];
    const afterMs = readDuration(time);
    return afterMs === null || afterMs > ESCALATION_MAX_MS || !isGroupName(group) ? [] : [{ afterMs, group }];
  });
  const isGrowing = steps.every((step, at) => at === 0 || step.afterMs > (steps[at - 1]?.afterMs ?? 0));
  const isDistinct = new Set(steps.map((step) => step.group)).size === steps.length;
  return steps.length === parts.length && isGrowing && isDistinct ? steps : null;
}

/**
 * One line is asked for by several rules: it is escalated only as all of them say, and when the last of them says. Who
 * wrote a rule without escalation wanted that group's own word.
 */
export function jointSteps(all: readonly (readonly EscalationStep[])[]): readonly EscalationStep[] {
  const [first = [], ...others] = all;
  const joint = first.flatMap(({ afterMs, group }) => {
    const times = others.map((steps) => steps.find((step) => step.group === group)?.afterMs);
    return times.includes(undefined)
      ? []
      : [{ afterMs: Math.max(afterMs, ...times.map((time) => time ?? 0)), group }];
  });
  return joint.toSorted((one, other) => one.afterMs - other.afterMs);
}

/** Steps of a request that have been reached, in the order of their times. */
export function stepsReached(
  { escalation, requestedAt }: Pick<Approval, "escalation" | "requestedAt">,
  now: number,
): readonly (EscalationStep & Pick<Escalation, "of">)[] {
  const steps = escalation.flatMap(({ of, steps: ones }) => ones.map((step) => ({ ...step, of })));
  return steps
    .filter((step) => requestedAt + step.afterMs <= now)
    .toSorted((one, other) => one.afterMs - other.afterMs || (one.of < other.of ? -1 : 1));
}
