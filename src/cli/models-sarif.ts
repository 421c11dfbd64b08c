import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { digestOfBytes } from "#base";
import { type Finding, SEVERITIES, type Severity, TECHNIQUES } from "#scan";
import { isUnseen, type ScanReport } from "./models-verdicts.ts";

/** GitHub shows 5,000 results of a run, and takes no more than 25,000 (its documentation, "SARIF support for code scanning"). */
const RESULTS_MAX = 5000;
const NOTIFICATIONS_MAX = 1000;
const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ATLAS = "MITRE ATLAS";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};
/** GitHub reads them as of CVSS: over 9.0 critical, 7.0 high, 4.0 medium. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.5",
  info: "0.0",
};

/**
 * A report as a SARIF 2.1.0 log with one run (OASIS, "Static Analysis Results Interchange Format", errata 01): a result for each
 * finding, in the innermost artifact that holds it, with the byte at which it stands; the files that could not be read as notifications.
 */
export function sarifOf(report: ScanReport, version: string): object {
  const findings = report.files.flatMap((file) => file.findings);
  const shown = findings.toSorted(bySeverity).slice(0, RESULTS_MAX);
  const rules = rulesOf(shown);
  const artifacts = artifactsOf(shown);
  const counted = new Map<string, number>();
  const results = shown.map((finding) => resultOf(finding, rules, artifacts, counted));
  const driver = {
    name: "Doorward",
    semanticVersion: version,
    organization: "Doorward",
    rules: [...rules.values()],
    supportedTaxonomies: [{ name: ATLAS, index: 0 }],
  };
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        taxonomies: [atlasOf(shown)],
        invocations: [invocationOf(report, findings.length - shown.length)],
        artifacts: [...artifacts.values()].map(({ artifact }) => artifact),
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  };
}

function bySeverity(one: Finding, other: Finding): number {
  return SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity);
}

/** One for each rule; its level is that of its gravest finding here. */
function rulesOf(findings: readonly Finding[]) {
  const rules = new Map<string, object>();
  for (const { rule, severity, verdict, techniques } of findings) {
    if (rules.has(rule)) continue;
    rules.set(rule, {
      id: rule,
      shortDescription: { text: rule.replaceAll("-", " ") },
      help: { text: "See docs/guide/models.md of Doorward, Scan." },
      defaultConfiguration: { level: LEVELS[severity] },
      properties: { tags: ["security", "ai-model", verdict], "security-severity": SCORES[severity] },
      relationships: techniques.map((id) => ({ target: taxonOf(id), kinds: ["relevant"] })),
    });
  }
  return rules;
}

const taxonOf = (id: string) => ({ id, toolComponent: { name: ATLAS, index: 0 } });

function atlasOf(findings: readonly Finding[]): object {
  const ids = [...new Set(findings.flatMap(({ techniques }) => techniques))].toSorted();
  return {
    name: ATLAS,
    organization: "MITRE",
    informationUri: "https://atlas.mitre.org/",
    shortDescription: { text: "Adversarial Threat Landscape for Artificial-Intelligence Systems" },
    taxa: ids.map((id) => {
      const name = TECHNIQUES.find((one) => one.id === id)?.name;
      const helpUri = `https://atlas.mitre.org/techniques/${id}`;
      return { id, helpUri, ...(name === undefined ? {} : { name, shortDescription: { text: name } }) };
    }),
  };
}

interface Placed {
  readonly index: number;
  readonly artifact: object;
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** Files, and what is in them: a member names its container by index (3.24.3). */
function artifactsOf(findings: readonly Finding[]): ReadonlyMap<string, Placed> {
  const artifacts = new Map<string, Placed>();
  for (const { path } of findings) {
    for (let depth = 1; depth <= path.length; depth += 1) {
      const way = path.slice(0, depth);
      if (artifacts.has(keyOf(way))) continue;
      const parent = artifacts.get(keyOf(way.slice(0, -1)));
      const place = parent === undefined ? { location: { uri: uriOf(way[0] ?? "") } } : {};
      const inner =
        parent === undefined
          ? {}
          : { parentIndex: parent.index, location: { uri: memberUri(way.at(-1) ?? "") } };
      artifacts.set(keyOf(way), { index: artifacts.size, artifact: { ...place, ...inner } });
    }
  }
  return artifacts;
}

function resultOf(
  finding: Finding,
  rules: ReadonlyMap<string, object>,
  artifacts: ReadonlyMap<string, Placed>,
  counted: Map<string, number>,
): object {
  const { rule, severity, verdict, says, techniques, evidence, advisories } = finding;
  return {
    ruleId: rule,
    ruleIndex: [...rules.keys()].indexOf(rule),
    level: LEVELS[severity],
    message: { text: printable([says, ...evidence].join("\n")) },
    ...placesOf(finding, artifacts),
    partialFingerprints: { "doorwardFinding/v1": fingerprintOf(finding, counted) },
    taxa: techniques.map(taxonOf),
    properties: { severity, verdict, "security-severity": SCORES[severity], advisories },
  };
}

/**
 * What shows results by their file shows them at the file that was scanned. The byte of a member counts within the member, which
 * has its own artifact: that stands in `relatedLocations`.
 */
function placesOf(
  { path, offset }: Finding,
  artifacts: ReadonlyMap<string, Placed>,
): { readonly locations: readonly object[]; readonly relatedLocations?: readonly object[] } {
  const [file = ""] = path;
  const region = offset === null ? {} : { region: { byteOffset: offset } };
  const outer = { uri: uriOf(file), index: artifacts.get(keyOf([file]))?.index ?? -1 };
  if (path.length < 2) return { locations: [{ physicalLocation: { artifactLocation: outer, ...region } }] };
  const fullyQualifiedName = printable(path.slice(1).join(" > "));
  const inner = { uri: memberUri(path.at(-1) ?? ""), index: artifacts.get(keyOf(path))?.index ?? -1 };
  const message = { text: offset === null ? fullyQualifiedName : `${fullyQualifiedName}, byte ${offset}` };
  return {
    locations: [
      {
        physicalLocation: { artifactLocation: outer },
        logicalLocations: [{ fullyQualifiedName, kind: "member" }],
      },
    ],
    relatedLocations: [{ id: 1, message, physicalLocation: { artifactLocation: inner, ...region } }],
  };
}

/** The same while a finding says the same of the same place; equal ones in one file are counted. */
function fingerprintOf({ rule, path, says }: Finding, counted: Map<string, number>): string {
  const base = JSON.stringify([rule, path, says]);
  const nth = counted.get(base) ?? 0;
  counted.set(base, nth + 1);
  return digestOfBytes(`${base} ${nth}`).slice("sha256:".length);
}

function invocationOf({ passed, fails }: ScanReport, left: number): object {
  const unseen = passed.filter(isUnseen);
  const told = unseen.slice(0, NOTIFICATIONS_MAX).map(({ name, why }) => ({
    level: "error",
    message: { text: printable(`${name} was not scanned: ${why}`) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(name) } } }],
  }));
  const cut = unseen.length - told.length + left;
  const more = { level: "warning", message: { text: `${cut} more results or notifications are left out` } };
  return {
    executionSuccessful: true,
    exitCode: fails ? 1 : 0,
    toolExecutionNotifications: cut > 0 ? [...told, more] : told,
  };
}

/** Relative to where it was scanned, as CI wants it; of an absolute path its file: address. */
function uriOf(name: string): string {
  return isAbsolute(name) ? pathToFileURL(name).href : relativeUri(name);
}

function relativeUri(name: string): string {
  const parts = name
    .toWellFormed()
    .split(/[\\/]/u)
    .filter((part) => part !== "" && part !== ".");
  return parts.map((part) => encodeURIComponent(part)).join("/") || "%20";
}

/** A member's name leads nowhere: one that goes up would, for whoever resolves it. */
function memberUri(name: string): string {
  return relativeUri(name.replaceAll(/(^|[\\/])\.\.(?=[\\/]|$)/gu, "$1__"));
}

function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return character === "\n" ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
