import { type Finding, SEVERITIES, VERDICTS } from "./finding.ts";

const gravity = ({ verdict, severity }: Finding): number =>
  VERDICTS.indexOf(verdict) * SEVERITIES.length + SEVERITIES.indexOf(severity);

/**
 * At most `most` findings, in their order, and where there are more, the gravest of them and a last one that says so: it
 * blocks, since nobody sees what was left out. A file gets no better verdict by holding much.
 */
export function cutFindings(
  findings: readonly Finding[],
  most: number,
  path: readonly string[],
): readonly Finding[] {
  if (findings.length <= most) return findings;
  const gravest = findings.toSorted((one, other) => gravity(other) - gravity(one)).slice(0, most);
  return [...gravest, cutFinding(findings.length - most, path)];
}

function cutFinding(more: number, path: readonly string[]): Finding {
  return {
    rule: "findings-cut",
    severity: "high",
    verdict: "unscannable",
    says: `${more} more findings are not listed: whoever hides one behind so many others is not called clean.`,
    techniques: ["AML.T0076"],
    path,
    offset: null,
    evidence: [],
    advisories: [],
  };
}
