/** Counts from vitest's JSON report (the shape of Jest's `--json`, of which these fields are used). */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Report {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** More files than these that fail at once are no matter of a busy machine. */
const SECOND_TRY_FILES_MAX = 3;

/**
 * `isGood` is the runner's own exit status. A file that could not be loaded has no tests and counts as one failure;
 * so does a runner that failed though no test did (an unhandled rejection), and a run in which nothing was run.
 */
export function countReport(report: Report | null, isGood: boolean): Count {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const total = addUp(report.testResults.map(countFile));
  const hasSilentFailure = total.failed === 0 && (!isGood || total.passed === 0);
  return hasSilentFailure ? { ...total, failed: 1 } : total;
}

function countFile(file: Report["testResults"][number]): Count {
  const statuses = file.assertionResults.map((result) => result.status);
  const passed = statuses.filter((status) => status === "passed").length;
  const failed = statuses.filter((status) => status === "failed").length;
  const isBroken = file.status === "failed" && failed === 0;
  return { passed, failed: isBroken ? 1 : failed, skipped: statuses.length - passed - failed };
}

/**
 * The files that are tried a second time, alone: some tests wait for real processes on a machine whose cores all the others
 * use. None where what failed is no test, or too much failed for that.
 */
export function filesToTryAgain(report: Report | null, isGood: boolean): readonly string[] {
  const failed = failedFiles(report);
  return countReport(report, isGood).failed > 0 && failed.length <= SECOND_TRY_FILES_MAX
    ? failed.map(({ name }) => name)
    : [];
}

/** What failed the first time, by name, for whoever reads that the second try went well. */
export function failedTests(report: Report | null): readonly string[] {
  return failedFiles(report).flatMap(({ name, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    return failed.length === 0 ? [name] : failed.map(({ fullName }) => `${name}: ${fullName}`);
  });
}

/** Both runs as one: what was tried again counts as it came out then. */
export function withSecondTry(first: Report, second: Report | null): Report {
  const again = new Map(second?.testResults.map((file) => [file.name, file]));
  return { testResults: first.testResults.map((file) => again.get(file.name) ?? file) };
}

function failedFiles(report: Report | null): Report["testResults"] {
  return report?.testResults.filter(({ status }) => status === "failed") ?? [];
}

export function addUp(counts: readonly Count[]): Count {
  return counts.reduce(
    (sum, count) => ({
      passed: sum.passed + count.passed,
      failed: sum.failed + count.failed,
      skipped: sum.skipped + count.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}
