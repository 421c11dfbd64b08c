import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readTensorflow, recognise, type TensorflowShape } from "#models";
import { message, pb } from "../../../tests/samples/protobuf.ts";
import { scanProtobufFile, tensorflowScanner } from "./scan.ts";

// Fields by tensorflow/core/framework/{graph,node_def,attr_value,function,tensor}.proto and core/protobuf/{saved_model,meta_graph}.proto.
const entry = (key: string, ...fields: Buffer[]): Buffer => message(pb(1, key), pb(2, message(...fields)));
const value = (key: string, ...fields: Buffer[]): Buffer => pb(5, entry(key, ...fields));
const node = (name: string, op: string, ...attributes: Buffer[]): Buffer =>
  message(pb(1, name), pb(2, op), pb(3, "x"), ...attributes);
const text = (said: string): Buffer =>
  node("path", "Const", value("value", pb(8, message(pb(1, 7), pb(8, said)))));
const graphOf = (...nodes: Buffer[]): Buffer => message(...nodes.map((one) => pb(1, one)));
const saved = (graph: Buffer, ...more: Buffer[]): Buffer =>
  message(pb(1, 1), pb(2, message(pb(1, message(pb(4, "serve"), pb(5, "2.15.0"))), pb(2, graph), ...more)));

const found = (bytes: Uint8Array, shape: TensorflowShape = "saved-model"): string[] =>
  tensorflowScanner(shape)(bytesIn(bytes), ["m.pb"]).map(({ rule, verdict }) => `${rule} ${verdict}`);

test("a plain model is what it is, and nothing is found", () => {
  const forward = message(pb(1, pb(1, "forward")), pb(3, node("y", "MatMul")));
  const graph = message(graphOf(node("a", "VarHandleOp"), node("b", "forward")), pb(2, pb(1, forward)));
  const bytes = saved(graph);
  const read = readTensorflow(bytesIn(bytes), "saved-model");
  expect(read.ok && [read.nodes, read.functions, read.version, read.tags, read.schema]).toEqual([
    3,
    ["forward"],
    "2.15.0",
    ["serve"],
    1,
  ]);
  expect([recognise(bytesIn(bytes)).kinds, found(bytes)]).toEqual([["savedmodel"], []]);
});

test("a frozen graph and one with its surroundings are recognised by their layout", () => {
  const graph = graphOf(node("a", "Placeholder"), node("b", "Relu"));
  const meta = message(pb(1, pb(4, "train")), pb(2, graph));
  expect([recognise(bytesIn(graph)).kinds, recognise(bytesIn(meta)).kinds]).toEqual([
    ["graphdef"],
    ["metagraph"],
  ]);
  expect([found(graph, "graph"), found(meta, "meta-graph")]).toEqual([[], []]);
});

describe("operations that reach out of the graph", () => {
  test.each([
    ["PyFunc", "malicious"],
    ["EagerPyFunc", "malicious"],
    ["WriteFile", "malicious"],
    ["Rpc", "malicious"],
    ["ReadFile", "suspicious"],
    ["MatchingFiles", "suspicious"],
    ["DebugIdentityV2", "suspicious"],
  ])("%s: %s", (op, verdict) => {
    expect(found(saved(graphOf(node("a", op))))).toEqual([`tensorflow-op ${verdict}`]);
    expect(found(graphOf(node("a", op)), "graph")).toEqual([`tensorflow-op ${verdict}`]);
  });

  test("one in a function, which is called from nowhere that can be seen", () => {
    const library = pb(2, pb(1, message(pb(1, pb(1, "f")), pb(3, node("y", "WriteFile")))));
    const [finding] = tensorflowScanner("saved-model")(bytesIn(saved(message(library))), ["m"]);
    expect([finding?.rule, finding?.evidence[0]]).toEqual([
      "tensorflow-op",
      "WriteFile stands 1 times, first in the function f",
    ]);
  });

  test("reading a file that the graph itself names is no preprocessing", () => {
    expect(found(saved(graphOf(node("a", "ReadFile"), text("/etc/passwd"))))).toEqual([
      "tensorflow-op malicious",
    ]);
  });

  test.each([
    ["model/part", []],
    ["/tmp/export/assets/words.txt", []],
    ["../../x", ["tensorflow-path suspicious"]],
    ["/home/x/.ssh/id_rsa", ["tensorflow-path suspicious"]],
  ])("a checkpoint at %s", (path, rules) => {
    expect(found(saved(graphOf(node("a", "RestoreV2"), text(path))))).toEqual(rules);
  });

  test("one of somebody else's needs their library; one of the runtime's own, or of the model's, does not", () => {
    expect(found(saved(graphOf(node("a", "Addons>Run"), node("b", "_Retval"))))).toEqual([
      "tensorflow-custom-op suspicious",
    ]);
  });

  test("an asset outside of the model's folder", () => {
    expect(found(saved(graphOf(), pb(6, pb(2, "../../vocab"))))).toEqual(["tensorflow-asset-path malicious"]);
  });

  test("a second message of a field is merged into the first, and so is read", () => {
    expect(
      found(message(saved(graphOf(node("a", "Relu"))), pb(2, pb(2, graphOf(node("b", "PyFunc")))))),
    ).toEqual(["tensorflow-op malicious"]);
  });
});

const rules = (bytes: Buffer) => scanProtobufFile(bytesIn(bytes), ["m.pb"]).map(({ rule }) => rule);

describe("by the name alone", () => {
  test("a file is read as what it is", () => {
    expect([rules(saved(graphOf(node("a", "PyFunc")))), rules(graphOf(node("a", "PyFunc")))]).toEqual([
      ["tensorflow-op"],
      ["tensorflow-op"],
    ]);
    expect(rules(Buffer.from("no message"))).toEqual(["tensorflow-unread"]);
  });
});

const deep = (levels: number): Buffer => {
  let attribute = entry("f", pb(2, "x"));
  for (let n = 0; n < levels; n += 1) attribute = entry("f", pb(10, message(pb(1, "g"), pb(2, attribute))));
  return pb(5, attribute);
};

describe("hostile bytes", () => {
  test.each([
    ["two bytes", Buffer.of(8)],
    ["a length past the end", Buffer.of(8, 1, 18, 255, 255, 3)],
    ["attributes in attributes", saved(graphOf(node("a", "Relu", deep(100))))],
  ])("%s: unscannable", (_, bytes) => {
    expect(found(bytes)).toEqual(["tensorflow-unread unscannable"]);
  });

  test("a model cut anywhere, or with any byte changed, is answered for", () => {
    const whole = saved(graphOf(node("a", "WriteFile"), text("/etc/passwd")));
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        expect(Array.isArray(scanProtobufFile(bytesIn(bytes.subarray(0, end)), ["m"]))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
