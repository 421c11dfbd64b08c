import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Program, program, scratch, signIn, until } from "../journeys/doorward-process.ts";

// What a crash, a signal or an option of Node could write down of a process's memory holds no secret (T12, T25). What
// each would write without our doing is shown beside it.

const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const CANARY = "canary.memory.0123456789abcdef";
/** A Node that holds it in a string, and on no command line in one piece. */
const HELD =
  'globalThis.held = ["canary.memory.0123456789", "abcdef"].join(process.argv[1] ?? ""); setInterval(() => {}, 1000); console.log("up")';
const folder = scratch();
const cores = join(folder.path, "cores");
const data = join(folder.path, "data");

/** In a folder of its own, where the system lets it write cores of any size. */
function launched(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Program {
  const shell = 'ulimit -c unlimited; cd "$0" && exec "$@"';
  return program("/bin/sh", ["-c", shell, cores, process.execPath, ...args], variables);
}

const START = [MAIN, "start", "--data", data, "--port", "0", "--no-tour"];

let running: Program;
beforeAll(async () => {
  mkdirSync(cores);
  mkdirSync(data, { mode: 0o700 });
  running = launched(START);
  await until("the start", () => (running.said().includes("Ctrl-C stops") ? true : undefined));
  const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(running.said())?.[0] ?? "";
  const link = /https?:\/\/\S+\/login#\S+/.exec(running.said())?.[0] ?? "";
  const admin = await signIn({ url, link });
  const to = ["https://api.example.com"];
  await admin.perform("vault.add", { name: "held", kind: "bearer", to, secret: CANARY });
}, 90_000);
afterAll(() => {
  running?.child.kill("SIGKILL");
  folder.remove();
});

/** Doorward's own process and its children. */
function pids(): readonly number[] {
  const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid = 0, parent]) => (parent === running.pid || pid === running.pid ? [pid] : []));
}

const written = (): string[] => readdirSync(cores);
const isInCores = (): boolean => written().some((name) => readFileSync(join(cores, name)).includes(CANARY));

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("an option that writes memory down is refused at the start; without us it writes it", async () => {
    const option = "--heapsnapshot-signal=SIGUSR2";
    const refused = launched(START, { NODE_OPTIONS: option });
    expect(await refused.ended).toBe(1);
    expect(refused.complained()).toMatch(/memory_exposed: Node was started with --heapsnapshot-signal/);
    const bare = launched([option, "-e", HELD]);
    await until("it", () => (bare.said().includes("up") ? true : undefined));
    spawnSync("kill", ["-USR2", String(bare.pid)]);
    await until("its snapshot", () => (isInCores() ? true : undefined));
    bare.child.kill("SIGKILL");
    for (const name of written()) execFileSync("rm", [join(cores, name)]);
  }, 60_000);

  test("no signal opens a debugger in any process of it; one opens in a bare Node", async () => {
    const bare = launched(["--inspect-port=0", "-e", HELD]);
    await until("it", () => (bare.said().includes("up") ? true : undefined));
    spawnSync("kill", ["-USR1", String(bare.pid)]);
    await until("a debugger", () => (bare.complained().includes("Debugger listening") ? true : undefined));
    bare.child.kill("SIGKILL");
    const before = pids();
    expect(before.length).toBeGreaterThanOrEqual(3);
    for (const pid of before) process.kill(pid, "SIGUSR1");
    await until("an answer", () => (pids().length > 0 ? true : undefined));
    expect(pids()).toEqual(before);
    expect(running.complained()).not.toContain("Debugger");
  }, 60_000);

  test("a core of any process of it holds no memory; a shell's does", async (context) => {
    for (const pid of pids())
      expect(readFileSync(`/proc/${pid}/coredump_filter`, "utf8").trim()).toBe("00000000");
    const shell = `ulimit -c unlimited; cd "$0" && held=canary.memory. && held="$held"0123456789abcdef && kill -ABRT $$`;
    spawnSync("/bin/sh", ["-c", shell, cores]);
    if (!isInCores()) context.skip("this system hands cores to a program, or writes them elsewhere");
    for (const name of written()) execFileSync("rm", [join(cores, name)]);
    for (const pid of pids().toReversed()) process.kill(pid, "SIGABRT");
    await running.ended;
    expect(written().some((name) => name.startsWith("core"))).toBe(true);
    expect(isInCores()).toBe(false);
  }, 60_000);
});
