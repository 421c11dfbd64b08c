// `doorward scan` of a million files and 2 TB of sparse models, warm, beside `find` on the same folder:
// `npm run -s bench:discovery -- [FILES] [FOLDER]`. The folder is made where it is missing (and kept, where it was named): its files take
// about 4 KiB each on the disk, its models nothing. One JSON line; `find` asks the system for what the scan asks for: the size of every file.
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILES_PER_FOLDER = 1_000;
const MODELS = 100;
const MODEL_BYTES = 20 * 10 ** 9;
const ROUNDS = 3;
const POLL_MS = 50;
const PROGRAM = join(import.meta.dirname, "..", "bin", "doorward.mjs");

/** GGUF version 3 without tensors and keys (docs/gguf.md of ggml-org/ggml). */
const HEADER = Buffer.concat([Buffer.from("GGUF\u0003\0\0\0"), Buffer.alloc(16)]);

const files = Number(process.argv[2] ?? 1_000_000);
const named = process.argv[3];
const folder = named ?? mkdtempSync(join(tmpdir(), "discovery-"));

function make(): void {
  for (let at = 0; at < files; at += 1) {
    const below = join(folder, `d${Math.floor(at / FILES_PER_FOLDER)}`);
    if (at % FILES_PER_FOLDER === 0) mkdirSync(below, { recursive: true });
    put(join(below, `f${at}.txt`), Buffer.from("x"), 1);
  }
  for (let at = 0; at < MODELS; at += 1) {
    const below = join(folder, "models", `m${at}`);
    mkdirSync(below, { recursive: true });
    put(join(below, at % 2 === 0 ? "model.gguf" : "no-ending"), HEADER, MODEL_BYTES);
  }
}

function put(path: string, head: Uint8Array, size: number): void {
  const file = openSync(path, "w");
  writeSync(file, head);
  if (size > head.length) ftruncateSync(file, size);
  closeSync(file);
}

interface Ran {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly text: string;
}

async function run(program: string, args: readonly string[]): Promise<Ran> {
  const began = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  let [text, peak] = ["", 0];
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const poll = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), POLL_MS);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  const status = await promise;
  clearInterval(poll);
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return { seconds: (performance.now() - began) / 1_000, peakMegabytes: Math.round(peak / 1_024), text };
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function best(program: string, args: readonly string[]): Promise<Ran> {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await run(program, args));
  return rounds.reduce((one, other) => (other.seconds < one.seconds ? other : one));
}

const round = (number: number): number => Number(number.toFixed(2));

try {
  if (!existsSync(join(folder, "models"))) make();
  // The first of each warms the caches of the system.
  const find = await best("find", [folder, "-type", "f", "-printf", "%s\n"]);
  const scan = await best(process.execPath, [PROGRAM, "scan", folder, "--json"]);
  const { found, count } = JSON.parse(scan.text);
  const result = {
    bench: "discovery",
    entries: count.entries,
    models: found.length,
    modelBytes: MODELS * MODEL_BYTES,
    findSeconds: round(find.seconds),
    scanSeconds: round(scan.seconds),
    besideFind: round(scan.seconds / find.seconds),
    peakMegabytes: scan.peakMegabytes,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  if (named === undefined) rmSync(folder, { recursive: true, force: true });
}
