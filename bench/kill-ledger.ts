// node bench/kill-ledger.ts [--iterations 50] [--callers 32]: kills Doorward's journal (the process, its sequencer, or
// both) with SIGKILL under load, again and again on one data directory. After each kill: every acknowledged entry is at
// its index, the published checkpoint extends the last one seen, and the tiles hash to it. Ends with one JSON line; exit
// code 1 when anything was lost.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  type Checkpoint,
  consistencyProof,
  EMPTY_TREE,
  extend,
  leafBody,
  openCheckpoint,
  parseVkey,
  readEntries,
  root as rootOf,
  TILE_WIDTH,
  type TileReader,
  verifyConsistency,
  verifyLeaf,
} from "../src/ledger/index.ts";
import { ambient, intent, openOn } from "./ledger-setup.ts";
import { openKeys } from "../src/keys/index.ts";

const { values } = parseArgs({
  options: {
    iterations: { type: "string", default: "50" },
    callers: { type: "string", default: "32" },
    victim: { type: "string" },
  },
});

interface Figures {
  iterations: number;
  acknowledged: number;
  lost: number;
  wrong: number;
  checkpoints: number;
  inconsistent: number;
  reopenMs: number[];
}

/** The process that dies: appends as fast as it can and says what was acknowledged. */
async function victim(root: string, callers: number): Promise<void> {
  const started = performance.now();
  const { journal } = await openOn(root);
  process.stdout.write(`ready ${Math.round(performance.now() - started)} ${journal.sequencerPid()}\n`);
  void journal.fatal.then((fault) => {
    process.stderr.write(`${fault.code}: ${fault.message}\n`);
    process.exit(3);
  });
  const caller = async (): Promise<void> => {
    for (;;) {
      const subject = ambient.id("act");
      const result = await journal.append(intent(subject));
      if (result.kind === "kept") process.stdout.write(`${result.indexes[0]} ${subject}\n`);
      // Some receipts on the way, so that reading and publishing are under load too.
      if (randomInt(5_000) === 0) await journal.receipt(subject, { waitMs: 30_000 });
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Starts a victim, kills it (and by turns its sequencer before it) and answers what it had acknowledged. */
async function killOnce(root: string, iteration: number, figures: Figures): Promise<Map<number, string>> {
  const options = [process.argv[1] ?? "", "--victim", root, "--callers", values.callers];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged = new Map<number, string>();
  const ready = Promise.withResolvers<number>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const [first = "", second = "", third = ""] = line.split(" ");
    if (first !== "ready") acknowledged.set(Number(first), second);
    else {
      figures.reopenMs.push(Number(second));
      ready.resolve(Number(third));
    }
  });
  child.once("exit", (code) => ready.reject(new Error(`the victim ended by itself with ${code}`)));
  const sequencer = await ready.promise;
  await wait(randomInt(50, 900));
  if (iteration % 3 === 1) {
    process.kill(sequencer, "SIGKILL");
    await wait(randomInt(0, 400));
  }
  await ended(child, lines);
  return acknowledged;
}

async function ended(child: ChildProcess, lines: NodeJS.EventEmitter): Promise<void> {
  const closed = new Promise<void>((resolve) => lines.once("close", () => resolve()));
  if (child.exitCode !== null) throw new Error(`the victim ended by itself with ${child.exitCode}`);
  child.kill("SIGKILL");
  await closed;
}

function checkEntries(root: string, acknowledged: Map<number, string>, figures: Figures): void {
  const database = new DatabaseSync(join(root, "doorward.db"));
  const select = database.prepare("SELECT subject, record FROM entries WHERE idx = ?");
  for (const [index, subject] of acknowledged) {
    const row = select.get(index);
    if (row === undefined) figures.lost += 1;
    else if (row["subject"] !== subject || !String(row["record"]).includes(`"index":${index},`))
      figures.wrong += 1;
  }
  const dense = database.prepare("SELECT COUNT(*) AS n, MAX(idx) AS last FROM entries").get();
  if (Number(dense?.["n"]) !== Number(dense?.["last"] ?? -1) + 1) figures.wrong += 1;
  figures.acknowledged += acknowledged.size;
  database.close();
}

/** The published checkpoint, checked against the last one, against every leaf's bytes, and a sample of signatures. */
function checkLog(root: string, last: Checkpoint | null, figures: Figures): Checkpoint | null {
  const read: TileReader = (path) => readOrNull(join(root, "log", path));
  const note = read("checkpoint");
  if (note === null) return last;
  const keys = openKeys(join(root, "keys"), ambient);
  const checkpoint = openCheckpoint(note.toString("utf8"), parseVkey(keys.log.vkey));
  figures.checkpoints += 1;
  const { size: size2, root: root2 } = checkpoint;
  if (last !== null) {
    const isSmaller = size2 < last.size;
    const proof = isSmaller ? [] : consistencyProof(last.size, size2, read);
    const claim = { size1: last.size, root1: last.root, size2, root2, proof };
    if (isSmaller || !verifyConsistency(claim)) figures.inconsistent += 1;
  }
  if (!rebuild(root, size2, { read, spki: keys.receipt.publicKeyDer }).equals(root2))
    figures.inconsistent += 1;
  return checkpoint;
}

/** The root over the bundles' entries, each compared with the database's record of that index. */
function rebuild(root: string, size: number, log: { read: TileReader; spki: Buffer }): Buffer {
  const database = new DatabaseSync(join(root, "doorward.db"), { readOnly: true });
  const select = database.prepare("SELECT record FROM entries WHERE idx >= ? ORDER BY idx LIMIT ?");
  let tree = EMPTY_TREE;
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const leaves = readEntries(from / TILE_WIDTH, Math.min(TILE_WIDTH, size - from), log.read);
    const records = select.all(from, leaves.length).map((row) => String(row["record"]));
    for (const [i, leaf] of leaves.entries()) {
      const signature = /"content":"([^"]+)"/u.exec(leaf.toString("latin1"))?.[1] ?? "";
      const own = leafBody(records[i] ?? "", Buffer.from(signature, "base64"), log.spki);
      if (!own.equals(leaf) || (i === 0 && !verifyLeaf(leaf, records[i] ?? "", log.spki)))
        return Buffer.alloc(0);
    }
    tree = extend(tree, leaves).state;
  }
  database.close();
  return rootOf(tree);
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

async function loop(iterations: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "doorward-kill-"));
  const figures: Figures = {
    iterations,
    acknowledged: 0,
    lost: 0,
    wrong: 0,
    checkpoints: 0,
    inconsistent: 0,
    reopenMs: [],
  };
  let last: Checkpoint | null = null;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const acknowledged = await killOnce(root, iteration, figures);
    checkEntries(root, acknowledged, figures);
    last = checkLog(root, last, figures);
    process.stdout.write(
      `kill ${iteration + 1}: ${acknowledged.size} acknowledged, checkpoint of ${last?.size ?? 0}\n`,
    );
  }
  // The survivor publishes all that was ever committed.
  const { journal, close } = await openOn(root);
  const size = journal.size();
  await close();
  last = checkLog(root, last, figures);
  if (last?.size !== size) figures.inconsistent += 1;
  rmSync(root, { recursive: true, force: true });
  const { reopenMs, ...counts } = figures;
  const median = reopenMs.toSorted((a, b) => a - b)[Math.floor(reopenMs.length / 2)];
  process.stdout.write(
    `${JSON.stringify({ bench: "kill-ledger", ...counts, entries: size, reopenMsMedian: median })}\n`,
  );
  if (figures.lost + figures.wrong + figures.inconsistent > 0) process.exitCode = 1;
}

if (values.victim !== undefined) await victim(values.victim, Number(values.callers));
else await loop(Number(values.iterations));
