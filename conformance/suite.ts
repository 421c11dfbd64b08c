import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Protocol revisions the official suite has scenarios for, as far as Doorward speaks them. */
export const REVISIONS = ["2025-06-18", "2025-11-25"] as const;
export type Revision = (typeof REVISIONS)[number];

export interface Outcome {
  readonly scenario: string;
  readonly passed: boolean;
  /** Checks that did not succeed, in the suite's own words. */
  readonly problems: readonly string[];
}

const SCENARIO_TIMEOUT_MS = 90_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const cli = join(
  dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json")),
  "dist",
  "index.js",
);

/** Names of the suite's scenarios, with the revisions each is for. */
export async function listScenarios(kind: "server" | "client"): Promise<Map<string, string[]>> {
  const { stdout } = await runCli(["list"]);
  const [servers = "", clients = ""] = stdout.split(/^Client scenarios.*$/m);
  const found = [...(kind === "server" ? servers : clients).matchAll(/^\s+- (\S+) \[([^\]]*)\]/gm)];
  return new Map(found.map(([, name = "", revisions = ""]) => [name, revisions.split(",")]));
}

export function runServerScenario(url: string, scenario: string): Promise<Outcome> {
  return judged(scenario, ["server", "--url", url, "--scenario", scenario]);
}

/** `command` is run by the suite with the test server's URL as its last argument. */
export function runClientScenario(command: string, scenario: string): Promise<Outcome> {
  return judged(scenario, ["client", "--command", command, "--scenario", scenario]);
}

async function judged(scenario: string, words: readonly string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "doorward-conformance-"));
  try {
    const { code, stdout, stderr } = await runCli([...words, "--output-dir", folder]);
    const problems = await problemsIn(folder);
    if (code !== 0 && problems.length === 0)
      problems.push((stderr || stdout).trim().split("\n").at(-1) ?? `exit ${code}`);
    return { scenario, passed: code === 0, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function problemsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  const problems: string[] = [];
  for (const file of files.filter((name) => name.endsWith("checks.json"))) {
    const checks: { status: string; name: string; errorMessage?: string }[] = JSON.parse(
      await readFile(join(folder, file), "utf8"),
    );
    const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
    problems.push(
      ...failed.map(
        ({ status, name, errorMessage }) => `${status.toLowerCase()} ${name}: ${errorMessage ?? ""}`,
      ),
    );
  }
  return problems;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runCli(words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { timeout: SCENARIO_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    execFile(process.execPath, [cli, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr });
    });
  });
}
