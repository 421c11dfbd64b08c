import { Fault } from "#base";
import { type ByteSource, type Found, type Walked, walkContainers, type WalkLimits } from "#models";
import { oddFinding, unreadFinding } from "./archives/odd.ts";
import { type Finding, type Verdict, verdictOf, VERDICTS } from "./finding.ts";
import { type Fitting, SCANNERS, type ScannerRow } from "./scanners.table.ts";

export interface FileScan {
  /** Of all findings, also of those that were cut. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /**
   * What the file is by its content. Empty where nothing here knows it: then `clean` says that no loader known here would run
   * anything of it, and no more.
   */
  readonly kinds: readonly string[];
  /** The file and everything found in it. */
  readonly parts: number;
}

export interface ScanOptions {
  readonly limits: WalkLimits;
  readonly scanners: readonly ScannerRow[];
}

/** More findings of one file say nothing new; of those that go over it, the graver ones stay. */
export const FINDINGS_MAX = 500;

/**
 * Everything that would happen to whoever loads a file, or something that is in it: containers are opened, whatever is in them is
 * recognised by its content and looked at by each scanner that is for it. `name` is the file's path as it is to be shown, its last
 * part also says which scanners it gets. Throws `model_unreadable` as `source` does.
 */
export function scanFile(source: ByteSource, name: string, how: Partial<ScanOptions> = {}): FileScan {
  const { limits, scanners = SCANNERS } = how;
  const gathered = gather();
  let kinds: readonly string[] | null = null;
  let parts = 0;
  for (const step of walkContainers(source, name, limits)) {
    if (step.is === "member") {
      kinds ??= step.kinds;
      parts += 1;
    }
    gathered.add(findingsOf(step, scanners));
  }
  return { ...gathered.all([name]), kinds: kinds ?? [], parts };
}

function findingsOf(step: Walked, scanners: readonly ScannerRow[]): readonly Finding[] {
  if (step.is === "unread") return [unreadFinding(step.what, step.at, step.path)];
  if (step.is === "oddity") {
    const finding = oddFinding(step.oddity, step.path);
    return finding === null ? [] : [finding];
  }
  const ended = step.path.map(endedName);
  const [base, shorter] = [step.path, ended].map((path) => baseName(path.at(-1) ?? ""));
  return scanners.flatMap((row) => {
    if (shorter !== base && isFor(row, step.kinds, shorter ?? ""))
      return scanned(row, { ...step, path: ended });
    return isFor(row, step.kinds, base ?? "") ? scanned(row, step) : [];
  });
}

function isFor(row: ScannerRow, found: readonly string[], base: string): boolean {
  if (row.unless !== undefined && fits(row.unless, found, base)) return false;
  return (row.kinds === undefined && row.names === undefined) || fits(row, found, base);
}

function fits({ kinds, names }: Fitting, found: readonly string[], base: string): boolean {
  return kinds?.some((kind) => found.includes(kind)) === true || names?.test(base) === true;
}

/** A scanner that fails has not looked: that is no reason for the others not to, and none to call the file clean. */
function scanned({ scan }: ScannerRow, { source, path }: Found): readonly Finding[] {
  try {
    return scan(source, path);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "model_unreadable") throw cause;
    const failed = unreadFinding("a scanner failed on it, which is a bug: report it", null, path);
    return [{ ...failed, rule: "scanner-failed", evidence: [String(cause).slice(0, 200)] }];
  }
}

/** As Python's zipfile takes the name of a member: it ends at a byte of zero. */
function endedName(name: string): string {
  return name.split("\0")[0] ?? "";
}

function baseName(name: string): string {
  return (name.split(/[\\/]/u).at(-1) ?? "").toLowerCase();
}

function gravityOf({ verdict }: Finding): number {
  return VERDICTS.indexOf(verdict);
}

function gather() {
  const kept: Finding[] = [];
  let more = 0;
  /** None that is kept is less grave than this, once they are as many as may be. */
  let least = 0;
  const add = (finding: Finding): void => {
    if (kept.length < FINDINGS_MAX) {
      kept.push(finding);
      return;
    }
    more += 1;
    if (gravityOf(finding) <= least) return;
    const at = kept.findIndex((one) => gravityOf(one) === least);
    if (at >= 0) kept[at] = finding;
    else {
      least += 1;
      more -= 1;
      add(finding);
    }
  };
  return {
    add: (findings: readonly Finding[]): void => {
      for (const finding of findings) add(finding);
    },
    all: (path: readonly string[]): Pick<FileScan, "verdict" | "findings"> => {
      const verdict = verdictOf(kept);
      const [first] = kept.toSorted((one, other) => gravityOf(other) - gravityOf(one));
      if (more === 0 || first === undefined) return { verdict, findings: kept };
      const says = `${more} more findings are not listed.`;
      const cut = { ...first, rule: "findings-cut", says, path, offset: null, evidence: [], advisories: [] };
      return { verdict, findings: [...kept, cut] };
    },
  };
}
