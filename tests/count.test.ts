import { expect, test } from "vitest";
import { addUp, countReport, failedTests, filesToTryAgain, withSecondTry } from "../scripts/count.ts";

function file(status: string, ...statuses: string[]) {
  return named("a.test.ts", status, ...statuses);
}

function named(name: string, status: string, ...statuses: string[]) {
  return {
    name,
    status,
    assertionResults: statuses.map((each, n) => ({ status: each, fullName: `test ${n}` })),
  };
}

test.each([
  [
    "counts",
    [file("passed", "passed", "passed"), file("failed", "failed", "skipped", "todo")],
    false,
    [2, 1, 2],
  ],
  [
    "a file that could not be loaded is a failure",
    [file("passed", "passed"), file("failed")],
    false,
    [1, 1, 0],
  ],
  ["so is a runner that failed beside its tests", [file("passed", "passed")], false, [1, 1, 0]],
  ["and a run of nothing", [], true, [0, 1, 0]],
  ["and a run that skipped everything", [file("passed", "skipped")], true, [0, 1, 1]],
])("%s", (_, testResults, isGood, [passed, failed, skipped]) => {
  expect(countReport({ testResults }, isGood)).toEqual({ passed, failed, skipped });
});

test("no report is a failure", () => {
  expect(countReport(null, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("counts add up", () => {
  const sum = addUp([
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 3, failed: 1, skipped: 0 },
  ]);
  expect(sum).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

test("what failed is tried a second time, and counts as it came out then", () => {
  const [good, bad] = [named("a", "passed", "passed"), named("b", "failed", "passed", "failed")];
  const first = { testResults: [good, bad] };
  expect(filesToTryAgain(first, false)).toEqual(["b"]);
  expect(failedTests(first)).toEqual(["b: test 1"]);
  const mended = withSecondTry(first, { testResults: [named("b", "passed", "passed", "passed")] });
  expect(countReport(mended, true)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  // What fails again, or was not run again at all, stays failed.
  expect(countReport(withSecondTry(first, first), false)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(countReport(withSecondTry(first, null), false)).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

test.each([
  ["no report", null, false, []],
  ["a runner that failed beside its tests", [named("a", "passed", "passed")], false, []],
  ["a file that could not be loaded is tried", [named("a", "failed")], false, ["a"]],
  [
    "too many files for chance",
    ["a", "b", "c", "d"].map((name) => named(name, "failed", "failed")),
    false,
    [],
  ],
])("a second try: %s", (_, testResults, isGood, files) => {
  expect(filesToTryAgain(testResults && { testResults }, isGood)).toEqual(files);
});
