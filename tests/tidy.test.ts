import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { filesIn } from "../scripts/files.ts";
import { LINES_MAX, untidiness } from "../scripts/tidy.ts";

const ROOMS = [
  "src",
  "console",
  "verifier",
  "scripts",
  "tests",
  "bench",
  "conformance",
  "bin",
  "docs",
  ".ci",
];
/** These two quote what they forbid. */
const QUOTING = new Set(["scripts/tidy.ts", "tests/tidy.test.ts"]);
const written = filesIn(ROOMS, (file) => /\.(m?[jt]s|json|md|html|css|ya?ml|cedar)$|^\.ci\/run$/.test(file));
const files = written.filter((file) => !QUOTING.has(file));

test("every file keeps the habits of the house", () => {
  const problems = files.flatMap((file) =>
    untidiness(file, readFileSync(file, "utf8")).map((problem) => `${file}: ${problem}`),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(problems).toEqual([]);
});

const long = "a();\n".repeat(LINES_MAX + 1);

describe("each habit, broken", () => {
  test.each([
    ["src/policy/utils.ts", "", "says nothing"],
    ["src/shared/face.ts", "", "says nothing"],
    ["src/policy/policy-manager.ts", "", "says nothing"],
    ["src/policy/Decide.ts", "", "kebab-case"],
    ["src/policy/snake_case.ts", "", "kebab-case"],
    ["src/policy/decide.ts", long, "at most"],
    ["tests/long.test.ts", long, "at most"],
    ["src/policy/decide.ts", "export default 1;", "default export"],
    ["src/policy/decide.ts", "const a = 1; export { a as default };", "default export"],
    ["src/policy/decide.ts", "// TODO: later", "do it"],
    ["docs/guide/x.md", "FIXME", "do it"],
    ["docs/guide/x.md", "see /work/main/src", "one machine"],
    ["src/policy/decide.ts", 'const file = "/root/x";', "one machine"],
  ])("%s with %j", (file, text, problem) => {
    expect(untidiness(file, text).join("\n")).toContain(problem);
  });

  test.each([
    ["src/store/migrations.table.ts", long],
    ["src/policy/decide.ts", 'import { default as cedar } from "x"; import a from "b";'],
    ["src/policy/decide.ts", "a();\n".repeat(LINES_MAX)],
    ["src/policy/decide.ts", 'const text = "export default";'],
    ["vitest.config.ts", "export default {};"],
    ["docs/guide/x.md", "read /home/ana/notes.txt"],
  ])("%s with %j is fine", (file, text) => {
    expect(untidiness(file, text)).toEqual([]);
  });
});
