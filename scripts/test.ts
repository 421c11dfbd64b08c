/**
 * Everything that must hold, in one run: the checks (types, lint, format, dead code, fence), then every test. A check
 * counts as one test. At most three files whose tests failed are run once more, alone, and what needed that is named. Ends with the line `N passed, N failed, N skipped`, whatever happened before it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addUp,
  type Count,
  countReport,
  failedTests,
  filesToTryAgain,
  type Report,
  withSecondTry,
} from "./count.ts";

const CHECKS: Record<string, string[]> = {
  types: ["typescript/bin/tsc", "-p", "."],
  "console types": ["typescript/bin/tsc", "-p", "console"],
  lint: [
    "oxlint/bin/oxlint",
    "--type-aware",
    "src",
    "tests",
    "bench",
    "scripts",
    "verifier",
    "console",
    "conformance",
  ],
  format: ["@biomejs/biome/bin/biome", "format", "."],
  "dead code": ["knip/bin/knip.js"],
};

function runNode(args: string[]): boolean {
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status === 0;
}

function check(name: string, args: string[]): Count {
  const started = performance.now();
  const isGood = runNode(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${isGood ? "ok  " : "FAIL"} ${name} (${seconds} s)\n`);
  return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, skipped: 0 };
}

interface Ran {
  readonly report: Report | null;
  readonly isGood: boolean;
}

function runTests(vitestArguments: string[]): Count {
  const first = runVitest(vitestArguments);
  const again = filesToTryAgain(first.report, first.isGood);
  if (first.report === null || again.length === 0) return countReport(first.report, first.isGood);
  const failed = failedTests(first.report).map((name) => `  ${name}\n`);
  process.stdout.write(`Failed, and tried a second time, alone:\n${failed.join("")}`);
  const second = runVitest([...again, "--no-file-parallelism"]);
  const outcome = second.isGood ? "passed then: each is to be looked into all the same" : "failed again";
  process.stdout.write(`Needed a second try (${failed.length}), and ${outcome}:\n${failed.join("")}`);
  return countReport(withSecondTry(first.report, second.report), second.isGood);
}

function runVitest(vitestArguments: string[]): Ran {
  const folder = mkdtempSync(join(tmpdir(), "doorward-test-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const isGood = runNode([inModules("vitest/vitest.mjs"), "run", ...reporters, ...vitestArguments]);
    return { report: readReport(file), isGood };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): Report | null {
  try {
    const report: Report = JSON.parse(readFileSync(file, "utf8"));
    return report;
  } catch {
    return null;
  }
}

function inModules(path: string): string {
  return join("node_modules", ...path.split("/"));
}

const counts = Object.entries(CHECKS).map(([name, [program = "", ...args]]) =>
  check(name, [inModules(program), ...args]),
);
counts.push(check("fence", [join("scripts", "architecture.ts"), "--check"]));
counts.push(runTests(process.argv.slice(2)));
const total = addUp(counts);
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
