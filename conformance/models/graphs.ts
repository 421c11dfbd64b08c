import { Buffer } from "node:buffer";
import { message, pb } from "../../tests/samples/protobuf.ts";
import type { Made } from "./made.ts";

// ONNX: field numbers by onnx/onnx, onnx/onnx.proto (ModelProto, GraphProto, NodeProto, TensorProto, StringStringEntryProto).

const entry = (key: string, value: string): Buffer => message(pb(1, key), pb(2, value));
const node = (type: string, domain = ""): Buffer =>
  message(pb(1, "x"), pb(2, "y"), pb(3, "n"), pb(4, type), ...(domain === "" ? [] : [pb(7, domain)]));
/** Data in another file: `data_location` EXTERNAL, and where. */
const outside = (...at: readonly (readonly [string, string])[]): Buffer =>
  message(pb(1, 4), pb(2, 1), pb(8, "w"), ...at.map(([key, value]) => pb(13, entry(key, value))), pb(14, 1));

function model(graph: Buffer, ...more: Buffer[]): Uint8Array {
  const operators = message(pb(1, ""), pb(2, 17));
  return message(pb(1, 8), pb(2, "doorward"), pb(7, graph), pb(8, operators), ...more);
}

const weights = (...at: readonly (readonly [string, string])[]): Uint8Array =>
  model(message(pb(1, node("Relu")), pb(2, "g"), pb(5, outside(...at))));

const ONNX: readonly (readonly [string, Uint8Array])[] = [
  ["up", weights(["location", "../../../etc/passwd"])],
  ["up-later", weights(["location", "weights/../../secret"])],
  ["absolute", weights(["location", "/etc/passwd"])],
  ["address", weights(["location", "file:///etc/passwd"])],
  ["negative-offset", weights(["location", "w.bin"], ["offset", "-8"])],
  ["custom-operator", model(message(pb(1, node("Shell", "evil.example")), pb(2, "g")))],
  ["python-operator", model(message(pb(1, node("PyOp", "ai.onnx.contrib")), pb(2, "g")))],
];

const INDEXES: readonly (readonly [string, string])[] = [
  ["up", "../../other/model.safetensors"],
  ["absolute", "/etc/passwd"],
];

export function graphs(): readonly Made[] {
  return [
    ...ONNX.map(([name, bytes]): Made => {
      return { file: `onnx/${name}.onnx`, label: "malicious", technique: name, bytes };
    }),
    {
      file: "onnx/sound.onnx",
      label: "benign",
      technique: "none",
      bytes: model(message(pb(1, node("Relu")), pb(2, "g"))),
    },
    ...INDEXES.map(([name, to]): Made => {
      const index = {
        metadata: { total_size: 4 },
        weight_map: { a: "model-00001-of-00001.safetensors", b: to },
      };
      const bytes = Buffer.from(JSON.stringify(index));
      return {
        file: `configs/${name}/model.safetensors.index.json`,
        label: "malicious",
        technique: name,
        bytes,
      };
    }),
  ];
}
