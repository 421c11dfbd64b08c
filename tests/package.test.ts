import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { packAll } from "../scripts/pack.ts";
import { signIn } from "./journeys/doorward-process.ts";

// The packages as a stranger gets them: installed from their tarballs into an empty folder, run by plain Node.
const scratch = mkdtempSync(join(tmpdir(), "doorward-package-"));
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
let tarballs = { root: "", verifier: "" };

function run(program: string, args: string[], cwd: string) {
  // Nothing of ours on the way: no node_modules/.bin of the repository, no variables that npm set for this run.
  const PATH = [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
  const env = { PATH, HOME: scratch, npm_config_cache: process.env["npm_config_cache"] ?? npmCache() };
  return spawnSync(program, args, { cwd, env, encoding: "utf8", timeout: 240_000 });
}

function npmCache(): string {
  return spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).stdout.trim();
}

function installed(name: string, ...packages: string[]): string {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  writeFileSync(join(folder, "package.json"), "{}");
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const { status, stdout, stderr } = run("npm", ["install", ...flags, ...packages], folder);
  expect({ status, text: status === 0 ? "" : `${stdout}${stderr}` }).toEqual({ status: 0, text: "" });
  return folder;
}

beforeAll(() => {
  tarballs = packAll(scratch);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the verifier's package", () => {
  test("stands alone and runs", () => {
    const folder = installed("verifier", tarballs.verifier);
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "@doorward",
    ]);
    const program = join(folder, "node_modules", ".bin", "doorward-verify");
    const wrong = run(program, [], folder);
    expect(wrong.status).toBe(2);
    expect(`${wrong.stdout}${wrong.stderr}`).toContain("doorward-verify receipt FILE");
    const face = `import("@doorward/verifier").then((face) => console.log(Object.keys(face).length > 0))`;
    expect(run(process.execPath, ["--eval", face], folder).stdout.trim()).toBe("true");
  });
});

describe("the product's package", () => {
  let folder = "";
  beforeAll(() => {
    folder = installed("doorward", tarballs.verifier, tarballs.root);
  }, 300_000);

  test("holds JavaScript, the console and nothing of the repository besides", () => {
    const home = join(folder, "node_modules", "doorward");
    const files = readdirSync(home, { recursive: true, encoding: "utf8" });
    expect(files).toContain(join("dist", "base", "index.js"));
    expect(files).toContain(join("console", "dist", "index.html"));
    expect(files).toContain(join("console", "dist", "licenses.md"));
    expect(files.filter((file) => /^console.*assets.*\.js$/.test(file)).length).toBeGreaterThan(3);
    const strays = files.filter((file) => /\.test\.|^(src|tests|scripts|bench)\b/.test(file));
    expect(strays).toEqual([]);
    expect(files.filter((file) => /\.tsx?$/.test(file))).toEqual([]);
  });

  test("loads every module under node_modules, where Node strips no types", () => {
    const dist = join(folder, "node_modules", "doorward", "dist");
    const modules = readdirSync(dist);
    const program = modules.map((name) => `await import(${JSON.stringify(join(dist, name, "index.js"))});`);
    writeFileSync(join(folder, "load.mjs"), `${program.join("\n")}\nprocess.exit(0);\n`);
    const { status, stderr } = run(process.execPath, ["load.mjs"], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(modules.length).toBeGreaterThan(5);
  });

  test("keeps a secret: the vault's process finds its packages where npm put them, beside the product", async () => {
    const program = join(folder, "node_modules", "doorward", "bin", "doorward.mjs");
    const data = mkdtempSync(join(scratch, "data-"));
    const child = spawn(process.execPath, [program, "start", "--data", data, "--port", "0", "--no-tour"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    try {
      await vi.waitFor(() => expect(said).toContain("Ctrl-C stops"), { timeout: 60_000, interval: 100 });
      const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
      const link = /https?:\/\/\S+\/login#\S+/.exec(said)?.[0] ?? "";
      const admin = await signIn({ url, link });
      const secret = {
        name: "any",
        kind: "bearer",
        to: ["https://api.example.com"],
        secret: "a-secret-of-ours",
      };
      expect(await admin.ask("vault.add", secret)).toMatchObject({ status: 200, body: { state: "ready" } });
    } finally {
      child.kill("SIGKILL");
    }
  }, 120_000);

  test("reads hostile files in a child that finds its modules and packages, and hashes them in threads", () => {
    const program = join(folder, "node_modules", ".bin", "doorward");
    const models = mkdtempSync(join(scratch, "models-"));
    writeFileSync(join(models, "evil.pkl"), "cos\nsystem\n(S'true'\ntR.");
    writeFileSync(join(models, "m.gguf"), "GGUF\x03\0\0\0");
    const scanned = run(program, ["models", "scan", models, "--json"], folder);
    const { files } = JSON.parse(scanned.stdout);
    const verdicts = files.map((file: { name: string; verdict: string }) => [
      file.name.slice(models.length + 1),
      file.verdict,
    ]);
    expect(verdicts).toContainEqual(["evil.pkl", "malicious"]);
    expect(scanned.stdout).not.toContain("not-read");
    expect(run(program, ["scan", "--hash", models], folder).stdout).toContain("sha256:527ee9a8eac0");
  });

  test("answers on the command line", () => {
    const program = join(folder, "node_modules", ".bin", "doorward");
    expect(run(program, ["--version"], folder)).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(run(program, ["--help"], folder)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("approvals"),
    });
  });
});
