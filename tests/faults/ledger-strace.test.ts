import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  consistencyProof,
  type OpenedCheckpoint,
  openCheckpoint,
  parseVkey,
  type TileReader,
  verifyConsistency,
} from "#ledger";
import { openKeys } from "#keys";
import { draft } from "../conformance/journal.ts";
import { newRoot, openOn, shut, testAmbient } from "../conformance/journal-bench.ts";

// Every durable step of serving process and sequencer, broken in turn by the kernel's answer (strace injection): the
// n-th call of each process fails with EIO or ENOSPC, or the process is killed on entering it. Whatever happens, an
// acknowledged entry is there afterwards, and no checkpoint forks.

const missing = ((): string | null => {
  if (process.platform !== "linux") return "skipped: strace is Linux's";
  try {
    execFileSync("strace", ["-o", "/dev/null", "-e", "trace=none", "true"], { stdio: "ignore" });
    return null;
  } catch {
    return "skipped: strace is not installed, or not allowed to trace";
  }
})();

/** What each process does to make things last. `write` is left to the files: a broken pipe is another story. */
const CALLS = ["fdatasync", "fsync", "pwrite64", "rename"] as const;
const FAULTS = ["error=EIO", "error=ENOSPC", "signal=KILL"] as const;
/** All points with DOORWARD_FAULTS=all; otherwise the first ones and then every eighth. */
const isEveryPoint = process.env["DOORWARD_FAULTS"] === "all";
const FIRST_POINTS = 2;
const STRIDE = 8;

interface Run {
  readonly kept: ReadonlyMap<number, string>;
  readonly code: number | null;
  readonly output: string;
}

const appender = new URL("./ledger-appender.ts", import.meta.url).pathname;
let before = "";

function image(): string {
  const root = newRoot();
  cpSync(before, root, { recursive: true });
  chmodSync(join(root, "keys"), 0o700);
  return root;
}

async function runTraced(root: string, trace: readonly string[]): Promise<Run> {
  const child = spawn("strace", ["-f", ...trace, process.execPath, appender, root], {
    stdio: ["ignore", "pipe", "pipe"],
    // strace counts the calls of each thread; with one of them the n-th sync is the journal's n-th.
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)));
  child.stderr.resume();
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines = [...output.matchAll(/^kept (\d+) (\S+)$/gmu)];
  return { kept: new Map(lines.map(([, index, subject = ""]) => [Number(index), subject])), code, output };
}

/** How often one process makes each call, at most, in a run without faults. */
async function countCalls(): Promise<Map<string, number>> {
  const root = image();
  const log = join(root, "strace.txt");
  const { code, kept } = await runTraced(root, ["-o", log, "-e", `trace=${CALLS.join(",")}`]);
  expect([code, kept.size]).toEqual([0, 4]);
  const counts = new Map<string, number>();
  for (const [, pid = "", call = ""] of readFileSync(log, "utf8").matchAll(/^(\d+)\s+(\w+)\(/gmu)) {
    counts.set(`${pid} ${call}`, (counts.get(`${pid} ${call}`) ?? 0) + 1);
  }
  rmSync(root, { recursive: true });
  const most = (call: string): number =>
    Math.max(0, ...[...counts].filter(([key]) => key.endsWith(` ${call}`)).map(([, count]) => count));
  return new Map(CALLS.map((call) => [call, most(call)]));
}

function checkpointOf(root: string): OpenedCheckpoint {
  const { log } = openKeys(join(root, "keys"), testAmbient);
  return openCheckpoint(readFileSync(join(root, "log", "checkpoint"), "utf8"), parseVkey(log.vkey));
}

/** Starts again without faults: all that was acknowledged is there and gets published, on top of what was. */
async function expectRecovered(root: string, { kept }: Run): Promise<void> {
  const torn = checkpointOf(root);
  const opened = await openOn(root);
  const { journal } = opened;
  const subjects = new Map(journal.list({ limit: 1_000 }).map(({ index, subject }) => [index, subject]));
  for (const [index, subject] of kept) expect(subjects.get(index)).toBe(subject);
  expect(subjects.size).toBe(journal.size());
  await journal.append({ entries: [draft("act_after")] });
  await journal.receipt("act_after", { waitMs: 20_000 });
  const now = checkpointOf(root);
  const read: TileReader = (path) => readIfThere(join(root, "log", path));
  for (const old of [checkpointOf(before), torn]) {
    const proof = consistencyProof(old.size, now.size, read);
    const claim = { size1: old.size, root1: old.root, size2: now.size, root2: now.root, proof };
    expect(verifyConsistency(claim)).toBe(true);
  }
  await shut(opened);
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

describe.skipIf(missing !== null)(`a durable step that fails (${missing ?? "strace"})`, () => {
  let counts = new Map<string, number>();
  beforeAll(async () => {
    before = newRoot();
    const opened = await openOn(before);
    for (let i = 0; i < 254; i += 1) await opened.journal.append({ entries: [draft(`act_${i}`)] });
    await opened.journal.close();
    opened.store.close();
    counts = await countCalls();
  });
  afterAll(() => rmSync(before, { recursive: true, force: true }));

  const cases = CALLS.flatMap((call) => FAULTS.map((fault) => ({ call, fault })));
  test.each(cases)(
    "$call, $fault: nothing acknowledged is lost, nothing forks",
    async ({ call, fault }) => {
      const most = counts.get(call) ?? 0;
      expect(most).toBeGreaterThan(3);
      for (let point = 1; point <= most; point += isEveryPoint || point < FIRST_POINTS ? 1 : STRIDE) {
        const root = image();
        const inject = [
          "-o",
          "/dev/null",
          "-e",
          `trace=${call}`,
          "-e",
          `inject=${call}:${fault}:when=${point}`,
        ];
        const run = await runTraced(root, inject);
        expect([0, 3, 4, 137, null], `${call} ${fault} ${point}: ${run.output}`).toContain(run.code);
        await expectRecovered(root, run);
      }
    },
    600_000,
  );
});
