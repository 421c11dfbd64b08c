import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openKeys, openSigningKeys, type SigningKeys } from "#keys";
import {
  consistencyProof,
  EMPTY_TREE,
  extend,
  leafBody,
  openCheckpoint,
  parseVkey,
  readEntries,
  recordOf,
  root as rootOf,
  TILE_WIDTH,
  type TileFile,
  type TileReader,
  verifyConsistency,
} from "#ledger";
import { type LogDirectory, openLogDirectory } from "./log-directory.ts";
import type { Rows } from "./rows.ts";
import { startSequencer } from "./sequencer.ts";

const ambient = {
  now: () => 0,
  monotonic: () => 0,
  id: (p: string) => p,
  random: (n: number) => randomBytes(n),
};
let root = "";
let keys: SigningKeys;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "doorward-sequencer-"));
  openKeys(join(root, "keys"), ambient, "log.example");
  keys = openSigningKeys(join(root, "keys"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The state database as the sequencer sees it. */
class State implements Rows {
  kept: string[] = [];
  pledged: string | null = null;
  grow(count: number, note = "n"): void {
    for (let i = 0; i < count; i += 1) {
      const index = this.kept.length;
      const draft = { kind: "intent", subject: `act_${index}`, at: 0, body: { note } } as const;
      this.kept.push(recordOf(draft, index, "log.example"));
    }
  }
  size = (): number => this.kept.length;
  records = (from: number, max: number): string[] => this.kept.slice(from, from + max);
  pledge = (): string | null => this.pledged;
  close = (): void => {};
  swap = async (last: string | null, next: string): Promise<boolean> => {
    if (this.pledged !== last) return false;
    this.pledged = next;
    return true;
  };
}

/** Dies at the step-th of its file writes and pledges: before it, or just after it took effect. */
class Fuse {
  readonly #at: number;
  readonly #after: boolean;
  #steps = 0;
  constructor(at: number, after: boolean) {
    this.#at = at;
    this.#after = after;
  }
  step<T>(act: () => T): T {
    this.#steps += 1;
    if (this.#steps !== this.#at) return act();
    if (this.#after) act();
    throw new Error("killed");
  }
}

/** Every checkpoint that was ever signed, even if the process died before it could be published. */
type Signed = string[];

function watched(log: LogDirectory, fuse: Fuse, signed: Signed): LogDirectory {
  return {
    ...log,
    // One file at a time, so that a crash can fall between any two.
    write: (files) => files.forEach((file) => fuse.step(() => log.write([file]))),
    publish: (note) => {
      signed.push(note);
      fuse.step(() => log.publish(note));
    },
    prune: (before, size) => fuse.step(() => log.prune(before, size)),
  };
}

async function live(state: State, fuse: Fuse, signed: Signed): Promise<void> {
  const log = watched(openLogDirectory(join(root, "log")), fuse, signed);
  const pledge = async (last: string | null, next: string): Promise<boolean> =>
    fuse.step(() => state.swap(last, next));
  const sequencer = startSequencer({ rows: state, log, keys, pledge, durable: state.size });
  await sequencer.round(() => {});
}

function expectOneHistory(signed: Signed, state: State): void {
  const read: TileReader = openLogDirectory(join(root, "log")).read;
  const checkpoints = signed.map((note) => openCheckpoint(note, parseVkey(keys.log.vkey)));
  const last = checkpoints.at(-1);
  if (last === undefined) return;
  for (const [i, { size, root: at }] of checkpoints.entries()) {
    expect(size).toBeGreaterThanOrEqual(checkpoints[i - 1]?.size ?? 0);
    const proof = consistencyProof(size, last.size, read);
    const claim = { size1: size, root1: at, size2: last.size, root2: last.root, proof };
    expect(verifyConsistency(claim), `${size} -> ${last.size}`).toBe(true);
  }
  expect(rebuild(last.size, read, state).equals(last.root)).toBe(true);
}

/** The root over the published leaves, each held against the database's record. */
function rebuild(size: number, read: TileReader, state: State): Buffer {
  let tree = EMPTY_TREE;
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const leaves = readEntries(from / TILE_WIDTH, Math.min(TILE_WIDTH, size - from), read);
    for (const [i, leaf] of leaves.entries()) {
      const signature = /"content":"([^"]+)"/u.exec(leaf.toString())?.[1] ?? "";
      const record = state.kept[from + i] ?? "";
      expect(leafBody(record, Buffer.from(signature, "base64"), keys.receipt.publicKeyDer).equals(leaf)).toBe(
        true,
      );
    }
    tree = extend(tree, leaves).state;
  }
  return rootOf(tree);
}

/** A disk that takes `count` files and no more. */
function failAfter(count: number, files: readonly TileFile[], log: LogDirectory): void {
  log.write(files.slice(0, count));
  throw new Error("no space");
}

const never = (): Fuse => new Fuse(0, false);

describe("a sequencer that dies at any step goes on without forking", () => {
  // A round over these sizes takes at most 12 steps: bundles, tiles of two levels, pledge, checkpoint, pruning.
  const steps = Array.from({ length: 12 }, (_, i) => i + 1).flatMap((at) => [
    { at, after: false },
    { at, after: true },
  ]);
  test.each(steps)("at step $at, after its effect: $after", async ({ at, after }) => {
    const state = new State();
    const signed: Signed = [];
    state.grow(200);
    await live(state, never(), signed);
    state.grow(400);
    await live(state, new Fuse(at, after), signed).catch(() => {});
    state.grow(100);
    await live(state, new Fuse(at, after), signed).catch(() => {});
    await live(state, never(), signed);
    expectOneHistory(signed, state);
    expect(openCheckpoint(signed.at(-1) ?? "", parseVkey(keys.log.vkey)).size).toBe(700);
  });

  test("in any order of growth and deaths", async () => {
    const life = fc.record({ grow: fc.nat(600), at: fc.nat(14), after: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 8 }), async (lives) => {
        rmSync(join(root, "log"), { recursive: true, force: true });
        const state = new State();
        const signed: Signed = [];
        for (const { grow, at, after } of lives) {
          state.grow(grow);
          const end = await live(state, new Fuse(at, after), signed).catch((error: unknown) => error);
          expect([undefined, "killed"]).toContain(end instanceof Error ? end.message : end);
          expectOneHistory(signed, state);
        }
        await live(state, never(), signed);
        expectOneHistory(signed, state);
      }),
      { numRuns: 15 },
    );
  });

  test("a tail that was signed but not pledged is signed again, and only then", async () => {
    const state = new State();
    state.grow(10);
    await live(state, never(), []);
    state.grow(10);
    const read = openLogDirectory(join(root, "log")).read;
    // Bundle, tile, pledge: the third step is the pledge, which does not happen.
    await expect(live(state, new Fuse(3, false), [])).rejects.toThrow("killed");
    const abandoned = readEntries(0, 20, read);
    await live(state, never(), []);
    const kept = readEntries(0, 20, read);
    expect(kept.slice(0, 10)).toEqual(abandoned.slice(0, 10));
    expect(kept.slice(10)).not.toEqual(abandoned.slice(10));
  });

  test("a tail that was not pledged leaves no file that its successors would contradict", async () => {
    const widths = (): string[] => readdirSync(join(root, "log/tile/0/000.p")).toSorted();
    const state = new State();
    state.grow(10);
    await live(state, never(), []);
    state.grow(20);
    // Its third step is the pledge, after bundle and tile.
    await expect(live(state, new Fuse(3, false), [])).rejects.toThrow("killed");
    expect(widths()).toEqual(["10", "30"]);
    state.grow(30);
    await live(state, never(), []);
    expect(widths()).toEqual(["10", "60"]);
    const log = openLogDirectory(join(root, "log"));
    const full = { ...log, write: (files: readonly TileFile[]) => failAfter(1, files, log) };
    const sequencer = startSequencer({
      rows: state,
      log: full,
      keys,
      pledge: state.swap,
      durable: state.size,
    });
    state.grow(5);
    await expect(sequencer.round(() => {})).rejects.toThrow("no space");
    expect(readdirSync(join(root, "log/tile/entries/000.p")).toSorted()).toEqual(["10", "60"]);
  });

  test("a full disk at publication leaves the checkpoint owed, and the next round pays it first", async () => {
    const state = new State();
    state.grow(5);
    const plain = openLogDirectory(join(root, "log"));
    let isFull = true;
    const log: LogDirectory = {
      ...plain,
      publish: (note) => {
        if (isFull) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        plain.publish(note);
      },
    };
    const sequencer = startSequencer({ rows: state, log, keys, pledge: state.swap, durable: state.size });
    await expect(sequencer.round(() => {})).rejects.toMatchObject({ code: "ENOSPC" });
    expect(sequencer.isOwing()).toBe(true);
    isFull = false;
    state.grow(5);
    expect(await sequencer.round(() => {})).toBe(10);
    expect(sequencer.isOwing()).toBe(false);
    expectOneHistory([plain.checkpoint() ?? ""], state);
  });
});

describe("a log whose checkpoint and database were both lost", () => {
  test("is refused, and not a tile of it is deleted", async () => {
    const state = new State();
    state.grow(4_500);
    await live(state, never(), []);
    await live(state, never(), []);
    rmSync(join(root, "log/checkpoint"));
    await expect(live(new State(), never(), [])).rejects.toMatchObject({ code: "state_older_than_log" });
    const { read } = openLogDirectory(join(root, "log"));
    expect([read("tile/0/000"), read("tile/0/016"), read("tile/1/000.p/17")]).not.toContain(null);
  });
});

describe("entries that are committed and not yet on the disk", () => {
  test("are not signed, though the database shows them: a power cut may still put others in their place", async () => {
    const state = new State();
    const log = openLogDirectory(join(root, "log"));
    let durable = 3;
    const sequencer = startSequencer({
      rows: state,
      log,
      keys,
      pledge: state.swap,
      durable: () => durable,
    });
    state.grow(10);
    expect(await sequencer.round(() => {})).toBe(3);
    expect(await sequencer.round(() => {})).toBe(3);
    expect(state.pledged).toContain("\n3\n");
    durable = 10;
    expect(await sequencer.round(() => {})).toBe(10);
  });
});

describe("a second writer", () => {
  test("gets no pledge, and signs nothing", async () => {
    const state = new State();
    state.grow(3);
    const log = openLogDirectory(join(root, "log"));
    const first = startSequencer({ rows: state, log, keys, pledge: state.swap, durable: state.size });
    const second = startSequencer({ rows: state, log, keys, pledge: state.swap, durable: state.size });
    await first.round(() => {});
    const note = log.checkpoint();
    await expect(second.round(() => {})).rejects.toMatchObject({ code: "ledger_forked" });
    expect(log.checkpoint()).toBe(note);
  });
});

describe("pruning", () => {
  test("leaves full tiles alone, deletes their partial ones, and proofs still come out", async () => {
    const state = new State();
    const signed: Signed = [];
    for (const count of [100, 100, 100, 300, 5]) {
      state.grow(count);
      await live(state, never(), signed);
    }
    const { read } = openLogDirectory(join(root, "log"));
    expect(read("tile/0/000")).toHaveLength(8_192);
    expect(read("tile/0/000.p/100")).toBeNull();
    expect(read("tile/entries/000.p/200")).toBeNull();
    expect(read("tile/0/002.p/93")).toHaveLength(93 * 32);
    expectOneHistory(signed, state);
  });
});
