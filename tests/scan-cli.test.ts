// `doorward scan`: a whole command, its words, and (where strace is) that it opens nothing but what --explain names.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const PROGRAM = join(process.cwd(), "bin", "doorward.mjs");
const SECRET = "sk-never-shown";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "discovery-home-"));
  put(".lmstudio/models/o/r/\u001b[31mred.gguf", "GGUF\x03\0\0\0");
  put(
    ".cursor/mcp.json",
    JSON.stringify({ mcpServers: { files: { command: "npx", env: { API_KEY: SECRET } } } }),
  );
  put(".ollama/history", "what I asked");
  put(".claude/projects/p/chat.jsonl", "what I asked");
  put("Documents/letter.txt", "Dear Ada");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), content);
}

const environment = () => ({ PATH: process.env["PATH"], HOME: home });
const scan = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, "scan", ...args], {
    env: environment(),
    encoding: "utf8",
    timeout: 60_000,
  });

test("finds a model and an agent, says why, and shows no key and no colour", () => {
  const { status, stdout } = scan();
  expect(status).toBe(0);
  expect(stdout).toContain("red.gguf");
  expect(stdout).toContain("Cursor");
  expect(stdout).not.toContain("\u001b");
  expect(scan("--json").stdout).not.toContain(SECRET);
}, 120_000);

test("of a path looks at that alone, and answers JSON", () => {
  const { found, troubles } = JSON.parse(scan(join(home, ".lmstudio"), join(home, "gone"), "--json").stdout);
  expect(found.map((one: { what: string }) => one.what)).toEqual(["gguf"]);
  expect(troubles).toEqual([{ path: join(home, "gone"), why: "it is not there" }]);
}, 120_000);

test("with --hash says what the models' files hold, keeps it for its owner alone, and warns of a wrong name", () => {
  const [named, content] = ["a".repeat(64), `GGUF\x03${"\0".repeat(2_000_000)}`];
  put(`.cache/huggingface/hub/models--o--m/blobs/${named}`, content);
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const { found } = JSON.parse(scan("--hash", "--json").stdout);
  const models = found.filter((one: { name: string }) => one.name === "o/m");
  expect(models.map(({ facts }: { facts: { sha256: string } }) => facts.sha256)).toEqual([digest]);
  expect(JSON.stringify(models)).toContain(`${named} is not what its name says`);
  expect(statSync(join(home, ".cache/doorward/models")).mode & 0o777).toBe(0o600);
  expect(scan("--hash").stdout).toContain(`${digest}  o/m`);
}, 120_000);

const HAS_STRACE = spawnSync("strace", ["--version"]).status === 0;

test.skipIf(!HAS_STRACE)(
  "opens nothing in the home but what --explain names (skipped: no strace)",
  () => {
    const log = join(home, "..", `${home.split("/").at(-1)}.strace`);
    const traced = [
      "-f",
      "-qq",
      "-e",
      "trace=open,openat,openat2",
      "-o",
      log,
      process.execPath,
      PROGRAM,
      "scan",
    ];
    execFileSync("strace", traced, { env: environment(), timeout: 100_000, stdio: "ignore" });
    const text = execFileSync("cat", [log], { encoding: "utf8", maxBuffer: 2 ** 28 });
    rmSync(log);
    const opened = [...text.matchAll(/"([^"]+)"[^\n]*\) = \d+/g)].map(([, path = ""]) => path);
    const inHome = [...new Set(opened.filter((path) => path.startsWith(home)))];
    const explained = scan("--explain").stdout;
    const named = [...explained.matchAll(/^ {2}(\/\S+) \(/gm)].map(([, path = ""]) => path);
    const stray = inHome.filter(
      (path) => !named.some((place) => path === place || path.startsWith(`${place}/`)),
    );
    expect(inHome.length).toBeGreaterThan(2);
    expect(stray).toEqual([]);
  },
  180_000,
);
