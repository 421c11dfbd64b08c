// node --disable-warning=ExperimentalWarning bench/cpu.ts [--door llm|mcp|both] [--calls 20000] [--profile] [--peers]
// Processor time per call, by process and thread, under fixed work after a warm-up (the cheapest of five stretches): it
// hardly changes on a machine that others load too, and 1 / total is what one core carries. `--peers` measures the others of bench:gateway the same way,
// `--profile` says by file where the main thread's time goes. Ends with one JSON line of microseconds per call.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bareLlm, type Contender, doorwardLlm, modelUpstream, pinLoad, portkey } from "./contenders.ts";
import { driveLlm, openClient } from "./llm-load.ts";
import { drive, openSession } from "./mcp-load.ts";
import { bareProxy, doorwardMcp, mcpProxy } from "./mcp-rounds.ts";
import { type CallFrame, readProfile, sharesOf, type Stretch } from "./profile.ts";
import { spentPerCall, threadTimes } from "./thread-times.ts";

const { values } = parseArgs({
  options: {
    door: { type: "string", default: "both" },
    calls: { type: "string", default: "20000" },
    callers: { type: "string", default: "16" },
    profile: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
  },
});
const CALLS = Number(values.calls);
const CALLERS = Number(values.callers);
const STRETCHES = 5;
const FILES_SHOWN = 60;

type Run = (calls: number) => Promise<unknown>;
interface Driven {
  readonly run: Run;
  readonly close: () => Promise<void>;
}

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const short = (time: number): string => time.toFixed(1).padStart(7);

/** Microseconds per call by thread; prints them, and where the main thread's go where a profile was asked for. */
async function measure(contender: Contender, { run, close }: Driven, profile: string | null) {
  const pid = contender.process.pid ?? 0;
  await run(CALLS);
  const from = now();
  const stretches: ReadonlyMap<string, number>[] = [];
  for (let turn = 0; turn < STRETCHES; turn += 1) {
    const before = threadTimes(pid);
    await run(CALLS / STRETCHES);
    stretches.push(spentPerCall(before, threadTimes(pid), CALLS / STRETCHES));
  }
  const during = { from, to: now() };
  await close();
  // Whoever shares the core and its caches can only make a stretch dearer.
  const spent = stretches.reduce((least, one) => (sumOf(one) < sumOf(least) ? one : least));
  const total = sumOf(spent);
  say(`${contender.name}: ${total.toFixed(1)} us of processor time a call`);
  for (const [name, time] of spent) say(`${short(time)} ${name}`);
  await ended(contender);
  if (profile !== null)
    sayFiles(profile, during, spent.get("main MainThread") ?? spent.get("main node") ?? 0);
  return { total, ...Object.fromEntries(spent) };
}

function sumOf(spent: ReadonlyMap<string, number>): number {
  return [...spent.values()].reduce((sum, time) => sum + time, 0);
}

function now(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Doorward ends with its standard input, and writes its profile then; the others are told to. */
async function ended({ process: child }: Contender): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  if (child.spawnargs.every((word) => !word.includes("doorward"))) child.kill();
  await gone;
}

function sayFiles(folder: string, during: Stretch, microseconds: number): void {
  const profile = readProfile(folder);
  if (profile === null) return;
  for (const [owner, share] of sharesOf(profile, fileOf, during).slice(0, FILES_SHOWN))
    say(`${short(share * microseconds)} ${owner}`);
}

function fileOf({ functionName, url }: CallFrame): string | null {
  if (functionName === "(idle)") return "idle";
  if (functionName.startsWith("(")) return functionName;
  return /(?:\/src\/|\/node_modules\/|^node:)(.+)$/.exec(url)?.[1] ?? null;
}

const folder = (): string | null =>
  values.profile ? mkdtempSync(join(tmpdir(), "doorward-bench-cpu-")) : null;

function llmDriven(contender: Contender): Driven {
  const client = openClient(contender, CALLERS);
  return { run: (calls) => driveLlm(client.post, CALLERS, { calls }), close: client.close };
}

async function mcpDriven({ url, headers }: Contender): Promise<Driven> {
  const session = await openSession(new URL(url), headers[0] ?? {}, "echo", CALLERS);
  return { run: (calls) => drive(session, CALLERS, { calls }), close: session.close };
}

async function llm() {
  const upstream = await modelUpstream();
  const at = folder();
  const ours = await doorwardLlm(upstream, at);
  const figures: Record<string, unknown> = { doorward: await measure(ours, llmDriven(ours), at) };
  for (const open of values.peers ? [bareLlm, portkey] : []) {
    const other = await open(upstream);
    figures[other.name] = await measure(other, llmDriven(other), null);
  }
  return figures;
}

async function mcp() {
  const at = folder();
  const ours = await doorwardMcp(at);
  const figures: Record<string, unknown> = { doorward: await measure(ours, await mcpDriven(ours), at) };
  for (const open of values.peers ? [mcpProxy, bareProxy] : []) {
    const other = await open();
    figures[other.name] = await measure(other, await mcpDriven(other), null);
  }
  return figures;
}

pinLoad();
const figures = {
  ...(values.door === "mcp" ? {} : { llm: await llm() }),
  ...(values.door === "llm" ? {} : { mcp: await mcp() }),
};
say(JSON.stringify(figures, (_, value: unknown) => (typeof value === "number" ? Math.round(value) : value)));
process.exit(0);
