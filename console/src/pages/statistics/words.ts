import type { Answer } from "../../api/client.ts";

export type Stats = Answer<"/approvals/stats">;
type Approver = Stats["approvers"][number];

/** `4 s`, `12 min`, `3 h`; a dash where nothing was measured. */
export function spanText(ms: number | null): string {
  if (ms === null) return "–";
  const seconds = ms / 1_000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

/** In whole percent, and never 100 or 0 where it is not quite. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  const percent = share > 0.99 && share < 1 ? 99 : share < 0.01 && share > 0 ? 1 : Math.round(share * 100);
  return `${percent} %`;
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

const WARNINGS: Readonly<Record<Approver["warnings"][number], string>> = {
  "always-yes": "always yes",
  fast: "too fast",
  "drill-approved": "approved a drill",
};

export function warningWords({ warnings }: Pick<Approver, "warnings">): readonly string[] {
  return warnings.map((warning) => WARNINGS[warning]);
}

/** `3 of 4 denied`. */
export function drillsText({ asked, denied, unanswered }: Stats["drills"]): string {
  if (asked === 0) return "none";
  const rest = unanswered === 0 ? "" : `, ${unanswered} unanswered`;
  return `${denied} of ${asked} denied${rest}`;
}
