import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TOOLS } from "../../tests/samples/policy.ts";
import { runPolicyTests, STARTER_POLICY } from "./index.ts";

const STARTER_TESTS = readFileSync(new URL("starter.tests.yaml", import.meta.url), "utf8");
const file = (tests: string): string => `agents: { notes: {} }\ntests:\n${tests}\n`;

test("the starter policy keeps the promises of its tests, with and without servers", () => {
  for (const tools of [[], TOOLS]) {
    const report = runPolicyTests(STARTER_TESTS, STARTER_POLICY, tools);
    const failures = report.ok ? report.results.filter((result) => !result.passed) : report.problems;
    expect(failures).toEqual([]);
    expect(report).toMatchObject({ ok: true, passed: 54, failed: 0 });
  }
});

test("a test that does not hold fails, and says what happened and where", () => {
  const report = runPolicyTests(
    file("  - { agent: notes, does: calls fs/write_file, expect: allow, because: We hope so. }"),
    STARTER_POLICY,
    TOOLS,
  );
  expect(report).toMatchObject({
    ok: true,
    passed: 0,
    failed: 1,
    results: [
      {
        name: "notes: calls fs/write_file",
        expected: "allow",
        got: "deny by destructive-needs-grant",
        because: "We hope so.",
        line: 3,
      },
    ],
  });
});

test("the right verdict for the wrong reason fails", () => {
  const report = runPolicyTests(
    file("  - { agent: notes, does: samples for fs, expect: deny, by: destructive-needs-grant }"),
    STARTER_POLICY,
    TOOLS,
  );
  expect(report).toMatchObject({ failed: 1, results: [{ got: "deny by no-sampling" }] });
});

describe("a file that cannot be read says why", () => {
  test.each<[string, string, string]>([
    ["no YAML", "tests: [", "Flow sequence"],
    ["no tests", "agents: {}", "tests"],
    ["an unknown field", file("  - { agent: notes, dose: x, expect: allow }"), "does"],
    ["an unknown verdict", file("  - { agent: notes, does: samples for fs, expect: maybe }"), "expect"],
    ["a key twice", "tests: []\ntests: []", "unique"],
    ["an alias", `x: &a {}\nagents: { notes: *a }\ntests: []`, ""],
    ["an unknown agent", file("  - { agent: other, does: samples for fs, expect: deny }"), '"other"'],
    [
      "an agent of every object",
      file("  - { agent: constructor, does: samples for fs, expect: deny }"),
      '"constructor"',
    ],
    ["an unknown user", file("  - { agent: notes, for: bob, does: samples for fs, expect: deny }"), '"bob"'],
    ["an unknown deed", file("  - { agent: notes, does: dances, expect: deny }"), "calls SERVER/TOOL"],
    ["an unknown tool", file("  - { agent: notes, does: calls fs/nothing, expect: deny }"), "fs/nothing"],
    ["too large", `# ${"x".repeat(1_100_000)}`, "larger"],
  ])("%s", (_name, yaml, words) => {
    const report = runPolicyTests(yaml, STARTER_POLICY, TOOLS);
    const messages = report.ok ? [] : report.problems.map((problem) => problem.message);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join("\n")).toContain(words);
  });

  test("and so does a policy that does not compile", () => {
    const yaml = file("  - { agent: notes, does: samples for fs, expect: deny }");
    expect(runPolicyTests(yaml, "permit", TOOLS).ok).toBe(false);
  });
});
