import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findMeans, makePlan, NODE, relayFor, startSandbox } from "#sandbox";

// T26 on a Mac, with the sandbox-exec that is there. Skipped everywhere else, and so never run by us: what can be asked without a Mac is
// in tests/seatbelt.

const isMac = process.platform === "darwin";
const CANARY = "canary-mac-51d0";
let root = "";
let work = "";
const service = createServer((socket) => socket.on("error", () => {}).end(CANARY));

beforeAll(async () => {
  if (!isMac) return;
  root = realpathSync(mkdtempSync(join(homedir(), ".doorward-seatbelt-")));
  work = join(root, "work");
  mkdirSync(join(work, ".git", "hooks"), { recursive: true });
  writeFileSync(join(root, "secret"), CANARY);
  writeFileSync(join(work, ".env"), CANARY);
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", () => resolve()));
});
afterAll(() => {
  service.close();
  if (root !== "") rmSync(root, { recursive: true, force: true });
});

/** Programs for Node; `R` is the folder around the workspace, `P` a port of the machine's. Each prints ESCAPED where it got out. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "a secret beside the workspace": "if (fs.readFileSync(R + '/secret', 'utf8').includes('canary')) out()",
  "the names of what is beside it": "if (fs.readdirSync(R).length > 0) out()",
  "a file beside it": "fs.writeFileSync(R + '/beside', 'x'); out()",
  "the project's .env": "if (fs.readFileSync('.env', 'utf8').includes('canary')) out()",
  "a link to the secret":
    "fs.symlinkSync(R + '/secret', 'l'); if (fs.readFileSync('l', 'utf8').includes('canary')) out()",
  "a hard link to it":
    "fs.linkSync(R + '/secret', 'h'); if (fs.readFileSync('h', 'utf8').includes('canary')) out()",
  "a hook of git's":
    "fs.writeFileSync('.git/hooks/pre-commit', 'x'); fs.rmSync('.git/hooks/pre-commit'); out()",
  "a .git of its own": "fs.renameSync('.git', 'old'); fs.renameSync('old', '.git'); out()",
  "an .envrc": "fs.writeFileSync('.envrc', 'x'); fs.rmSync('.envrc'); out()",
  "the same in other letters": "fs.writeFileSync('.ENVRC', 'x'); fs.rmSync('.ENVRC'); out()",
  "a service on loopback": "require('net').connect(P, '127.0.0.1').on('data', out).on('error', no)",
  "a port of its own": "require('net').createServer().listen(0, '127.0.0.1', out).on('error', no)",
  "a process of the machine": "process.kill(process.ppid === 1 ? 1 : Number(process.env.OUTSIDE), 0); out()",
  "the list of processes":
    "if (cp.execFileSync('/bin/ps', ['-ax']).toString().split('\\n').length > 20) out()",
  "the keychain":
    "cp.execFileSync('/usr/bin/security', ['list-keychains'], { stdio: 'pipe' }); cp.execFileSync('/usr/bin/security', ['dump-keychain'], { stdio: 'pipe' }); out()",
  "an Apple event":
    "cp.execFileSync('/usr/bin/osascript', ['-e', 'tell application \"Finder\" to get name'], { stdio: 'pipe' }); out()",
  "a program by Launch Services":
    "cp.execFileSync('/usr/bin/open', ['-g', '-a', 'TextEdit'], { stdio: 'pipe' }); out()",
  "a job of launchd's":
    "cp.execFileSync('/bin/launchctl', ['submit', '-l', 'doorward.escape', '--', '/usr/bin/true'], { stdio: 'pipe' }); out()",
};

/** Those that need a person's session or rights outside too: held there says little. */
const NOT_EVERYWHERE = new Set([
  "the keychain",
  "an Apple event",
  "a program by Launch Services",
  "a job of launchd's",
]);

const scriptOf = (program: string): string =>
  `const fs = require('fs'), cp = require('child_process'), R = ${JSON.stringify(root)}, P = ${(service.address() as AddressInfo).port};
const out = () => { console.log('ESCAPED'); process.exit(0) }, no = () => process.exit(1);
try { ${program} } catch { no() }`;

async function inside(script: string): Promise<{ said: string; code: number }> {
  const means = findMeans();
  if (means.kind === "missing") throw new Error(means.missing.join("; "));
  const command = [NODE, "-e", script];
  const { plan, undo } = makePlan(
    { from: work, command, read: [], write: [], environment: [`OUTSIDE=${process.pid}`], limits: {} },
    { environment: process.env, home: homedir(), secret: [], cores: 2, trusts: false },
  );
  let said = "";
  const running = await startSandbox({
    plan,
    command,
    ready: means,
    certificates: null,
    temporary: "/tmp",
    relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_mac" }),
    stdio: "pipe",
    spawned: ({ stdout, stderr }) => {
      for (const one of [stdout, stderr])
        one?.setEncoding("utf8").on("data", (text: string) => void (said += text));
    },
  });
  const code = await running.ended;
  undo();
  return { said, code };
}

describe.skipIf(!isMac)("a Mac's sandbox (skipped where there is no Mac: sandbox-exec is macOS's)", () => {
  test("is there", () => expect(findMeans()).toMatchObject({ kind: "ready", backend: "seatbelt" }));

  test("runs Node, git and Python, in a home and a workspace of their own", async () => {
    const { said, code } = await inside(`
const fs = require('fs'), cp = require('child_process');
fs.writeFileSync('made', 'x'); fs.writeFileSync(process.env.HOME + '/made', 'x'); fs.writeFileSync(process.env.TMPDIR + '/made', 'x');
console.log(fs.readFileSync('made', 'utf8'), require('os').cpus().length > 0, require('os').userInfo().uid >= 0);
for (const one of ['git', 'python3']) console.log(cp.spawnSync(one, ['--version']).status);`);
    expect([code, said]).toEqual([0, "x true true\n0\n0\n"]);
  });

  test.each(Object.keys(PROGRAMS))("%s: got outside, and not inside", async (name) => {
    const script = scriptOf(PROGRAMS[name] ?? "");
    const outside = spawnSync(process.execPath, ["-e", script], {
      cwd: work,
      encoding: "utf8",
      env: { ...process.env, OUTSIDE: String(process.pid) },
    }).stdout.includes("ESCAPED");
    for (const left of ["l", "h"]) if (existsSync(join(work, left))) rmSync(join(work, left));
    expect((await inside(script)).said).not.toContain("ESCAPED");
    expect(outside || NOT_EVERYWHERE.has(name)).toBe(true);
  });
});
