import type { OwedDuty } from "#models";
import type { LicencesShown } from "./models-licences.ts";
import { inertLine } from "./text.ts";

const LIST_MAX = 100;

const READ = {
  text: "",
  secondary: ", read where it is quoted",
  unverified: ", from memory: read it",
} as const;

const WHEN = {
  use: "",
  distribution: "when passed on: ",
  derivation: "when another model is made of it: ",
} as const;

const DECISIONS = {
  allow: "Allowed, and nothing is owed.",
  duties: "Allowed, with the duties above.",
  permission: "Ask first:",
  deny: "Not allowed:",
} as const;

/** For people: the standing, the licences and by what they are known, what is wrong with them, what is owed. */
export function shownLicences(report: LicencesShown): string {
  return [
    `${inertLine(report.model)}: ${report.says}\n`,
    section(
      "Licences",
      report.licences.map(({ name, model, from }) => `${name}: ${model}, by ${from}`),
    ),
    section(
      "Mind",
      report.concerns.map(({ severity, says }) => `${severity}: ${says}`),
    ),
    section("Duties", report.duties.map(dutyLine)),
    section("Not read", report.unread),
    decided(report),
  ].join("");
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const more = lines.length > LIST_MAX ? `  and ${lines.length - LIST_MAX} more; --json has all\n` : "";
  const shown = lines.slice(0, LIST_MAX).map((line) => `  ${inertLine(line)}\n`);
  return `\n${title}\n${shown.join("")}${more}`;
}

function dutyLine({ when, says, words, licence, source }: OwedDuty): string {
  const prescribed = words === null ? "" : ` "${words}"`;
  return `${WHEN[when]}${says}${prescribed} [${licence}, ${source.section}${READ[source.read]}: ${source.url}]`;
}

function decided({ decision }: LicencesShown): string {
  if (decision === null) return "";
  const reasons = decision.reasons.map((reason) => `  ${inertLine(reason)}\n`).join("");
  return `\n${DECISIONS[decision.decision]}\n${reasons}`;
}
