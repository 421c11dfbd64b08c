import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readTflite, recognise } from "#models";
import { type Fields, flatBufferOf } from "../../../tests/samples/flatbuffer.ts";
import { scanTflite } from "./scan.ts";

// Fields by tensorflow/lite/schema/schema.fbs: Model, OperatorCode, SubGraph, Tensor, Buffer, Metadata.
const modelOf = (
  codes: readonly Fields[],
  buffers: readonly Fields[] = [{}, { 0: { bytes: Buffer.alloc(24) } }],
): Buffer =>
  flatBufferOf("TFL3", {
    0: { i32: 3 },
    1: { tables: codes },
    2: { tables: [{ 0: { tables: [{ 0: { integers: [2, 3] }, 1: { u8: 0 }, 2: { i32: 1 } }] } }] },
    3: { text: "MLIR Converted." },
    4: { tables: buffers },
    6: { tables: [{ 0: { text: "min_runtime_version" } }] },
  });
const custom = (name: string): Fields => ({ 0: { u8: 32 }, 1: { text: name }, 3: { i32: 32 } });
const found = (bytes: Uint8Array): string[] =>
  scanTflite(bytesIn(bytes), ["m.tflite"]).map(({ rule, verdict }) => `${rule} ${verdict}`);

test("a model of TensorFlow Lite's own operations is what it is, and nothing is found", () => {
  const bytes = modelOf([{ 0: { u8: 9 }, 3: { i32: 9 } }]);
  const read = readTflite(bytesIn(bytes));
  expect(
    read.ok && [read.version, read.description, read.tensors, read.parameters, read.types, read.metadata],
  ).toEqual([3, "MLIR Converted.", 1, 6, [{ type: "F32", elements: 6 }], ["min_runtime_version"]]);
  expect([recognise(bytesIn(bytes)).kinds, found(bytes)]).toEqual([["tflite"], []]);
});

describe("operations of others", () => {
  test.each([
    ["Mine", ["tflite-custom-op suspicious"]],
    ["FlexWriteFile", ["tensorflow-op malicious"]],
    ["FlexPyFunc", ["tensorflow-op malicious"]],
    ["FlexErf", []],
    ["FlexMine", ["tflite-custom-op suspicious"]],
    ["TFLite_Detection_PostProcess", []],
  ])("%s", (name, rules) => {
    expect(found(modelOf([custom(name)]))).toEqual(rules);
  });
});

describe("hostile bytes", () => {
  test("a buffer outside of the file", () => {
    expect(found(modelOf([], [{}, { 1: { u64: 5_000 }, 2: { u64: 2 ** 50 } }]))).toEqual([
      "tflite-extent malicious",
    ]);
  });

  const whole = modelOf([custom("Mine")]);
  const withRoot = Buffer.from(whole);
  withRoot.writeUInt32LE(0xff_ff_ff_f0);
  test.each([
    ["two bytes", Buffer.from([0, 0])],
    ["its letters alone", Buffer.from("\0\0\0\0TFL3")],
    ["a root outside", withRoot],
    ["half of it", whole.subarray(0, whole.length >> 1)],
  ])("%s: unscannable", (_, bytes) => {
    expect(found(bytes)).toEqual(["tflite-unread unscannable"]);
  });

  test("a model with any bytes changed is answered for", () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect(Array.isArray(found(bytes))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
