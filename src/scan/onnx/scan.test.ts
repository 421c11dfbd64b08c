import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readOnnx, recognise } from "#models";
import { message, pb } from "../../../tests/samples/protobuf.ts";
import { scanOnnx } from "./scan.ts";

// Fields by onnx/onnx.proto of onnx/onnx: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, FunctionProto.
const entry = (key: string, value: string): Buffer => message(pb(1, key), pb(2, value));
const node = (op: string, domain = "", ...more: Buffer[]): Buffer =>
  message(pb(1, "x"), pb(2, "y"), pb(4, op), pb(7, domain), ...more);
const tensor = (...entries: [string, string][]): Buffer =>
  message(
    pb(1, 2),
    pb(1, 3),
    pb(2, 1),
    pb(8, "w"),
    ...entries.map(([key, value]) => pb(13, entry(key, value))),
  );
const model = (graph: Buffer, ...more: Buffer[]): Buffer =>
  message(pb(1, 9), pb(2, "pytorch"), pb(7, graph), pb(8, message(pb(1, ""), pb(2, 21))), ...more);
const graphOf = (...nodes: Buffer[]): Buffer => message(...nodes.map((one) => pb(1, one)), pb(2, "main"));

const found = (bytes: Uint8Array): string[] =>
  scanOnnx(bytesIn(bytes), ["m.onnx"]).map(({ rule, verdict }) => `${rule} ${verdict}`);

test("a model of ONNX's own operations is what it is, and nothing is found", () => {
  const bytes = model(message(pb(1, node("MatMul")), pb(1, node("Relu")), pb(5, tensor())));
  const read = readOnnx(bytesIn(bytes));
  expect(read.ok && [read.nodes, read.initializers, read.parameters, read.producer, read.irVersion]).toEqual([
    2,
    1,
    6,
    "pytorch",
    9,
  ]);
  expect([recognise(bytesIn(bytes)).kinds, found(bytes)]).toEqual([["onnx"], []]);
});

describe("data in other files", () => {
  test.each([
    ["w.data", []],
    ["sub/w.data", []],
    ["../../etc/passwd", ["onnx-external-path malicious"]],
    ["a/..\\..\\w", ["onnx-external-path malicious"]],
    ["/etc/passwd", ["onnx-external-path malicious"]],
    ["C:\\w", ["onnx-external-path malicious"]],
    ["file:///etc/passwd", ["onnx-external-path malicious"]],
    ["*/_ORT_MEM_ADDR_/*", ["onnx-external-memory malicious"]],
  ])("%s", (location, rules) => {
    expect(found(model(message(pb(5, tensor(["location", location])))))).toEqual(rules);
  });

  test.each<[string, (inner: Buffer) => Buffer]>([
    ["a constant", (inner) => graphOf(node("Constant", "", pb(5, message(pb(1, "value"), pb(5, inner)))))],
    [
      "a graph in an attribute",
      (inner) => graphOf(node("If", "", pb(5, message(pb(1, "then"), pb(6, message(pb(5, inner))))))),
    ],
    ["a sparse tensor", (inner) => message(pb(15, message(pb(1, inner))))],
    ["a list of tensors", (inner) => graphOf(node("X", "ai.onnx", pb(5, message(pb(10, inner)))))],
  ])("are seen in %s too", (_, wrap) => {
    expect(found(model(wrap(tensor(["location", "../x"]))))).toEqual(["onnx-external-path malicious"]);
  });

  test("a second graph, which loaders merge into the first, is read too", () => {
    const bytes = model(graphOf(node("Relu")), pb(7, message(pb(5, tensor(["location", "../x"])))));
    expect(found(bytes)).toEqual(["onnx-external-path malicious"]);
  });

  test("training, and what functions of the model do, is read too", () => {
    const bad = message(pb(5, tensor(["location", "../x"])));
    expect(found(model(graphOf(), pb(20, message(pb(1, bad)))))).toEqual(["onnx-external-path malicious"]);
    const call = message(pb(1, "f"), pb(10, "mine"), pb(7, node("PyOp", "ai.onnx.contrib")));
    expect(found(model(graphOf(), pb(25, call)))).toEqual(["onnx-code suspicious"]);
  });
});

describe("operations", () => {
  test.each([
    ["Gemm", "ai.onnx", []],
    ["FusedMatMul", "com.microsoft", []],
    ["Run", "com.evil", ["onnx-custom-op suspicious"]],
    ["PythonOp", "com.microsoft", ["onnx-code suspicious"]],
    ["EPContext", "com.microsoft", ["onnx-code suspicious"]],
  ])("%s of %s", (op, domain, rules) => {
    expect(found(model(graphOf(node(op, domain))))).toEqual(rules);
  });

  test("one that the model defines itself needs no library", () => {
    const own = message(pb(1, "Norm"), pb(10, "mine"), pb(7, node("Mul")));
    expect(found(model(graphOf(node("Norm", "mine")), pb(25, own)))).toEqual([]);
  });

  test("texts in their attributes stand in the evidence, inert", () => {
    const script = pb(5, message(pb(1, "script"), pb(4, "import os\u001b[2J")));
    const [finding] = scanOnnx(bytesIn(model(graphOf(node("Run", "com.evil", script)))), ["m"]);
    expect(finding?.evidence).toEqual(["com.evil::Run stands 1 times", "script = import os\\u{1b}[2J"]);
  });
});

const deep = (levels: number): Buffer => {
  let graph = graphOf(node("Relu"));
  for (let n = 0; n < levels; n += 1) graph = graphOf(node("If", "", pb(5, message(pb(6, graph)))));
  return graph;
};

describe("hostile bytes", () => {
  test.each([
    ["two bytes", Buffer.of(8, 9)],
    ["nothing", Buffer.alloc(0)],
    ["a length of 2^60", message(pb(1, 9), Buffer.from([0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 15]))],
    ["a shape of 2^120", model(message(pb(5, message(pb(1, 2n ** 60n), pb(1, 2n ** 60n)))))],
    ["a negative shape", model(message(pb(5, message(pb(1, -1), pb(8, "w")))))],
    ["graphs in graphs", model(deep(200))],
    ["a group", message(pb(1, 9), Buffer.of(0x3b, 0x3c))],
  ])("%s: unscannable", (_, bytes) => {
    expect(found(bytes)).toEqual(["onnx-unread unscannable"]);
  });

  test("a model cut anywhere, or with any byte changed, is answered for", () => {
    const whole = model(message(pb(1, node("Run", "x")), pb(5, tensor(["location", "../x"]))));
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        expect(Array.isArray(scanOnnx(bytesIn(bytes.subarray(0, end)), ["m"]))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
