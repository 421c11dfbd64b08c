import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { findMeans } from "#sandbox";
import { CASES } from "../escape/cases.ts";
import { runCases } from "../escape/ways.ts";

// T26, and stage isolate: every program of the suite first outside, then in the sandbox of `doorward run`. Skipped, and said so,
// where no sandbox can be made or there is no Python for the programs. docs/security/escape-suite.md has srt beside it.

const means = findMeans();
const hasPython =
  spawnSync("python3", ["-c", "0"]).status === 0 && spawnSync("openssl", ["version"]).status === 0;
const RUNS_MS = 280_000;

/** Held by no rlimit: root is not bound by the number of processes (docs/security/escape-suite.md). */
const isUnboundRoot = process.getuid?.() === 0 && means.kind === "ready" && means.limitsBy === "rlimit";
const KNOWN = new Set(isUnboundRoot ? ["fork-bomb"] : []);

/** What this suite stands on: proven outside wherever there is a Linux at all. */
const ALWAYS_PROVEN = [
  "home-key",
  "git-hook",
  "see-process",
  "ptrace",
  "abstract-socket",
  "tcp-loopback",
  "dns",
  "outlive",
];

describe.skipIf(means.kind === "missing" || !hasPython)("the escape suite", () => {
  test("what succeeds outside gets nothing in the sandbox", { timeout: RUNS_MS }, async () => {
    const [outside, inside] = await Promise.all([runCases("outside"), runCases("doorward")]);
    const proven = CASES.filter(({ id }) => outside[id]?.escaped === true).map(({ id }) => id);
    expect(proven).toEqual(expect.arrayContaining(ALWAYS_PROVEN));
    const out = CASES.filter(({ id }) => inside[id]?.escaped === true && !KNOWN.has(id));
    expect(out.map(({ id }) => ({ id, how: inside[id]?.how }))).toEqual([]);
    // A program that did not run at all proves nothing.
    expect(CASES.filter(({ id }) => inside[id] === undefined)).toEqual([]);
    expect(CASES.filter(({ id }) => /SyntaxError|NameError|ENOENT/.test(inside[id]?.how ?? ""))).toEqual([]);
  });
});
