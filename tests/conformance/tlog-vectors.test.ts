import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  EMPTY_ROOT,
  EMPTY_TREE,
  entriesPath,
  extend,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseSigner,
  parseTilePath,
  parseVkey,
  signNote,
  tilePath,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
} from "#ledger";
import * as verifier from "../../verifier/src/index.ts";
import { DATA, HAS_DATA } from "./tlog-fixture.ts";

interface Vectors {
  readonly signed_note: readonly { skey?: string; vkey: string; text: string; sigline: string }[];
  readonly bad_vkeys: readonly string[];
  readonly leaf_hash: readonly { data_utf8: string; hash_b64: string }[];
  readonly empty_root_b64: string;
  readonly tile_path: readonly [number, number, number, string][];
  readonly entries_path_for_index: readonly [number, number, string][];
  readonly tiles_of_size_70000: Record<string, number>;
}

interface Merkle {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly leafHash: string;
  readonly root: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

const bytes = (text: string) => Buffer.from(text, "base64");
const vectors = (): Vectors => JSON.parse(readFileSync(join(DATA, "vectors.json"), "utf8"));
const merkle = (kind: string): Merkle[] =>
  globSync(`merkle-testdata/testdata/${kind}/**/*.json`, { cwd: DATA }).map((file) =>
    JSON.parse(readFileSync(join(DATA, file), "utf8")),
  );

describe.skipIf(!HAS_DATA)(
  `transparency-dev/merkle${HAS_DATA ? "" : " (skipped: no ../shared/data)"}`,
  () => {
    test("all 196 vectors are there", () => {
      expect(merkle("inclusion").length + merkle("consistency").length).toBe(196);
    });

    test.each(merkle("inclusion"))("inclusion of $leafIdx in $treeSize: $desc", (vector) => {
      const { leafIdx: index, treeSize: size, wantErr } = vector;
      const [leaf, root] = [bytes(vector.leafHash), bytes(vector.root)];
      const proof = (vector.proof ?? []).map(bytes);
      expect(verifyInclusion({ index, size, leaf, proof, root })).toBe(!wantErr);
      expect(verifier.isIncluded(index, leaf, proof, { size, root })).toBe(!wantErr);
    });

    test.each(merkle("consistency"))("consistency of $size1 with $size2: $desc", (vector) => {
      const { size1, size2, wantErr } = vector;
      const [root1, root2] = [bytes(vector.root1), bytes(vector.root2)];
      const proof = (vector.proof ?? []).map(bytes);
      expect(verifyConsistency({ size1, size2, root1, root2, proof })).toBe(!wantErr);
      const [old, now] = [
        { size: size1, root: root1 },
        { size: size2, root: root2 },
      ];
      expect(verifier.isConsistent(old, now, proof)).toBe(!wantErr);
    });
  },
);

describe.skipIf(!HAS_DATA)(`C2SP vectors${HAS_DATA ? "" : " (skipped: no ../shared/data)"}`, () => {
  test("notes of golang.org/x/mod and C2SP verify, and are signed the same", () => {
    const [first, second, third] = vectors().signed_note;
    for (const { vkey, text, sigline } of [first!, { ...second!, text: first!.text }, third!]) {
      const note = `${text}\n${sigline}\n`;
      expect(verifyNote(parseNote(note), [parseVkey(vkey)])).toHaveLength(1);
      expect(() => verifyNote(parseNote(note.replace(text[0]!, "?")), [parseVkey(vkey)])).toThrow(
        expect.objectContaining({ code: "note_signature_bad" }),
      );
    }
    const signer = parseSigner(first!.skey!);
    expect(signer.vkey).toBe(first!.vkey);
    expect(signNote(first!.text, signer)).toBe(`${first!.text}\n${first!.sigline}\n`);
    const both = `${first!.text}\n${first!.sigline}\n${second!.sigline}\n`;
    expect(verifyNote(parseNote(both), [parseVkey(first!.vkey), parseVkey(second!.vkey)])).toHaveLength(2);
  });

  test("bad verifier keys are refused by both", () => {
    const { bad_vkeys, signed_note } = vectors();
    for (const vkey of bad_vkeys) {
      expect(() => parseVkey(vkey)).toThrow(expect.objectContaining({ code: "note_key_malformed" }));
      expect(() => verifier.parseVkey(vkey, 1)).toThrow(verifier.Refusal);
    }
    expect(verifier.parseVkey(signed_note[0]!.vkey, 1).name).toBe("PeterNeumann");
  });

  test("hashes", () => {
    const { leaf_hash, empty_root_b64 } = vectors();
    expect(EMPTY_ROOT.toString("base64")).toBe(empty_root_b64);
    for (const { data_utf8, hash_b64 } of leaf_hash) {
      expect(leafHash(Buffer.from(data_utf8)).toString("base64")).toBe(hash_b64);
      expect(verifier.leafHash(Buffer.from(data_utf8)).toString("base64")).toBe(hash_b64);
    }
  });

  test("paths of tiles and bundles", () => {
    const { tile_path, entries_path_for_index } = vectors();
    for (const [level, n, width, path] of tile_path) {
      expect(tilePath(level, n, width)).toBe(path);
      expect(parseTilePath(path)).toEqual({ level, n, width });
      expect(`tile/${level}/${verifier.numberPath(n)}`).toBe(path.replace(/\.p\/.*/u, ""));
    }
    for (const [index, size, path] of entries_path_for_index) {
      const n = Math.floor(index / 256);
      expect(entriesPath(n, tileWidth(0, n, size))).toBe(path);
    }
  });

  test("a log of 70,000 entries has just the tiles that C2SP counts", () => {
    const leaves = Array.from({ length: 70_000 }, (_, n) => Buffer.from(String(n)));
    const { tiles, bundles } = extend(EMPTY_TREE, leaves);
    const counted = tiles.map(({ path }) => parseTilePath(path));
    const full = (level: number) =>
      counted.filter((tile) => tile.level === level && tile.width === 256).length;
    const partial = (level: number) =>
      counted.find((tile) => tile.level === level && tile.width < 256)?.width;
    expect({
      level0_full: full(0),
      level0_partial: partial(0),
      level1_full: full(1),
      level1_partial: partial(1),
      level2_partial: partial(2),
    }).toEqual(vectors().tiles_of_size_70000);
    expect(tiles).toHaveLength(273 + 1 + 1 + 1 + 1);
    expect(bundles).toHaveLength(274);
  });

  test("a mirror's cosigned checkpoint parses", () => {
    const note = parseNote(readFileSync(join(DATA, "sunlight-mirror-300/checkpoint"), "utf8"));
    expect(parseCheckpoint(note.text)).toMatchObject({ origin: "rome2026h1.example.org", size: 300 });
    expect(note.signatures).toMatchObject([{ name: "mirror.example.org", bytes: { length: 72 } }]);
  });
});
