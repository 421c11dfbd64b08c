// npm run bench:ledger [-- --seconds 60 --rounds 5]: acknowledged durable entries/s with 1, 32 and 128 callers, and
// entries/s integrated and under a signed checkpoint, sustained. All duties on: canonical record, index, fsync per
// commit, ECDSA signature per entry, tiles with fsync, pledged checkpoints. Ends with one JSON line of figures.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { JournalHandle } from "../src/journal/index.ts";
import { intent, type Opened, openOn } from "./ledger-setup.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "5" },
    "round-seconds": { type: "string", default: "2" },
    /** Internal: append this many single entries and leave, under strace. */
    probe: { type: "string" },
  },
});

const CALLERS = [1, 32, 128] as const;
/** The sustained run keeps the sequencer busy, but never further behind than this. */
const AHEAD_ENTRIES_MAX = 20_000;
const SUSTAINED_CALLERS = 128;
const PROBE_ENTRIES = 200;

interface Acknowledged {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function median(numbers: readonly number[]): number {
  return quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Callers that each wait for their acknowledgement before they go on. */
async function acknowledge(journal: JournalHandle, callers: number, seconds: number): Promise<Acknowledged> {
  const from = performance.now();
  const until = from + seconds * 1_000;
  const latencies: number[] = [];
  const caller = async (): Promise<void> => {
    for (let sent = performance.now(); sent < until; ) {
      await journal.append(intent("act_01k0000000000000000000000a"));
      const now = performance.now();
      latencies.push(now - sent);
      sent = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = latencies.length / ((performance.now() - from) / 1_000);
  const sorted = latencies.toSorted((a, b) => a - b);
  return { perSecond, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

async function untilPublished({ journal }: Opened): Promise<void> {
  while (journal.status().published < journal.size()) await wait(10);
}

/** Interleaved rounds, each starting with nothing left to integrate. */
async function acknowledgedFigures(root: string): Promise<Record<string, Acknowledged>> {
  const rounds = new Map<number, Acknowledged[]>(CALLERS.map((callers) => [callers, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const callers of CALLERS) {
      const opened = await openOn(join(root, `acknowledged-${round}-${callers}`));
      rounds.get(callers)?.push(await acknowledge(opened.journal, callers, Number(values["round-seconds"])));
      await untilPublished(opened);
      await opened.close();
    }
  }
  const medians = [...rounds].map(([callers, all]) => {
    const perSecond = Math.round(median(all.map((one) => one.perSecond)));
    const [p50Ms, p99Ms] = [median(all.map((one) => one.p50Ms)), median(all.map((one) => one.p99Ms))];
    say(
      `${callers} callers: ${perSecond} acknowledged/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    );
    return [callers, { perSecond, p50Ms: round2(p50Ms), p99Ms: round2(p99Ms) }] as const;
  });
  return Object.fromEntries(medians);
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}

interface Sustained {
  readonly seconds: number;
  readonly integratedPerSecond: number;
  readonly slowestSecond: number;
  readonly checkpointGapMaxMs: number;
  readonly checkpoints: number;
  readonly lagMaxMs: number;
}

/** Entries under a signed checkpoint per second while entries keep coming; callers pause when too far ahead. */
async function sustainedFigures(root: string): Promise<Sustained> {
  const opened = await openOn(join(root, "sustained"));
  const { journal } = opened;
  const seconds = Number(values.seconds);
  const from = performance.now();
  const until = from + seconds * 1_000;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const { acknowledged, published } = journal.status();
      if (acknowledged - published > AHEAD_ENTRIES_MAX) await wait(5);
      else await journal.append(intent("act_01k0000000000000000000000a"));
    }
  };
  const watching = watch(journal, until);
  await Promise.all(Array.from({ length: SUSTAINED_CALLERS }, caller));
  const seen = await watching;
  const rate = Math.round(seen.published / ((seen.at - from) / 1_000));
  await untilPublished(opened);
  await opened.close();
  say(
    `sustained ${seconds} s: ${rate} integrated, checkpointed entries/s; slowest second ${seen.slowestSecond}`,
  );
  const { slowestSecond, checkpointGapMaxMs, checkpoints, lagMaxMs } = seen;
  return { seconds, integratedPerSecond: rate, slowestSecond, checkpointGapMaxMs, checkpoints, lagMaxMs };
}

interface Seen extends Omit<Sustained, "seconds" | "integratedPerSecond"> {
  readonly published: number;
  readonly at: number;
}

/** Looks every 5 ms: gaps between checkpoints, the worst second, and how long the newest entry waited. */
async function watch(journal: JournalHandle, until: number): Promise<Seen> {
  const marks: { at: number; acknowledged: number }[] = [];
  const seconds: number[] = [];
  let [published, checkpointedAt, checkpoints, gap, lag] = [0, performance.now(), 0, 0, 0];
  let [secondAt, secondFrom] = [performance.now(), 0];
  while (performance.now() < until) {
    await wait(5);
    const now = performance.now();
    const status = journal.status();
    marks.push({ at: now, acknowledged: status.acknowledged });
    if (status.published > published) {
      gap = Math.max(gap, now - checkpointedAt);
      checkpoints += 1;
      [published, checkpointedAt] = [status.published, now];
      while ((marks[0]?.acknowledged ?? Infinity) <= published)
        lag = Math.max(lag, now - (marks.shift()?.at ?? now));
    }
    if (now - secondAt >= 1_000) {
      seconds.push(((published - secondFrom) / (now - secondAt)) * 1_000);
      [secondAt, secondFrom] = [now, published];
    }
  }
  return {
    published,
    at: performance.now(),
    slowestSecond: Math.round(Math.min(...seconds.slice(1))),
    checkpointGapMaxMs: Math.round(gap),
    checkpoints,
    lagMaxMs: Math.round(lag),
  };
}

/**
 * Evidence that "durable" means fsync: a child appends single entries one after another under strace, which counts.
 * Null where strace is missing.
 */
function fsyncEvidence(root: string): { entries: number; fsyncs: number } | null {
  const log = join(root, "strace.txt");
  const options = ["--probe", join(root, "probe")];
  const trace = [
    "-f",
    "-c",
    "-o",
    log,
    "-e",
    "trace=fsync,fdatasync",
    process.execPath,
    process.argv[1] ?? "",
    ...options,
  ];
  const { error, status } = spawnSync("strace", trace, { stdio: ["ignore", "ignore", "inherit"] });
  if (error !== undefined || status !== 0) return null;
  const counts = [
    ...readFileSync(log, "utf8").matchAll(/^\s*\S+\s+\S+\s+\S+\s+(\d+).*\b(?:fsync|fdatasync)$/gmu),
  ];
  return { entries: PROBE_ENTRIES, fsyncs: counts.reduce((sum, [, calls]) => sum + Number(calls), 0) };
}

async function probe(root: string): Promise<void> {
  const { journal, close } = await openOn(root);
  for (let i = 0; i < PROBE_ENTRIES; i += 1) await journal.append(intent("act_01k0000000000000000000000a"));
  await close();
}

async function main(root: string): Promise<void> {
  const fsync = fsyncEvidence(root);
  say(
    fsync === null
      ? "fsync evidence: skipped, strace is not installed (PRAGMA synchronous=FULL, fsync of every tile)"
      : `fsync evidence (strace): ${fsync.entries} entries one after another made ${fsync.fsyncs} fsync and fdatasync calls`,
  );
  const acknowledged = await acknowledgedFigures(root);
  const sustained = await sustainedFigures(root);
  say(
    "Tessera publishes 10,000/s on NVMe with up to 7 cores (POSIX, antispam on) and an integration time of 3.1 s.",
  );
  say(
    "It differs: there leaves are ready-made and no one signs them; here each is signed (ECDSA P-256) on one core.",
  );
  say(JSON.stringify({ bench: "ledger", acknowledged, sustained, fsync }));
}

if (values.probe !== undefined) await probe(values.probe);
else {
  const root = mkdtempSync(join(tmpdir(), "doorward-bench-"));
  await main(root);
  rmSync(root, { recursive: true, force: true });
}
