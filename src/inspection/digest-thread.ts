import { createHash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";
import { createSHA256, type IHasher } from "hash-wasm";
import type { FromHasher, Partial, ToHasher } from "./hashing-messages.ts";

const BLOCK_BYTES = 4 * 1_048_576;
/** What both ways of hashing begin with where it has to be found out which of the disk and the slower one is slower. */
const MEASURED_BYTES = 256 * 1_048_576;
/** Between two states that are told: 3 s of a slow disk. */
const PARTIAL_BYTES = 512 * 1_048_576;

const readBlock = promisify(read);

/** SHA-256 in the making. */
interface Digesting {
  readonly update: (bytes: Uint8Array) => void;
  readonly hex: () => string;
  /** Null where its state cannot be told. */
  readonly state: (() => string) | null;
}

export interface Digestion {
  readonly job: ToHasher;
  readonly isCancelled: () => boolean;
  readonly tell: (message: FromHasher) => void;
}

/**
 * SHA-256 of a file: by OpenSSL, whose state nobody can store, or by hash-wasm's, which is several times slower (bench/hashing.ts),
 * where the disk is slower still: then nothing is lost by it, and half a file of hours is not read again.
 */
export async function digest({ job, isCancelled, tell }: Digestion): Promise<string | null> {
  const start = job.from?.at ?? 0;
  const blocks = blocksOf(job, start);
  const choice = await chosen(job);
  let [at, told] = [start, start];
  for (let block = await blocks.next(); block !== null; block = await blocks.next()) {
    if (isCancelled()) return null;
    const digesting = choice.update(block, blocks.readMs);
    at += block.length;
    tell({ kind: "progress", id: job.id, at });
    if (digesting.state === null || at - told < PARTIAL_BYTES) continue;
    tell({ kind: "partial", id: job.id, partial: { at, state: digesting.state() } });
    told = at;
  }
  return choice.hex();
}

interface Choice {
  /** Answers the way of hashing that it goes on with. */
  readonly update: (block: Uint8Array, readMs: () => number) => Digesting;
  readonly hex: () => string;
}

/** Both at first, where it has to be found out whether the disk is slower than the slower of them. */
async function chosen(job: ToHasher): Promise<Choice> {
  let [digesting, other] = await begin(job);
  let [slowerMs, bytes] = [0, 0];
  return {
    hex: () => digesting.hex(),
    update: (block, readMs) => {
      digesting.update(block);
      if (other === null) return digesting;
      slowerMs += timed(() => other?.update(block));
      bytes += block.length;
      if (bytes < MEASURED_BYTES) return digesting;
      if (readMs() > slowerMs) digesting = other;
      other = null;
      return digesting;
    },
  };
}

function timed(act: () => void): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}

async function begin({ from, resumable }: ToHasher): Promise<[Digesting, Digesting | null]> {
  if (from !== null || resumable === "always") return [await storable(from), null];
  return [native(), resumable === "measure" ? await storable(null) : null];
}

function native(): Digesting {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest("hex"), state: null };
}

async function storable(from: Partial | null): Promise<Digesting> {
  const hasher: IHasher = await createSHA256();
  if (from === null) hasher.init();
  else hasher.load(Buffer.from(from.state, "hex"));
  return {
    update: (bytes) => hasher.update(bytes),
    hex: () => hasher.digest("hex"),
    state: () => Buffer.from(hasher.save()).toString("hex"),
  };
}

interface Blocks {
  /** Null at the end. Throws where the file ends earlier than it did. */
  readonly next: () => Promise<Uint8Array | null>;
  /** How long the disk took for those so far. */
  readonly readMs: () => number;
}

/** One block after the other, the next being read while the last is worked on. */
function blocksOf({ descriptor, size }: ToHasher, from: number): Blocks {
  const buffers = [Buffer.alloc(BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES)] as const;
  let [at, turn, readMs] = [from, 0, 0];
  const readNext = async (): Promise<Uint8Array | null> => {
    const buffer = buffers[turn % 2 === 0 ? 0 : 1];
    turn += 1;
    const block = buffer.subarray(0, Math.max(0, Math.min(BLOCK_BYTES, size - at)));
    const began = performance.now();
    await fill(descriptor, block, at);
    readMs += performance.now() - began;
    at += block.length;
    return block.length === 0 ? null : block;
  };
  let coming = readNext();
  const next = async (): Promise<Uint8Array | null> => {
    const block = await coming;
    coming = readNext();
    // Its error is told when its turn comes.
    coming.catch(() => {});
    return block;
  };
  return { next, readMs: () => readMs };
}

async function fill(descriptor: number, block: Buffer, at: number): Promise<void> {
  let have = 0;
  while (have < block.length) {
    const { bytesRead } = await readBlock(descriptor, block, have, block.length - have, at + have);
    if (bytesRead === 0) throw Object.assign(new Error("it became shorter"), { code: "SHORTER" });
    have += bytesRead;
  }
}
