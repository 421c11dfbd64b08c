// npm run bench:gateway: both doors with every duty on (authentication, strict reading, decision, durable intent and
// outcome), beside those who do less, interleaved in one run. Each contender has one core, the load the other. The llm
// door beside a bare node:http + undici proxy, nginx and Portkey; the mcp door beside mcp-proxy. Ends with one JSON line
// of figures: medians, and ratios of medians.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  bareLlm,
  type Contender,
  doorwardLlm,
  isPinned,
  memoryMiB,
  modelUpstream,
  nginx,
  pinLoad,
  portkey,
} from "./contenders.ts";
import { dutiesOf } from "./duties.ts";
import { type Client, driveLlm, openClient } from "./llm-load.ts";
import { type Load, median } from "./load.ts";
import { mcpRounds } from "./mcp-rounds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    callers: { type: "string", default: "16" },
    "memory-calls": { type: "string", default: "200000" },
    door: { type: "string", default: "both" },
  },
});
const ROUNDS = Number(values.rounds);
const SECONDS = Number(values.seconds);
const CALLERS = Number(values.callers);
const MEMORY_CALLS = Number(values["memory-calls"]);
const MEMORY_STEPS = 10;
const WARM_UP_SECONDS = 3;

interface Stretch {
  readonly many: Load[];
  readonly one: Load[];
  readonly streams: Load[];
  readonly firstText: Load[];
}

const round = (value: number): number => Number(value.toPrecision(4));
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

interface Runner {
  readonly contender: Contender;
  readonly client: Client;
  readonly stretch: Stretch;
  /** Portkey answers every stream from a host of one's own with an error: only its whole answers count. */
  canStream: boolean;
}

async function llmRounds(): Promise<readonly Runner[]> {
  const upstream = await modelUpstream();
  const found = [
    await doorwardLlm(upstream, null),
    await bareLlm(upstream),
    await nginx(upstream),
    await portkey(upstream),
  ];
  const runners = found.flatMap((contender): Runner[] => {
    if (contender === null) return [];
    const stretch = { many: [], one: [], streams: [], firstText: [] };
    return [{ contender, client: openClient(contender, CALLERS), stretch, canStream: true }];
  });
  for (const runner of runners) {
    await driveLlm(runner.client.post, CALLERS, { seconds: WARM_UP_SECONDS });
    runner.canStream = await runner.client.stream().then(
      () => true,
      (error: unknown) =>
        say(`${runner.contender.name} does not stream here: ${String(error).slice(0, 200)}`) && false,
    );
  }
  for (let turn = 1; turn <= ROUNDS; turn += 1) for (const runner of runners) await oneRound(runner, turn);
  return runners;
}

async function oneRound({ contender, client, stretch, canStream }: Runner, turn: number): Promise<void> {
  const many = await driveLlm(client.post, CALLERS, { seconds: SECONDS });
  const one = await driveLlm(client.post, 1, { seconds: SECONDS / 2 });
  stretch.many.push(many);
  stretch.one.push(one);
  const streams = canStream ? await driveLlm(client.stream, CALLERS, { seconds: SECONDS / 2 }) : null;
  const firstText = canStream ? await driveLlm(client.stream, 1, { seconds: SECONDS / 2 }) : null;
  if (streams !== null) stretch.streams.push(streams);
  if (firstText !== null) stretch.firstText.push(firstText);
  say(
    `round ${turn} ${contender.name.padEnd(12)} ${perSecond(many)} requests/s  p50 ${ms(many.p50Ms)}  p99 ${ms(many.p99Ms)} | one caller p50 ${ms(one.p50Ms)} | ${streams === null ? "no streams" : `${perSecond(streams)} streams/s, first text p50 ${ms(firstText?.p50Ms ?? 0)}`}`,
  );
}

function perSecond(load: Load): string {
  return load.callsPerSecond.toFixed(0).padStart(6);
}

function ms(value: number): string {
  return `${value.toFixed(3)} ms`;
}

/** Resident memory after each tenth of the calls: flat, or it grows with what was done. */
async function memoryOf({ client, contender }: Runner): Promise<readonly number[]> {
  const samples: number[] = [];
  if (MEMORY_CALLS === 0) return samples;
  for (let step = 1; step <= MEMORY_STEPS; step += 1) {
    await driveLlm(client.post, CALLERS, { calls: Math.ceil(MEMORY_CALLS / MEMORY_STEPS) });
    samples.push(memoryMiB(contender.process.pid));
    say(`memory after ${(step * MEMORY_CALLS) / MEMORY_STEPS} requests: ${samples.at(-1)?.toFixed(0)} MiB`);
  }
  return samples;
}

/** A run of its own, for the profiler costs something too. */
async function duties(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), "doorward-bench-profile-"));
  const contender = await doorwardLlm(await modelUpstream(), folder);
  const client = openClient(contender, CALLERS);
  await driveLlm(client.post, CALLERS, { seconds: WARM_UP_SECONDS + SECONDS });
  await client.close();
  const gone = new Promise((resolve) => contender.process.once("exit", resolve));
  contender.process.stdin?.end();
  await gone;
  return dutiesOf(folder);
}

const p50 = (loads: readonly Load[] = []): number => median(loads.map((load) => load.p50Ms));
const rate = (loads: readonly Load[] = []): number => median(loads.map((load) => load.callsPerSecond));

function figuresOf(runners: readonly Runner[]) {
  const named = (name: string): Stretch | undefined =>
    runners.find(({ contender }) => contender.name === name)?.stretch;
  const ours = named("doorward");
  const bare = named("bare undici");
  const ratio = (name: string, of: keyof Stretch = "many"): number | null => {
    const other = named(name)?.[of] ?? [];
    return other.length === 0 ? null : round(rate(ours?.[of]) / rate(other));
  };
  return {
    rps: round(rate(ours?.many)),
    vsPortkey: ratio("portkey"),
    vsBare: ratio("bare undici"),
    vsNginx: ratio("nginx"),
    addedP50Ms: round(p50(ours?.one) - p50(bare?.one)),
    streamsPerSecond: round(rate(ours?.streams)),
    streamsVsBare: ratio("bare undici", "streams"),
    addedFirstTextP50Ms: round(p50(ours?.firstText) - p50(bare?.firstText)),
  };
}

pinLoad();
say(
  `node ${process.version}, ${isPinned ? "contender on core 0, load and upstream on core 1" : "not pinned (no taskset)"}; ${ROUNDS} rounds of ${SECONDS} s, ${CALLERS} callers, 100 agents, 200 policies, no two bodies alike`,
);
const mcp =
  values.door === "llm" ? null : await mcpRounds({ rounds: ROUNDS, seconds: SECONDS, callers: CALLERS, say });
const runners = values.door === "mcp" ? [] : await llmRounds();
const [first] = runners;
const memory = first === undefined ? [] : await memoryOf(first);
for (const { contender } of runners) contender.process.kill();
const shares = first === undefined ? {} : await duties();
say(`where the time goes, in percent: ${JSON.stringify(shares)}`);
say(
  JSON.stringify({
    ...(first === undefined ? {} : figuresOf(runners)),
    mcp,
    mcpVsMcpProxy: mcp?.vsMcpProxy ?? null,
    rssMbAfter: memory.map(Math.round),
    duties: shares,
  }),
);
process.exit(0);
