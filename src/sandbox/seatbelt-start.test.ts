import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "./begin.ts";
import { makePlan } from "./plan.ts";
import { NODE } from "./places.ts";
import type { SandboxLimits, SandboxReady } from "./port.ts";
import { relayFor } from "./relay.ts";
import { trusted } from "./trust.ts";

// How Seatbelt is begun, with a stand-in for sandbox-exec that writes its words down and runs what follows `--`: it bounds
// nothing. What a real one does with them is asked of the profile (tests/seatbelt) and unverified on a Mac.

const root = realpathSync(mkdtempSync(join(tmpdir(), "dw-mac-")));
const tool = join(root, "sandbox-exec");
const words = join(root, "words");
const work = join(root, "me", "work");
const temporary = join(root, "t");
const keys: string[] = [];
const doors = createServer((asked, answer) => {
  keys.push(String(asked.headers.authorization));
  answer.end(`${asked.url} ${JSON.stringify(asked.rawHeaders)}`);
});
beforeAll(async () => {
  for (const path of [work, temporary]) mkdirSync(path, { recursive: true });
  writeFileSync(
    tool,
    `#!/bin/bash\nprintf '%s\\0' "$@" >${words}\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n`,
  );
  chmodSync(tool, 0o755);
  await new Promise<void>((resolve) => doors.listen(0, "127.0.0.1", () => resolve()));
});
afterAll(() => {
  doors.close();
  rmSync(root, { recursive: true, force: true });
});

const ready = (): SandboxReady => ({
  kind: "ready",
  backend: "seatbelt",
  tool,
  version: "26.1",
  options: { size: false, disableUserns: false },
  limitsBy: "rlimit",
  notes: [],
});
const LIMITS: SandboxLimits = {
  memoryBytes: 1024 ** 3,
  processes: 4_000,
  fileBytes: 1024 ** 2,
  openFiles: 200,
  cpuPercent: 100,
  temporaryBytes: 1024 ** 2,
};
const PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

function begin(command: readonly string[], said: (text: string) => void, own: Record<string, string> = {}) {
  const { plan, undo } = makePlan(
    { from: work, command: ["true"], read: [], write: [], environment: ["OWN=1"], limits: LIMITS },
    {
      environment: { AWS_SECRET_ACCESS_KEY: "canary", TERM: "xterm", ...own },
      home: join(root, "me"),
      secret: [],
      cores: 1,
      trusts: true,
    },
  );
  const running = startSandbox({
    plan,
    command,
    ready: ready(),
    relay: relayFor({
      doors: `http://127.0.0.1:${(doors.address() as AddressInfo).port}`,
      proxy: null,
      key: "dwk_session",
    }),
    temporary,
    certificates: trusted(PEM),
    stdio: "pipe",
    spawned: ({ stdout }) => void stdout?.setEncoding("utf8").on("data", said),
  });
  return running.finally(undo);
}

async function run(
  command: readonly string[],
  own: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  let said = "";
  const running = await begin(command, (text) => void (said += text), own);
  const code = await running.ended;
  // What was written last may still be under way.
  await new Promise((resolve) => setImmediate(resolve));
  return { code, said };
}

const shell = (script: string) => run(["/bin/sh", "-c", script]);

describe("how it is begun", () => {
  test("the profile is given as text, paths as parameters, and the program after them", async () => {
    expect((await run(["/bin/echo", "-D", "P0=/", "a b"])).said).toBe("-D P0=/ a b\n");
    const [first, text = "", ...rest] = readFileSync(words, "utf8").split("\0").slice(0, -1);
    expect(first).toBe("-p");
    expect(text).toMatch(/^\(version 1\)\n\(deny default\)\n/);
    expect(text).not.toContain(root);
    const end = rest.indexOf("--");
    const definitions = rest.slice(0, end).filter((_, at) => at % 2 === 1);
    expect(rest.slice(0, end).filter((_, at) => at % 2 === 0)).toEqual(definitions.map(() => "-D"));
    expect(definitions).toContainEqual(expect.stringMatching(new RegExp(`^P\\d+=${work}$`)));
    expect(rest.slice(end)).toEqual(["--", "/bin/echo", "-D", "P0=/", "a b"]);
    const ports = [...text.matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
    expect(ports.length).toBe(2);
    expect(new Set(ports).size).toBe(2);
  });

  test("Node is the one that Doorward runs on", async () => {
    expect((await run([NODE, "-p", "process.execPath"])).said.trim()).toBe(realpathSync(process.execPath));
  });

  test("it begins in the workspace, with an environment that was made for it", async () => {
    const { said } = await shell("pwd; env");
    const lines = said.split("\n");
    expect(lines[0]).toBe(work);
    const environment = Object.fromEntries(
      lines.slice(1).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(said).not.toContain("canary");
    expect(environment).toMatchObject({ OWN: "1", TERM: "xterm", DOORWARD_SANDBOX: "1" });
    expect(environment["HOME"]).toMatch(new RegExp(`^${temporary}/dw-[^/]+/home$`));
    expect(environment["TMPDIR"]).toMatch(/\/dw-[^/]+\/tmp$/);
    expect(environment["NODE_EXTRA_CA_CERTS"]).toMatch(/\/shown\/ca\.pem$/);
    expect(environment["OPENAI_BASE_URL"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(environment["OLLAMA_HOST"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/run\/[\w-]{43}$/);
    expect(environment["HTTPS_PROXY"]).toMatch(/^http:\/\/doorward:[\w-]{43}@127\.0\.0\.1:\d+$/);
    expect(environment["JAVA_TOOL_OPTIONS"]).not.toContain(environment["OPENAI_API_KEY"]);
    expect(said).not.toContain("dwk_");
  });

  test("its home and temporary files are nobody else's, hold the settings, and are gone at the end", async () => {
    const { said } = await shell(
      'umask 022; cat "$DOORWARD_MCP_CONFIG"; echo x >"$HOME/mine"; stat -c %a "$HOME" "$TMPDIR" 2>/dev/null || stat -f %Lp "$HOME" "$TMPDIR"; echo "$HOME"',
    );
    expect(said).toMatch(/"url": "http:\/\/127\.0\.0\.1:\d+\/door\/mcp"/);
    expect(said).toMatch(/700\n700\n/);
    expect(existsSync(said.trim().split("\n").at(-1) ?? "/")).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("limits are set before it begins", async () => {
    const { said } = await run(["/bin/bash", "-c", "ulimit -n; ulimit -f; ulimit -c; nice"]);
    const [files, blocks, core, nice] = said.trim().split("\n");
    expect([files, blocks, core]).toEqual(["200", "1024", "0"]);
    expect(Number(nice)).toBeGreaterThanOrEqual(10);
  });

  test("it has no terminal to type into, and nothing that was open outside", async () => {
    const { said } = await run([
      NODE,
      "-e",
      "try { require('fs').openSync('/dev/tty', 'r+'); console.log('a terminal') } catch (e) { console.log(e.code) }\n" +
        "try { require('fs').fstatSync(3).isSocket() && console.log('a socket') } catch (e) { console.log(e.code) }",
    ]);
    expect(said).not.toContain("a terminal");
    expect(said).not.toContain("a socket");
  });

  test.each([
    ["its exit code", "exit 7", 7],
    ["a signal's", "kill -TERM $$", 143],
  ])("%s is the program's", async (_, script, code) => {
    expect((await shell(script)).code).toBe(code);
  });

  test("nothing of the workspace runs before the sandbox, whatever PATH says", async () => {
    const bin = join(work, "bin");
    mkdirSync(bin);
    for (const name of ["nice", "bash", "ps", "sandbox-exec"]) {
      writeFileSync(join(bin, name), `#!/bin/bash\ntouch ${join(root, "ran")}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    expect((await run(["/bin/echo", "x"], { PATH: `${bin}:/usr/bin:/bin` })).said).toBe("x\n");
    expect(existsSync(join(root, "ran"))).toBe(false);
    rmSync(bin, { recursive: true });
  });

  test("a tool that is not there is said", async () => {
    const without = { ...ready(), tool: join(root, "nothing") };
    const { plan } = makePlan(
      { from: work, command: ["true"], read: [], write: [], environment: [], limits: {} },
      { environment: {}, home: join(root, "me"), secret: [], cores: 1, trusts: false },
    );
    const relay = relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "k" });
    const running = await startSandbox({
      plan,
      command: ["true"],
      ready: without,
      relay,
      temporary,
      certificates: null,
      stdio: "pipe",
    });
    expect(await running.ended).toBe(127);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

const ask = (expression: string) =>
  run([
    NODE,
    "-e",
    `const E = process.env; ${expression}.then((r) => r.text().then((t) => console.log(r.status, t)))`,
  ]);
const tunnel = (headers: string) =>
  `new Promise((done) => require('http').request({ port: new URL(E.HTTP_PROXY).port, method: 'CONNECT', path: 'a.example:443', headers: ${headers} }, (r) => done(new Response(null, { status: r.statusCode }))).on('connect', (r) => done(new Response(null, { status: r.statusCode }))).end())`;

describe("the doors", () => {
  test("let in who shows the secret, and put the session's key in its place", async () => {
    keys.length = 0;
    const { said } = await ask(
      "fetch(E.OPENAI_BASE_URL + '/models', { headers: { authorization: 'Bearer ' + E.OPENAI_API_KEY } })",
    );
    expect(said).toMatch(/^200 \/v1\/models /);
    expect(keys).toEqual(["Bearer dwk_session"]);
  });

  test("let in clients without a key by the address that they were given", async () => {
    const { said } = await ask("fetch(E.OLLAMA_HOST + '/api/tags')");
    expect(said).toMatch(/^200 \/api\/tags /);
  });

  test("let nobody else in, who may be any program of this machine", async () => {
    keys.length = 0;
    const { said } = await ask(
      "fetch(E.OPENAI_BASE_URL + '/models', { headers: { authorization: 'Bearer x' } })",
    );
    expect(said).toMatch(/^401 doorward: this address belongs to one run/);
    expect(keys).toEqual([]);
  });

  test("and nothing but the paths of doors", async () => {
    const { said } = await ask("fetch(E.OLLAMA_HOST + '/api/v1/agents')");
    expect(said).toMatch(/^403 .*path_closed/);
  });

  test("of the web are off where Doorward's are, and ask for the secret first", async () => {
    const basic =
      "{ 'proxy-authorization': 'Basic ' + Buffer.from(new URL(E.HTTP_PROXY).username + ':' + new URL(E.HTTP_PROXY).password).toString('base64') }";
    expect((await ask(tunnel("{}"))).said).toMatch(/^407/);
    expect((await ask(tunnel(basic))).said).toMatch(/^503/);
  });
});

const later = (file: string): string => `sleep 30 && echo late >${join(root, file)}`;
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 10));
};
const moduleAt = (name: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, name)).href);

describe("its end", () => {
  test("takes with it what the program left running", async () => {
    const { said } = await run([
      "/bin/bash",
      "-c",
      `(${later("a")}) & echo $!; setsid bash -c '${later("b")}' & echo $!; disown -a`,
    ]);
    const pids = said.trim().split("\n").map(Number);
    expect(pids.length).toBe(2);
    for (const pid of pids) expect([pid, isRunning(pid)]).toEqual([pid, false]);
  });

  test("comes at once when it is killed", async () => {
    let said = "";
    const running = await begin(["/bin/bash", "-c", `echo $$; ${later("c")}`], (text) => void (said += text));
    await until(() => said !== "");
    running.kill();
    expect(await running.ended).toBe(137);
    expect(isRunning(Number(said))).toBe(false);
  });

  test("a signal reaches the program, which hears no terminal", async () => {
    let said = "";
    const script = "trap 'echo heard; exit 3' INT; echo up; while :; do sleep 0.05; done";
    const running = await begin(["/bin/bash", "-c", script], (text) => void (said += text));
    await until(() => said.includes("up"));
    running.signal("SIGINT");
    expect(await running.ended).toBe(3);
    expect(said).toContain("heard");
  });

  test("comes when Doorward is gone, however it went", async () => {
    const script = join(root, "parent.mjs");
    writeFileSync(
      script,
      `import { startSandbox } from ${moduleAt("begin.ts")};
const plan = { workspace: ${JSON.stringify(work)}, mounts: [], doors: [], limits: ${JSON.stringify(LIMITS)}, environment: {}, homeFiles: {},
  settled: ({ home, temporary }) => ({ environment: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: temporary }, homeFiles: {} }) };
await startSandbox({ plan, command: ["/bin/bash", "-c", "trap '' TERM; echo $$; sleep 60"], ready: ${JSON.stringify(ready())}, relay: () => null,
  temporary: ${JSON.stringify(temporary)}, certificates: null, stdio: "inherit" });\n`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (text: Buffer) => resolve(Number(String(text)))),
    );
    // Whoever waits beside it hears what its group hears.
    process.kill(-pid, "SIGTERM");
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isRunning(pid));
    rmSync(temporary, { recursive: true });
    mkdirSync(temporary);
  });
});

/** A process that ended and was not asked about yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("the folder of a run is this user's alone", () => {
  expect(statSync(mkdtempSync(join(temporary, "dw-"))).mode & 0o77).toBe(0);
});
