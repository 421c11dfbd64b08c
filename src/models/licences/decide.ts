import type { DutyKind } from "./licence.ts";
import type { LicenceReport, OwedDuty } from "./duties.ts";

/** Who uses a model and for what; null where it is not known, which never helps. */
export interface Situation {
  readonly monthlyActiveUsers: number | null;
  readonly revenueUsdPerYear: number | null;
  /** Whether whoever uses it lives, or has its principal place of business, in the European Union. */
  readonly isInEu: boolean | null;
  readonly purpose: "research" | "internal" | "production" | null;
  /** Whether the model, or a product with it, is passed on or offered to others. */
  readonly isDistributed: boolean | null;
  readonly isMultimodal: boolean | null;
}

export interface LicenceDecision {
  /** `permission`: the licensor, or a person who knows what is not known here, has to be asked first. */
  readonly decision: "allow" | "duties" | "permission" | "deny";
  readonly reasons: readonly string[];
  /** What has to be done, or kept to, where it is used all the same. */
  readonly duties: readonly OwedDuty[];
}

type Answer = "none" | "owed" | "ask" | "no";

/** What a report comes to for one user. An unknown licence is a refusal; an unknown fact about the user asks. */
export function decideLicence(report: LicenceReport, situation: Situation): LicenceDecision {
  const answers = report.duties.map((duty) => ({ duty, answer: answerTo(duty, situation) }));
  const refused = answers.filter(({ answer }) => answer === "no").map(({ duty }) => reasonOf(duty));
  const asked = answers.filter(({ answer }) => answer === "ask").map(({ duty }) => reasonOf(duty));
  const duties = answers.filter(({ answer }) => answer !== "none").map(({ duty }) => duty);
  if (report.standing === "unknown")
    return { decision: "deny", reasons: [`the licence is ${report.says}`, ...refused], duties };
  if (refused.length > 0) return { decision: "deny", reasons: refused, duties };
  if (asked.length > 0) return { decision: "permission", reasons: asked, duties };
  return { decision: duties.length > 0 ? "duties" : "allow", reasons: [], duties };
}

function reasonOf({ says, licence, source }: OwedDuty): string {
  return `${says} (${licence}, ${source.section})`;
}

type Rule = (duty: OwedDuty, situation: Situation) => Answer;

const closed: Rule = (_, { purpose }) => {
  if (purpose === "research") return "owed";
  return purpose === null ? "ask" : "no";
};
const limited: Rule = (duty, situation) => (overLimit(duty, situation) ? "ask" : "none");
const territory: Rule = (_, { isInEu, isMultimodal }) => {
  if (isInEu === false || isMultimodal === false) return "none";
  return isInEu === true && isMultimodal === true ? "no" : "ask";
};
const registration: Rule = (_, { purpose }) => (purpose === "research" ? "none" : "ask");

/** The kinds that can close a use, or ask first; all others are owed. */
const RULES: ReadonlyMap<DutyKind, Rule> = new Map([
  ["research-only", closed],
  ["non-commercial", closed],
  ["non-production", closed],
  ["territory", territory],
  ["user-limit", limited],
  ["revenue-limit", limited],
  ["registration", registration],
]);

function answerTo(duty: OwedDuty, situation: Situation): Answer {
  return (RULES.get(duty.kind) ?? owes)(duty, situation);
}

/** Duties with a limit bind above it; a figure that is not known is above. */
function overLimit({ limit }: OwedDuty, { monthlyActiveUsers, revenueUsdPerYear }: Situation): boolean {
  if (limit === null) return true;
  const months = limit.of === "revenue-usd-per-month" ? 12 : 1;
  const figure = limit.of === "monthly-active-users" ? monthlyActiveUsers : revenueUsdPerYear;
  return figure === null || figure > limit.over * months;
}

function owes(duty: OwedDuty, situation: Situation): Answer {
  if (duty.limit !== null && !overLimit(duty, situation)) return "none";
  return duty.when === "use" || situation.isDistributed !== false ? "owed" : "none";
}
