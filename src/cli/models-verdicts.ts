import { type FileScan, type Finding, SEVERITIES, type Verdict } from "#scan";
import type { NotListed } from "./models-files.ts";

/** What one file came to. */
export interface ScannedFile extends FileScan {
  /** Its path, as it was asked for. */
  readonly name: string;
  readonly milliseconds: number;
}

/** What `doorward models scan` found, before it is shown in one form or another. */
export interface ScanReport {
  readonly files: readonly ScannedFile[];
  /** What was not looked into: links within the folder, pipes and devices, what could not be read. */
  readonly passed: readonly NotListed[];
  /** `unknown` of the clean ones are of a kind that nothing here knows. */
  readonly counts: Readonly<Record<Verdict | "unknown" | "unread", number>>;
  readonly fails: boolean;
}

export const FAIL_ON = ["low", "medium", "high", "critical", "unscannable"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/**
 * Whether a file ends the command with 1: one that is malicious or could not be followed to its end always does; a suspicious
 * one from the severity on that `failOn` names.
 */
export function isFailure({ verdict, findings }: FileScan, failOn: FailOn): boolean {
  if (verdict === "malicious" || verdict === "unscannable") return true;
  if (failOn === "unscannable") return false;
  const from = SEVERITIES.indexOf(failOn);
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) >= from);
}

/**
 * A link within the folder leads to what is looked into at its own place, and git's folder holds what no loader reads; everything
 * else that was passed over was not seen.
 */
export function isUnseen({ is }: NotListed): boolean {
  return is !== "link" && is !== "aside";
}

/** Of everything that was looked into, and was not. */
export function reportOf(
  files: readonly ScannedFile[],
  passed: readonly NotListed[],
  failOn: FailOn,
): ScanReport {
  const of = (wanted: Verdict): number => files.filter(({ verdict }) => verdict === wanted).length;
  const unread = passed.filter(isUnseen).length;
  const unknown = files.filter(({ verdict, kinds }) => verdict === "clean" && kinds.length === 0).length;
  return {
    files,
    passed,
    counts: {
      clean: of("clean"),
      suspicious: of("suspicious"),
      unscannable: of("unscannable"),
      malicious: of("malicious"),
      unknown,
      unread,
    },
    fails: unread > 0 || files.some((file) => isFailure(file, failOn)),
  };
}

/** A link that leads outside of the folder, as a file with one finding: what is behind it was not read. */
export function linkOutside({ name, why }: NotListed): ScannedFile {
  const finding: Finding = {
    rule: "link-outside",
    severity: "medium",
    verdict: "unscannable",
    says: `It is ${why}, outside of the folder: whoever loads it reads what was not scanned.`,
    techniques: ["AML.T0074"],
    path: [name],
    offset: null,
    evidence: [],
    advisories: [],
  };
  return { name, verdict: "unscannable", findings: [finding], kinds: ["link"], parts: 0, milliseconds: 0 };
}
