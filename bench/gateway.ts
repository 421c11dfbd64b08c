// npm run bench:gateway: the mcp door with every duty on (authentication, strict reading, decision, durable intent and
// outcome) beside mcp-proxy and a bare SDK proxy, interleaved in one run. Each contender and what it spawns has one core,
// the load the other. Ends with one JSON line of figures: medians, and ratios of medians.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { drive, type Load, openSession, type Session } from "./mcp-load.ts";
import { freePort, installPeers, untilListening } from "./peers.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    callers: { type: "string", default: "16" },
    "memory-calls": { type: "string", default: "200000" },
  },
});
const ROUNDS = Number(values.rounds);
const SECONDS = Number(values.seconds);
const CALLERS = Number(values.callers);
const WARM_UP_SECONDS = 3;
const MEMORY_CALLS = Number(values["memory-calls"]);

interface Contender {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
}

const isPinned = availableParallelism() >= 2 && hasTaskset();
if (isPinned) execFileSync("taskset", ["-cp", "1", String(process.pid)], { stdio: "ignore" });

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function onCore0(command: string, args: readonly string[]): ChildProcess {
  const [file, rest] = isPinned ? ["taskset", ["-c", "0", command, ...args]] : [command, [...args]];
  return spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
}

const ECHO = ["bench/echo-server.ts"];

async function doorward(): Promise<Contender> {
  const child = onCore0(process.execPath, [
    "bench/doorward-process.ts",
    "echo",
    process.execPath,
    ...ECHO.map(absolute),
  ]);
  const line = await firstLine(child);
  const { url, key }: { url: string; key: string } = JSON.parse(line);
  return { name: "doorward", url: new URL(url), headers: { authorization: `Bearer ${key}` }, process: child };
}

async function bareProxy(): Promise<Contender> {
  const port = await freePort();
  const child = onCore0(process.execPath, ["bench/bare-proxy.ts", String(port), process.execPath, ...ECHO]);
  await untilListening(port);
  return {
    name: "bare SDK proxy",
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    headers: {},
    process: child,
  };
}

async function mcpProxy(): Promise<Contender> {
  const port = await freePort();
  const bin = installPeers("mcp-proxy");
  const child = onCore0(process.execPath, [
    bin,
    "--port",
    String(port),
    "--host",
    "127.0.0.1",
    "--server",
    "stream",
    "--",
    process.execPath,
    ...ECHO,
  ]);
  child.stdout?.resume();
  await untilListening(port);
  return { name: "mcp-proxy", url: new URL(`http://127.0.0.1:${port}/mcp`), headers: {}, process: child };
}

function absolute(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it ended without a word");
}

/** One MCP session: every contender then has one upstream process, and what is compared is the way there. */
function sessionOf(contender: Contender): Promise<Session> {
  return openSession(contender.url, contender.headers, "echo", CALLERS);
}

/** Resident memory in MiB, of the contender alone without what it spawned. */
function memoryMiB(pid: number | undefined): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(pages?.[1] ?? 0) / 1_024;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const round = (value: number): number => Number(value.toPrecision(4));
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

say(
  `node ${process.version}, ${isPinned ? "contender on core 0, load on core 1" : "not pinned (no taskset)"}; ${ROUNDS} rounds of ${SECONDS} s, ${CALLERS} callers in one MCP session`,
);
const contenders = [await doorward(), await mcpProxy(), await bareProxy()];
const sessions = await Promise.all(contenders.map(sessionOf));
for (const session of sessions) await drive(session, CALLERS, { seconds: WARM_UP_SECONDS });

const results = contenders.map((): { many: Load[]; one: Load[] } => ({ many: [], one: [] }));
for (let turn = 0; turn < ROUNDS; turn += 1) {
  for (const [at, contender] of contenders.entries()) {
    const session = sessions[at];
    if (session === undefined) continue;
    const busy = await drive(session, CALLERS, { seconds: SECONDS });
    const quiet = await drive(session, 1, { seconds: SECONDS / 2 });
    results[at]?.many.push(busy);
    results[at]?.one.push(quiet);
    say(
      `round ${turn + 1} ${contender.name.padEnd(15)} ${busy.callsPerSecond.toFixed(0).padStart(6)} calls/s  p50 ${busy.p50Ms.toFixed(2)} ms  p99 ${busy.p99Ms.toFixed(2)} ms | one caller p50 ${quiet.p50Ms.toFixed(3)} ms  p99 ${quiet.p99Ms.toFixed(2)} ms`,
    );
  }
}

const [mine] = contenders;
const [first] = sessions;
const samples: number[] = [];
if (mine !== undefined && first !== undefined && MEMORY_CALLS > 0) {
  const steps = 10;
  for (let step = 0; step < steps; step += 1) {
    await drive(first, CALLERS, { calls: Math.ceil(MEMORY_CALLS / steps) });
    samples.push(memoryMiB(mine.process.pid));
    say(`memory after ${((step + 1) * MEMORY_CALLS) / steps} calls: ${samples.at(-1)?.toFixed(0)} MiB`);
  }
}

const figures = results.map(({ many: busy, one: quiet }) => ({
  callsPerSecond: round(median(busy.map((load) => load.callsPerSecond))),
  p50Ms: round(median(busy.map((load) => load.p50Ms))),
  p99Ms: round(median(busy.map((load) => load.p99Ms))),
  oneCallerP50Ms: round(median(quiet.map((load) => load.p50Ms))),
  oneCallerP99Ms: round(median(quiet.map((load) => load.p99Ms))),
}));
const [ours, peer, bare] = figures;
for (const contender of contenders) contender.process.stdin?.end();
for (const contender of contenders.slice(1)) contender.process.kill();
say(
  JSON.stringify({
    doorward: ours,
    mcpProxy: peer,
    bareSdkProxy: bare,
    callsRatio: {
      vsMcpProxy: round((ours?.callsPerSecond ?? 0) / (peer?.callsPerSecond ?? 1)),
      vsBareSdkProxy: round((ours?.callsPerSecond ?? 0) / (bare?.callsPerSecond ?? 1)),
    },
    memoryMiB: samples.map(Math.round),
  }),
);
process.exit(0);
