import { type Finding, SEVERITIES, type Verdict, VERDICTS } from "#scan";
import { isUnseen, type ScannedFile, type ScanReport } from "./models-verdicts.ts";
import { table } from "./table.ts";
import { inertLine } from "./text.ts";

export interface ScanView {
  readonly verbose: boolean;
  readonly failOn: string;
  readonly width: number | null;
}

/** Nobody reads more lines than these; --json and --sarif have more. */
const ROWS_MAX = 200;
const DETAILED_MAX = 200;
const FINDINGS_SHOWN_MAX = 50;
const EVIDENCE_MAX = 12;
const PASSED_MAX = 20;

/**
 * For people: one line for each file with something in it, the worst first, with what is the matter in a sentence; then what was
 * not looked into, how many of what there were, and why it ends as it does.
 */
export function shownScan(report: ScanReport, view: ScanView): string {
  const found = report.files.filter(({ verdict }) => verdict !== "clean").toSorted(byGravity);
  const rows = found.slice(0, ROWS_MAX).map((file) => {
    const gravest = inOrder(file.findings)[0];
    const more = file.findings.length > 1 ? ` (and ${file.findings.length - 1} more)` : "";
    return {
      verdict: file.verdict,
      severity: gravest?.severity ?? "-",
      file: file.name,
      finding: `${gravest === undefined ? "-" : whereIn(gravest)}${gravest?.says ?? ""}${more}`,
    };
  });
  const list =
    rows.length === 0 ? "" : `${table(rows, ["verdict", "severity", "file", "finding"], view.width)}\n`;
  const more = found.length - rows.length;
  const cut = more > 0 ? `and ${more} more files with findings; --json lists all\n` : "";
  const details = view.verbose ? found.slice(0, DETAILED_MAX).map(detailed).join("") : "";
  return `${list}${cut}${details}${passedOver(report)}${rows.length === 0 ? "" : "\n"}${summary(report, view)}`;
}

function worst({ findings }: ScannedFile): number {
  return Math.max(...findings.map(gravity));
}

function byGravity(one: ScannedFile, other: ScannedFile): number {
  return worst(other) - worst(one) || (one.name < other.name ? -1 : 1);
}

function gravity({ verdict, severity }: Finding): number {
  return VERDICTS.indexOf(verdict) * SEVERITIES.length + SEVERITIES.indexOf(severity);
}

/** The gravest first; what makes the verdict before what only has the higher severity. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => gravity(other) - gravity(one));
}

function whereIn({ path }: Finding): string {
  return path.length > 1 ? `in ${path.slice(1).join(" > ")}: ` : "";
}

function detailed({ name, kinds, findings }: ScannedFile): string {
  const head = `\n${inertLine(name)} (${kinds.length === 0 ? "of no known kind" : inertLine(kinds.join(", "))})\n`;
  const shown = inOrder(findings).slice(0, FINDINGS_SHOWN_MAX);
  const more = findings.length - shown.length;
  return `${head}${shown.map(lines).join("")}${more > 0 ? `  and ${more} more\n` : ""}`;
}

function lines(finding: Finding): string {
  const { severity, rule, says, offset, techniques, advisories, evidence } = finding;
  const at = offset === null ? "" : ` at byte ${offset}`;
  const place =
    finding.path.length > 1 || offset !== null ? `  ${whereIn(finding)}${rule}${at}` : `  ${rule}`;
  const marks = [...techniques, ...advisories].join(" ");
  const shown = evidence.slice(0, EVIDENCE_MAX).map((line) => `      ${inertLine(line)}\n`);
  return `  ${severity}: ${inertLine(says)}\n    ${inertLine(place.trim())}  ${inertLine(marks)}\n${shown.join("")}`;
}

function passedOver({ passed }: ScanReport): string {
  const unseen = passed.filter(isUnseen);
  const told = [...unseen, ...passed.filter((one) => !isUnseen(one))];
  const shown = told.slice(0, PASSED_MAX).map((one) => {
    return `${isUnseen(one) ? "not scanned" : "passed over"}: ${inertLine(one.name)}: ${inertLine(one.why)}\n`;
  });
  const more = told.length - shown.length;
  const rest = more > 0 ? `and ${more} more that were not looked into; --json lists them\n` : "";
  return shown.length === 0 ? "" : `\n${shown.join("")}${rest}`;
}

const WORDS: readonly Verdict[] = [...VERDICTS].toReversed();

function summary({ files, counts, fails }: ScanReport, { failOn }: ScanView): string {
  const parts = WORDS.filter((verdict) => counts[verdict] > 0).map((verdict) => {
    const unknown =
      verdict === "clean" && counts.unknown > 0 ? `, ${counts.unknown} of them of no known kind` : "";
    return `${counts[verdict]} ${verdict}${unknown}`;
  });
  const unread = counts.unread > 0 ? [`${counts.unread} not scanned`] : [];
  const line = `${files.length} ${files.length === 1 ? "file" : "files"}: ${[...parts, ...unread].join("; ") || "none"}.`;
  return `${line}\n${fails ? `Failed (--fail-on ${failOn}).` : "Passed."}\n`;
}
