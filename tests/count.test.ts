import { expect, test } from "vitest";
import { addUp, countReport } from "../scripts/count.ts";

function file(status: string, ...statuses: string[]) {
  return { status, assertionResults: statuses.map((each) => ({ status: each })) };
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
