import { Buffer } from "node:buffer";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteSource, bytesIn } from "#models";
import { scanFile } from "#scan";
import { flatBufferOf } from "../samples/flatbuffer.ts";
import { attribute, FIRST, hdf5Of, objectOf } from "../samples/hdf5.ts";
import { message, pb } from "../samples/protobuf.ts";
import { SMALL, writeGguf } from "./gguf-writer.ts";
import { SMALL_SAFETENSORS, writeSafetensors } from "./safetensors-writer.ts";
import { zipOf } from "./zip-writer.ts";

// What the scan of a whole file makes of models of every format: sound ones, and what T24 is about.

const node = message(pb(1, "a"), pb(2, "Relu"), pb(4, "Relu"));
const CONFIG = JSON.stringify({ class_name: "Sequential", config: [{ class_name: "Dense", config: {} }] });
const HDF5 = hdf5Of(FIRST, objectOf(attribute("model_config", CONFIG)));
const SOUND: Readonly<Record<string, Buffer>> = {
  "model.gguf": writeGguf(SMALL),
  "model.safetensors": writeSafetensors(SMALL_SAFETENSORS),
  "model.onnx": message(pb(1, 9), pb(7, message(pb(1, node), pb(2, "main")))),
  "saved_model.pb": message(pb(1, 1), pb(2, pb(2, pb(1, node)))),
  "frozen.pb": message(pb(1, node), pb(4, message(pb(1, 27)))),
  "model.h5": HDF5,
  "model.keras": zipOf([
    { name: "config.json", data: Buffer.from(CONFIG) },
    { name: "model.weights.h5", data: HDF5 },
  ]),
  "model.tflite": flatBufferOf("TFL3", { 0: { i32: 3 }, 3: { text: "sound" } }),
  "model.mlmodel": message(pb(1, 4), pb(500, Buffer.alloc(0))),
};
const verdictOf = (bytes: Uint8Array, name: string): string => scanFile(bytesIn(bytes), name).verdict;

test.each(Object.entries(SOUND))("%s, sound, is clean", (name, bytes) => {
  expect(verdictOf(bytes, name)).toBe("clean");
});

describe("never clean, and never a crash", () => {
  test.each(Object.entries(SOUND))("%s of two bytes, and cut in the midst", (name, bytes) => {
    expect(verdictOf(bytes.subarray(0, 2), name)).toBe("unscannable");
    // Of a zip the members before the cut can be read, by their own headers.
    expect(["unscannable", name === "model.keras" ? "suspicious" : ""]).toContain(
      verdictOf(bytes.subarray(0, bytes.length >> 1), name),
    );
  });

  test.each(Object.entries(SOUND))("%s of 500 GB, sparse, is read within bounds", (name, bytes) => {
    const size = 500 * 1_000_000_000;
    let read = 0;
    const source: ByteSource = {
      size,
      read: (at, length) => {
        const wanted = Math.max(0, Math.min(length, size - at));
        read += wanted;
        const out = Buffer.alloc(wanted);
        if (at < bytes.length) bytes.copy(out, 0, at);
        return out;
      },
    };
    expect(["clean", "suspicious", "unscannable"]).toContain(scanFile(source, name).verdict);
    expect(read).toBeLessThan(4 * 1024 * 1_048_576);
  });

  test.each(Object.entries(SOUND))("%s with any bytes changed is answered for", (name, bytes) => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(bytes.length), (changes, end) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        const findings = [changed, changed.subarray(0, end)].map(
          (one) => scanFile(bytesIn(one), name).findings,
        );
        expect(findings.flat().filter(({ rule }) => rule === "scanner-failed")).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

const DATA = new URL("../../../shared/data/models/", import.meta.url).pathname;
const HAS_DATA = existsSync(DATA);

describe.skipIf(!HAS_DATA)(
  `samples of other projects${HAS_DATA ? "" : " (skipped: no ../shared/data)"}`,
  () => {
    const paths = HAS_DATA ? globSync("{onnx,keras}/**/*.{onnx,h5}", { cwd: DATA }).toSorted() : [];
    const small = paths
      .map((path) => [path, readFileSync(join(DATA, path))] as const)
      .filter(([, one]) => one.length < 100_000);

    test("nothing breaks a scanner, whatever bytes of them change", () => {
      fc.assert(
        fc.property(
          fc.nat(small.length - 1),
          fc.array(fc.tuple(fc.nat(99_999), fc.nat(255)), { maxLength: 5 }),
          (which, changes) => {
            const [path, bytes] = small[which] ?? ["", Buffer.alloc(0)];
            const changed = Buffer.from(bytes);
            for (const [at, byte] of changes) changed[at % Math.max(1, changed.length)] = byte;
            const { findings } = scanFile(bytesIn(changed), path);
            expect(findings.filter(({ rule }) => rule === "scanner-failed")).toEqual([]);
          },
        ),
        { numRuns: 300 },
      );
    });
  },
);
