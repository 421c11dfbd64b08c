import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mth, path as auditPath, subproof } from "./reference.ts";
import {
  consistencyProof,
  EMPTY_ROOT,
  EMPTY_TREE,
  encodeBundle,
  extend,
  inclusionProof,
  leafHash,
  nodeHash,
  restore,
  root,
  type TileReader,
  type TreeState,
  verifyConsistency,
  verifyInclusion,
} from "./index.ts";

/** Extends batch by batch, keeping every file, as a directory would. */
function write(batches: readonly (readonly Buffer[])[]) {
  const files = new Map<string, Buffer>();
  const roots: Buffer[] = [];
  let state: TreeState = EMPTY_TREE;
  for (const batch of batches) {
    const next = extend(state, batch);
    for (const { path: name, bytes } of [...next.bundles, ...next.tiles]) {
      expect([...files.keys()]).not.toContain(name);
      files.set(name, Buffer.from(bytes));
    }
    state = next.state;
    roots[state.size] = root(state);
  }
  const read: TileReader = (name) => files.get(name) ?? null;
  return { state, files, read, roots };
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`entry ${n}`));
const entry = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const batches = fc.array(fc.array(entry, { maxLength: 300 }), { minLength: 1, maxLength: 6 });

describe("the writer and RFC 6962's own recursion agree", () => {
  test("on roots, proofs, restored states, whatever the batches", () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.nat(), (parts, a, b) => {
        const entries = parts.flat();
        const { state, read } = write(parts);
        expect(root(state).equals(mth(entries))).toBe(true);
        expect(restore(state.size, read)).toEqual(state);
        if (entries.length === 0) return;
        const size = (a % entries.length) + 1;
        const index = b % size;
        // Also at sizes that were never published: the tiles of the larger log serve.
        const proof = inclusionProof(index, entries.length, read);
        expect(proof).toEqual(auditPath(index, entries));
        expect(consistencyProof(size, entries.length, read)).toEqual(subproof(size, entries));
      }),
      { numRuns: 60 },
    );
  });

  test("on every pair of sizes and every index of a small log", () => {
    const entries = numbered(40);
    const { read } = write(entries.map((each) => [each]));
    for (let size = 1; size <= 40; size += 1) {
      const now = mth(entries.slice(0, size));
      for (let k = 0; k < size; k += 1) {
        const proof = inclusionProof(k, size, read);
        expect(proof).toEqual(auditPath(k, entries.slice(0, size)));
        expect(verifyInclusion({ index: k, size, leaf: leafHash(entries[k]!), proof, root: now })).toBe(true);
        const growth = consistencyProof(k + 1, size, read);
        const old = mth(entries.slice(0, k + 1));
        expect(verifyConsistency({ size1: k + 1, size2: size, root1: old, root2: now, proof: growth })).toBe(
          true,
        );
      }
    }
  });

  test("across three tile levels", () => {
    const entries = numbered(66_000);
    const { read, state, roots } = write([
      entries.slice(0, 255),
      entries.slice(255, 65_537),
      entries.slice(65_537),
    ]);
    const now = root(state);
    for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
      const proof = inclusionProof(index, 66_000, read);
      expect(
        verifyInclusion({ index, size: 66_000, leaf: leafHash(entries[index]!), proof, root: now }),
      ).toBe(true);
    }
    for (const size1 of [255, 65_537]) {
      const proof = consistencyProof(size1, 66_000, read);
      expect(verifyConsistency({ size1, size2: 66_000, root1: roots[size1]!, root2: now, proof })).toBe(true);
    }
    expect(restore(66_000, read)).toEqual(state);
  });
});

describe("verification", () => {
  test("a changed bit anywhere in a proof, root or leaf fails it", () => {
    const entries = numbered(21);
    const { read, state } = write([entries]);
    const claim = { index: 13, size: 21, leaf: leafHash(entries[13]!), root: root(state) };
    const proof = inclusionProof(13, 21, read);
    fc.assert(
      fc.property(fc.nat(proof.length + 1), fc.nat(31), fc.nat(7), (which, byte, bit) => {
        const hashes = [claim.leaf, claim.root, ...proof].map((hash) => Buffer.from(hash));
        hashes[which]![byte]! ^= 1 << bit;
        const [leaf, top, ...rest] = hashes;
        expect(verifyInclusion({ ...claim, leaf: leaf!, root: top!, proof: rest })).toBe(false);
      }),
    );
  });

  test("sizes beyond 32 bits are handled, and nonsense is false, not a throw", () => {
    const size = 2 ** 52;
    const leaf = leafHash(Buffer.from("x"));
    let top = leaf;
    const proof = Array.from({ length: 52 }, (_, n) => leafHash(Buffer.from(String(n))));
    for (const sibling of proof) top = nodeHash(top, sibling);
    expect(verifyInclusion({ index: 0, size, leaf, proof, root: top })).toBe(true);
    for (const index of [-1, 0.5, Number.NaN, size, Number.POSITIVE_INFINITY]) {
      expect(verifyInclusion({ index, size, leaf, proof, root: top })).toBe(false);
    }
    expect(verifyConsistency({ size1: 1.5, size2: 3, root1: leaf, root2: leaf, proof: [] })).toBe(false);
  });
});

describe("reading back", () => {
  const { read, files } = write([numbered(300)]);

  test("an empty log restores to the empty root", () => {
    expect(root(restore(0, () => null)).equals(EMPTY_ROOT)).toBe(true);
    expect(extend(EMPTY_TREE, [])).toEqual({ state: EMPTY_TREE, tiles: [], bundles: [] });
  });

  test("where the partial file is gone, the full one serves", () => {
    const { read: grown } = write([numbered(256)]);
    const { state } = write([numbered(200)]);
    expect(restore(200, grown)).toEqual(state);
    expect(inclusionProof(3, 200, grown)).toEqual(auditPath(3, numbered(200)));
  });

  test.each([...files.keys()].filter((name) => name !== "tile/entries/000"))(
    "a missing %s is a fault that names it",
    (gone) => {
      const lame: TileReader = (name) => (name === gone ? null : read(name));
      const needed = () => [restore(300, lame), inclusionProof(0, 300, lame), inclusionProof(299, 300, lame)];
      expect(needed).toThrow(expect.objectContaining({ code: "ledger_tile_missing" }));
    },
  );

  test("a bundle that disagrees with its tile, a cut tile and a cut bundle are faults", () => {
    const swap = (damaged: string, bytes: Buffer) => () =>
      restore(300, (name) => (name === damaged ? bytes : read(name)));
    const other = encodeBundle(numbered(44));
    const isDamaged = expect.objectContaining({ code: "ledger_tile_damaged" });
    expect(swap("tile/entries/001.p/44", other)).toThrow(isDamaged);
    expect(swap("tile/entries/001.p/44", other.subarray(0, 3))).toThrow(
      expect.objectContaining({ code: "bundle_malformed" }),
    );
    expect(swap("tile/0/001.p/44", read("tile/0/001.p/44")!.subarray(32))).toThrow(isDamaged);
    expect(swap("tile/1/000.p/1", Buffer.alloc(33))).toThrow(isDamaged);
  });

  test("what is out of range is a fault", () => {
    const outOfRange = expect.objectContaining({ code: "proof_out_of_range" });
    expect(() => inclusionProof(300, 300, read)).toThrow(outOfRange);
    expect(() => inclusionProof(-1, 300, read)).toThrow(outOfRange);
    expect(() => consistencyProof(301, 300, read)).toThrow(outOfRange);
    expect(consistencyProof(0, 300, read)).toEqual([]);
    expect(() => extend(EMPTY_TREE, [Buffer.alloc(65_536)])).toThrow(
      expect.objectContaining({ code: "entry_too_large" }),
    );
    expect(extend(EMPTY_TREE, [Buffer.alloc(65_535)]).state.size).toBe(1);
  });
});
