import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  decodeBundle,
  EMPTY_TREE,
  extend,
  openCheckpoint,
  parseSigner,
  parseVkey,
  restore,
  root,
  signCheckpoint,
  type TreeState,
} from "#ledger";
import * as verifier from "../../verifier/src/index.ts";
import { DATA, HAS_DATA } from "./tlog-fixture.ts";

const LOG = join(DATA, "tessera-testdata/log");
const SIGNING_KEY =
  "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
const SIGNER = parseSigner(SIGNING_KEY);
const file = (path: string) => readFileSync(join(LOG, path));

describe.skipIf(!HAS_DATA)(`Tessera's test log${HAS_DATA ? "" : " (skipped: no ../shared/data)"}`, () => {
  test("the signing key has the key id that Tessera's notes carry", () => {
    expect(SIGNER.keyId).toBe(0x33d7b496);
  });

  test.each([1, 2, 3, 5, 15])(
    "comes out byte for byte, checkpoints 0 to 15, %d entries at a time",
    (step) => {
      const entries = decodeBundle(file("tile/entries/000.p/15"));
      let state: TreeState = EMPTY_TREE;
      expect(signCheckpoint(0, root(state), SIGNER)).toBe(file("checkpoint.0").toString());
      let compared = 0;
      while (state.size < 15) {
        const next = extend(state, entries.slice(state.size, state.size + step));
        for (const { path, bytes } of [...next.tiles, ...next.bundles]) {
          expect({ path, bytes: bytes.toString("hex") }).toEqual({ path, bytes: file(path).toString("hex") });
          compared += 1;
        }
        state = next.state;
        expect(signCheckpoint(state.size, root(state), SIGNER)).toBe(
          file(`checkpoint.${state.size}`).toString(),
        );
      }
      expect(compared).toBe(2 * Math.ceil(15 / step));
    },
  );

  test("its checkpoints open, and its tiles restore to the signed roots", () => {
    for (let size = 0; size <= 15; size += 1) {
      const checkpoint = openCheckpoint(file(`checkpoint.${size}`).toString(), parseVkey(SIGNER.vkey));
      expect(root(restore(size, file)).equals(checkpoint.root)).toBe(true);
    }
  });

  test("the offline verifier accepts it, and its growth", () => {
    const trust = verifier.trustLog(SIGNER.vkey);
    const [old, now] = ["checkpoint.7", "checkpoint"].map((name) =>
      verifier.openTrusted(file(name).toString(), trust),
    );
    expect(verifier.logProblems(LOG, now!, null)).toEqual([]);
    expect(verifier.growthProblems(LOG, old!, now!)).toEqual([]);
    expect(verifier.growthProblems(LOG, now!, old!)).toEqual(["the log shrank from 15 to 7 entries"]);
  });
});
