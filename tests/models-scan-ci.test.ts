// The scan where CI runs it: the GitHub Action and the hook of pre-commit, as their files say it, on files of our own.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { FAIL_ON } from "../src/cli/models-verdicts.ts";

// Metadata of actions: docs.github.com, "Metadata syntax reference"; of hooks: pre-commit.com, "Creating new hooks".
const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string().optional() })),
    outputs: z.record(z.string(), z.object({ value: z.string() })),
    runs: z.object({
      using: z.literal("composite"),
      steps: z.array(
        z.looseObject({
          shell: z.literal("bash"),
          run: z.string(),
          env: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  })
  .parse(parse(readFileSync("action.yml", "utf8")));
const [hook] = z
  .array(
    z.object({
      id: z.string(),
      entry: z.string(),
      args: z.array(z.string()),
      language: z.literal("script"),
      // Each of pre-commit's `files`, `types`, `exclude`... would leave models out by their names.
      types_or: z.tuple([z.literal("file"), z.literal("symlink")]),
      files: z.never().optional(),
      types: z.never().optional(),
      exclude: z.never().optional(),
    }),
  )
  .length(1)
  .parse(parse(readFileSync(".pre-commit-hooks.yaml", "utf8")));

const BAD = "cposix\nsystem\n(S'id'\ntR.";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scan-ci-"));
  writeFileSync(join(folder, "bad model.pkl"), BAD);
  writeFileSync(join(folder, "fine.pkl"), "N.");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The last step, in a folder as a runner has it. */
function runAction(inputs: Readonly<Record<string, string>>) {
  const script = action.runs.steps.at(-1)?.run ?? "";
  const output = join(folder, "github-output");
  const temporary = join(folder, "runner-temp");
  mkdirSync(temporary, { recursive: true });
  writeFileSync(output, "");
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    ACTION: process.cwd(),
    GITHUB_OUTPUT: output,
    RUNNER_TEMP: temporary,
    ...inputs,
  };
  const ran = spawnSync("bash", ["-eo", "pipefail", "-c", script], { cwd: folder, env, encoding: "utf8" });
  return { ...ran, output: readFileSync(output, "utf8") };
}

test("the action fails on a file that would run something, and writes SARIF for it", () => {
  const ran = runAction({ PATHS: "bad model.pkl\nfine.pkl\n", FAIL_ON: "critical", SARIF: "out.sarif" });
  expect(ran.status).toBe(1);
  expect(ran.stdout).toContain("2 files: 1 malicious; 1 clean.");
  expect(ran.output).toBe("sarif=out.sarif\n");
  const { runs } = JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8"));
  expect(JSON.stringify(runs)).toContain('"uri":"bad%20model.pkl"');
}, 120_000);

test("the action passes where nothing is found, with its own defaults", () => {
  rmSync(join(folder, "bad model.pkl"));
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value }]) => [
      name.toUpperCase().replace("-", "_"),
      value ?? ".",
    ]),
  );
  const { status, stdout, output } = runAction(inputs);
  expect([status, stdout]).toEqual([0, expect.stringContaining("Passed.")]);
  expect(output).toBe(`sarif=${join(folder, "runner-temp", "doorward.sarif")}\n`);
}, 120_000);

test("what a checkout brings at the place of the SARIF is not written through, nor handed on", () => {
  const mine = join(folder, "mine");
  writeFileSync(mine, "mine");
  symlinkSync(mine, join(folder, "doorward.sarif"));
  const inputs = { PATHS: "fine.pkl", FAIL_ON: "high", SARIF: "doorward.sarif" };
  expect(runAction(inputs)).toMatchObject({ status: 0, output: "sarif=doorward.sarif\n" });
  expect(readFileSync(mine, "utf8")).toBe("mine");
  writeFileSync(join(folder, "doorward.sarif"), "theirs");
  expect(runAction({ ...inputs, FAIL_ON: "never" })).toMatchObject({ status: 2, output: "" });
}, 120_000);

test("nothing that a workflow gives is written into the action's script, and its levels are the command's", () => {
  for (const { run } of action.runs.steps) expect(run).not.toContain("${{");
  const said = action.inputs["fail-on"]?.description ?? "";
  expect(FAIL_ON.filter((level) => !said.includes(level))).toEqual([]);
  const marked = join(folder, "ran");
  runAction({
    PATHS: `fine.pkl\n$(touch ${marked})\n\`touch ${marked}\``,
    FAIL_ON: "high",
    SARIF: "x.sarif",
  });
  expect(() => readFileSync(marked)).toThrow("ENOENT");
}, 120_000);

test("the hook refuses the bad file of a commit and lets the other pass; names that look like options are files", () => {
  const run = (...names: string[]) =>
    spawnSync(join(process.cwd(), hook?.entry ?? ""), [...(hook?.args ?? []), ...names], {
      cwd: folder,
      encoding: "utf8",
    });
  expect(run("fine.pkl").status).toBe(0);
  expect(run("fine.pkl", "bad model.pkl").status).toBe(1);
  writeFileSync(join(folder, "--json.pkl"), BAD);
  expect(run("--json.pkl").stdout).toContain("1 malicious");
}, 120_000);

test("the hook looks at what a file is, not at how it is called", () => {
  writeFileSync(join(folder, "notes.md"), BAD);
  const entry = join(process.cwd(), hook?.entry ?? "");
  const ran = spawnSync(entry, [...(hook?.args ?? []), "notes.md"], { cwd: folder, encoding: "utf8" });
  expect([ran.status, ran.stdout]).toEqual([1, expect.stringContaining("1 malicious")]);
}, 120_000);
