import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readCoreMl, recognise } from "#models";
import { message, pb } from "../../../tests/samples/protobuf.ts";
import { scanCoreMl } from "./scan.ts";

// Fields by mlmodel/format/{Model,NeuralNetwork,LinkedModel,MIL}.proto of apple/coremltools.
const modelOf = (kind: number, inner: Buffer): Buffer =>
  message(pb(1, 4), pb(2, pb(100, message(pb(3, "author"), pb(4, "MIT")))), pb(kind, inner));
const layer = (...fields: Buffer[]): Buffer => pb(1, message(pb(1, "name"), ...fields));
const entry = (key: string, value: Buffer): Buffer => message(pb(1, key), pb(2, value));
const found = (bytes: Uint8Array): string[] =>
  scanCoreMl(bytesIn(bytes), ["m.mlmodel"]).map(({ rule, verdict }) => `${rule} ${verdict}`);
/** A program of one operation, whose argument is in a file. */
const program = (file: string): Buffer => {
  const value = pb(5, message(pb(1, file), pb(2, 64)));
  const operation = message(
    pb(1, "const"),
    pb(2, entry("x", pb(1, pb(2, value)))),
    pb(5, entry("val", value)),
  );
  return message(pb(1, 1), pb(2, entry("main", pb(3, entry("CoreML7", pb(3, operation))))));
};

test("a network of Core ML's own layers is what it is, and nothing is found", () => {
  const bytes = modelOf(500, message(layer(pb(100, Buffer.alloc(4))), layer(pb(110, Buffer.alloc(4)))));
  const read = readCoreMl(bytesIn(bytes));
  expect(read.ok && [read.specification, read.kinds, read.layers, read.metadata]).toEqual([
    4,
    ["neuralNetwork"],
    2,
    [
      ["author", "author"],
      ["license", "MIT"],
    ],
  ]);
  expect([recognise(bytesIn(bytes)).kinds, found(bytes)]).toEqual([["coreml"], []]);
});

describe("what it needs besides itself", () => {
  const custom = layer(pb(500, pb(10, "MyLayer")));
  test.each<[string, Buffer, string[]]>([
    ["a layer", modelOf(500, custom), ["coreml-custom suspicious"]],
    ["a layer of a classifier", modelOf(403, custom), ["coreml-custom suspicious"]],
    ["a layer in a loop", modelOf(500, layer(pb(600, pb(5, custom)))), ["coreml-custom suspicious"]],
    ["a model", modelOf(555, pb(10, "MyModel")), ["coreml-custom suspicious"]],
    [
      "a model in a pipeline",
      modelOf(202, pb(1, modelOf(555, pb(10, "MyModel")))),
      ["coreml-custom suspicious"],
    ],
    ["its own weights", modelOf(502, program("@model_path/weights/weight.bin")), []],
    ["weights elsewhere", modelOf(502, program("@model_path/../../x")), ["coreml-path malicious"]],
    ["a linked model", modelOf(556, pb(1, pb(1, pb(1, "/tmp/x.mlmodel")))), ["coreml-path malicious"]],
    ["a kind of its own", modelOf(999, Buffer.alloc(0)), ["coreml-unread unscannable"]],
  ])("%s", (_, bytes, rules) => {
    expect(found(bytes)).toEqual(rules);
  });
});

const nested = (levels: number): Buffer => {
  let inner = modelOf(500, Buffer.alloc(0));
  for (let n = 0; n < levels; n += 1) inner = modelOf(202, pb(1, inner));
  return inner;
};

describe("hostile bytes", () => {
  test.each([
    ["two bytes", Buffer.of(8, 4)],
    ["a length past the end", message(pb(1, 4), Buffer.of(0xa2, 0x1f, 255, 255, 3))],
    ["models in models", nested(80)],
  ])("%s: unscannable", (_, bytes) => {
    expect(found(bytes)).toEqual(["coreml-unread unscannable"]);
  });

  test("a model cut anywhere, or with any byte changed, is answered for", () => {
    const whole = modelOf(502, program("../x"));
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        expect(Array.isArray(found(bytes.subarray(0, end)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
