/** Counts from vitest's JSON report (the shape of Jest's `--json`, of which these fields are used). */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

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
