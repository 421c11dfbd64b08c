/** From harmless to "whoever loads this runs an attacker's code"; ordered. */
export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What was found out about a file. `unscannable` is no better than `malicious`: whatever could not be followed to its end
 * blocks. `suspicious` asks for a person; `clean` says that everything in the file was read and nothing of this was in it.
 */
export const VERDICTS = ["clean", "suspicious", "unscannable", "malicious"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One thing that a file holds and that a person should know before it is loaded. */
export interface Finding {
  /** The rule, stable across versions: `pickle-call`, `gguf-extent`; it is the rule's id in SARIF. */
  readonly rule: string;
  readonly severity: Severity;
  /** What alone this finding makes of the file. */
  readonly verdict: Exclude<Verdict, "clean">;
  /** A sentence: what it is and what it would do. Text of the file stands in it inert and cut. */
  readonly says: string;
  /** The techniques of MITRE ATLAS that it serves: `AML.T0011.000`. */
  readonly techniques: readonly string[];
  /** From the file inwards: `model.pt`, `archive/data.pkl`. */
  readonly path: readonly string[];
  /** The byte in the innermost of `path` at which it stands; null where it stands at no one place. */
  readonly offset: number | null;
  /** The lines that show it: disassembly, a template's text, a header's fields; cut. */
  readonly evidence: readonly string[];
  /** CVE or GHSA ids of what it uses. */
  readonly advisories: readonly string[];
}

/** The gravest verdict among findings. */
export function verdictOf(findings: readonly Pick<Finding, "verdict">[]): Verdict {
  const gravest = findings.reduce((worst, { verdict }) => Math.max(worst, VERDICTS.indexOf(verdict)), 0);
  return VERDICTS[gravest] ?? "unscannable";
}
