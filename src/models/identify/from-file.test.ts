import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { flatBufferOf } from "../../../tests/samples/flatbuffer.ts";
import { arrayOf, attribute, FIRST, hardLink, hdf5Of, objectOf } from "../../../tests/samples/hdf5.ts";
import { message, pb, pbFloat } from "../../../tests/samples/protobuf.ts";
import { bytesIn } from "../bytes.ts";
import { recognise } from "../containers/recognise.ts";
import { fileModel } from "./from-file.ts";
import { mergeIn } from "./merge.ts";

const identified = (bytes: Buffer) => {
  const { kinds } = recognise(bytesIn(bytes));
  return fileModel(bytesIn(bytes), kinds);
};
const node = message(pb(1, "a"), pb(2, "Relu"), pb(4, "Relu"));
const tensor = message(pb(1, 2), pb(1, 3), pb(2, 1), pb(8, "w"));
const onnx = message(pb(1, 9), pb(7, message(pb(1, node), pb(2, "main"), pb(5, tensor))));
const array = objectOf(...arrayOf([3, 5], null));
const keras = hdf5Of(
  FIRST + array.length,
  array,
  objectOf(
    attribute("model_config", JSON.stringify({ class_name: "Sequential", config: [] })),
    attribute("keras_version", "2.11.0"),
    hardLink("w", FIRST),
  ),
);
const piece = (text: string): Buffer => pb(1, message(pb(1, text), pbFloat(2, -1)));

describe("a file that is a model by itself", () => {
  test.each<[string, Buffer, unknown[]]>([
    ["onnx", onnx, ["onnx", null, 6, "F32", "main"]],
    ["keras", keras, ["keras", "Sequential", 15, "F32", null]],
    [
      "plain HDF5",
      hdf5Of(FIRST + array.length, array, objectOf(hardLink("w", FIRST))),
      ["hdf5", null, 15, "F32", null],
    ],
    ["a SavedModel", message(pb(1, 1), pb(2, pb(2, pb(1, node)))), ["tensorflow", null, null, null, null]],
    ["a frozen graph", message(pb(1, node), pb(1, node)), ["tensorflow", null, 0, "unknown", null]],
    ["Core ML", message(pb(1, 4), pb(500, Buffer.alloc(0))), ["coreml", "neuralNetwork", null, null, null]],
    ["TensorRT", Buffer.from("ptrt\u0001\u0000\u0000\u0000", "latin1"), ["tensorrt", null, null, null, null]],
  ])("%s", (_, bytes, facts) => {
    const read = identified(bytes);
    const found = read?.ok === true ? read.facts : null;
    expect([
      found?.format,
      found?.architecture,
      found?.parameters,
      found?.quantisation.dominant,
      found?.declared.name,
    ]).toEqual(facts);
  });

  test("TensorFlow Lite", () => {
    const read = identified(flatBufferOf("TFL3", { 0: { i32: 3 }, 3: { text: "MLIR Converted." } }));
    expect(read?.ok === true && [read.facts.format, read.facts.parameters, read.facts.declared.name]).toEqual(
      ["tflite", 0, "MLIR Converted."],
    );
  });

  test("a vocabulary of sentencepiece has the digest of its pieces, in their order", () => {
    const read = [message(piece("a"), piece("bc")), message(piece("ab"), piece("c"))].map((bytes) =>
      identified(bytes),
    );
    const [one, other] = read.map((found) => (found?.ok === true ? found.facts.tokenizer : null));
    expect([one?.model, one?.tokens]).toEqual(["sentencepiece", 2]);
    expect(one?.tokensDigest === other?.tokensDigest).toBe(false);
  });
});

test("what is none, or is broken, says so", () => {
  expect(identified(Buffer.from("hello"))).toBe(null);
  const broken = fileModel(bytesIn(onnx.subarray(0, onnx.length - 3)), ["onnx"]);
  expect(broken?.ok).toBe(false);
});

describe("what a model was merged of", () => {
  test.each<[string, unknown]>([
    [
      "merge_method: slerp\nbase_model: org/base\nslices:\n  - sources:\n      - model: org/one\n      - model: 'org/two'\n",
      { method: "slerp", models: ["org/base", "org/one", "org/two"] },
    ],
    [
      "models:\n- model:\n    model:\n      path: org/one\nmerge_method: ties # as before\n",
      { method: "ties", models: ["org/one"] },
    ],
    ["nothing: here\n", null],
    ["", null],
  ])("%j", (text, merge) => {
    expect(mergeIn(Buffer.from(text))).toEqual(merge);
  });

  test("a folder without it says nothing", () => {
    expect(mergeIn(undefined)).toBe(null);
  });
});
