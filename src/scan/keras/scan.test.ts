import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn } from "#models";
import { message, pb } from "../../../tests/samples/protobuf.ts";
import { scanKerasJson, scanKerasMetadata } from "./scan.ts";

// Shapes: keras/src/saving/serialization_lib.py of keras-team/keras b491c86 (class_name, config, module, registered_name), and the
// legacy ones of keras/src/legacy/saving/serialization.py.
const layer = (name: string, config: object = {}, more: object = {}): object => ({
  module: "keras.layers",
  class_name: name,
  config,
  registered_name: null,
  ...more,
});
const modelOf = (...layers: object[]): object => ({
  module: "keras",
  class_name: "Sequential",
  config: { name: "s", layers },
  registered_name: "Sequential",
});
const found = (value: object, path = ["m.keras", "config.json"]): string[] =>
  scanKerasJson(bytesIn(Buffer.from(JSON.stringify(value))), path).map(
    ({ rule, verdict }) => `${rule} ${verdict}`,
  );

/** A code object as marshal writes it, as far as it matters here: its letter, and texts with their lengths. */
const code = (...names: string[]): string =>
  Buffer.concat([
    Buffer.from([0xe3, 1, 0, 0, 0, 0, 0, 0, 0]),
    ...names.map((name) => Buffer.concat([Buffer.from([0xda, name.length]), Buffer.from(name)])),
  ]).toString("base64");

/** As binascii.a2b_base64 of CPython takes it all the same: what is none of the alphabet's is passed over. */
const spoilt = (text: string): string => `!${text.replaceAll(/.{5}/gu, "$&-_*")}`;

test("a model of Keras' own layers has nothing to find", () => {
  const dense = layer("Dense", {
    units: 10,
    activation: { module: "builtins", class_name: "function", config: "relu", registered_name: "function" },
    kernel_initializer: { module: "keras.initializers", class_name: "GlorotUniform", config: {} },
    dtype: { module: "keras", class_name: "DTypePolicy", config: { name: "float32" } },
  });
  expect(found(modelOf(dense, layer("TextVectorization", { vocabulary: ["a", "b"] })))).toEqual([]);
  expect(
    found({ class_name: "Sequential", config: [{ class_name: "LSTM", config: {} }] }, ["config.json"]),
  ).toEqual([]);
});

describe("lambdas", () => {
  test.each<[string, unknown, string]>([
    ["code that names os", { function: [code("os", "system"), null, null] }, "malicious"],
    [
      "code that names os, as Keras 3 writes it",
      { function: { class_name: "__lambda__", config: { value: [code("os"), null, null] } } },
      "malicious",
    ],
    ["code in the shape", { function: "f", output_shape: [code("eval"), null, null] }, "malicious"],
    ["code that names nothing", { function: [code("x"), null, null] }, "unscannable"],
    ["code between signs that decoders pass over", { function: spoilt(code("os", "system")) }, "malicious"],
    ["more texts than are read", { function: Array.from({ length: 100 }, (_, n) => `f${n}`) }, "unscannable"],
    ["a name that is too long for one", { function: "f".repeat(65) }, "unscannable"],
    ["source", { function: "lambda x: eval('1')" }, "malicious"],
    ["source that computes", { function: "lambda x: x * 2" }, "unscannable"],
    ["a function by name", { function: "my_function", function_type: "function" }, "suspicious"],
  ])("%s", (_, config, verdict) => {
    expect([...new Set(found(modelOf(layer("Lambda", config as object))))]).toEqual([
      `keras-lambda ${verdict}`,
    ]);
  });

  test("the names of the code stand in the evidence", () => {
    const bytes = Buffer.from(
      JSON.stringify(modelOf(layer("Lambda", { function: [code("os", "system", "id")] }))),
    );
    const [finding] = scanKerasJson(bytesIn(bytes), ["m.keras", "config.json"]);
    expect(finding?.evidence).toEqual(["os system id"]);
  });
});

describe("what a configuration leads to", () => {
  test.each<[string, object, string]>([
    ["os", { module: "os", class_name: "function", config: "system" }, "keras-module malicious"],
    ["builtins", { module: "builtins", class_name: "function", config: "eval" }, "keras-module malicious"],
    [
      "a download",
      { module: "keras.utils", class_name: "function", config: "get_file" },
      "keras-gadget malicious",
    ],
    ["PyTorch", layer("TorchModuleWrapper", { module: "x" }), "keras-gadget malicious"],
    ["the check itself", layer("X", { safe_mode: false }), "keras-safe-mode malicious"],
    [
      "a part that computes nothing",
      { module: "keras.src.utils", class_name: "Progbar", config: {} },
      "keras-internal suspicious",
    ],
    ["somebody else's class", layer("Mine", {}, { module: "mine" }), "keras-custom-class suspicious"],
    ["an old class of somebody else's", { class_name: "Mine", config: {} }, "keras-custom-class suspicious"],
    [
      "a registered one",
      { class_name: "Mine", config: {}, registered_name: "pkg>Mine" },
      "keras-custom-class suspicious",
    ],
    ["a file of words", layer("StringLookup", { vocabulary: "/etc/passwd" }), "keras-path malicious"],
    ["an address", layer("StringLookup", { vocabulary: "https://x/y" }), "keras-path malicious"],
  ])("%s", (_, value, rule) => {
    expect(found(modelOf(value))).toContain(rule);
    expect(found(modelOf(layer("Dense", {}, { build_config: value })))).toContain(rule);
    expect(found({ ...modelOf(), compile_config: { loss: value } })).toContain(rule);
  });
});

const scanned = (text: string, path: string[]) =>
  scanKerasJson(bytesIn(Buffer.from(text)), path).map(({ verdict }) => verdict);

test.each([
  ["math.add", []],
  ["__operators__.add", []],
  ["nn.relu", []],
  ["io.write_file", ["keras-tf-symbol malicious"]],
  ["raw_ops.ReadFile", ["keras-tf-symbol malicious"]],
  ["py_function", ["keras-tf-symbol malicious"]],
  ["keras.utils.get_file", ["keras-tf-symbol suspicious"]],
])("a layer that calls tf.%s", (symbol, rules) => {
  expect(found(modelOf({ class_name: "TFOpLambda", config: { function: symbol } }))).toEqual(rules);
});

describe("which JSON is looked at", () => {
  test("none that is no model, unless it is in an archive of Keras", () => {
    expect(found({ model_type: "llama", class: "Lambda" }, ["config.json"])).toEqual([]);
    expect(found({ a: { class_name: "Mine", config: {} } }, ["config.json"])).toEqual([]);
    expect(found({ a: { class_name: "Mine", config: {} } })).toEqual(["keras-custom-class suspicious"]);
  });

  test("in an archive of Keras, what is no JSON blocks", () => {
    expect([scanned("{", ["m.keras", "config.json"]), scanned("{", ["config.json"])]).toEqual([
      ["unscannable"],
      [],
    ]);
  });
});

const node = (text: string) => pb(1, message(pb(2, 1), pb(3, "root"), pb(4, "_tf_keras_layer"), pb(5, text)));

const rules = (bytes: Buffer) => scanKerasMetadata(bytesIn(bytes), ["m"]).map(({ verdict }) => verdict);

test("the metadata that a SavedModel has of Keras is judged like a configuration", () => {
  const lambda = JSON.stringify(layer("Lambda", { function: [code("os")] }));
  expect([rules(node(lambda)), rules(node("{")), rules(Buffer.of(10))]).toEqual([
    ["malicious"],
    ["unscannable"],
    ["unscannable"],
  ]);
});

test("whatever stands in a configuration is answered for", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.constantFrom("Lambda", "os", "function", code("os")),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom("class_name", "config", "module", "function", "value", "vocabulary"),
        tie("any"),
      ),
    ),
  })).any;
  fc.assert(
    fc.property(value, (one) => {
      expect(Array.isArray(found({ class_name: "X", config: one }))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
