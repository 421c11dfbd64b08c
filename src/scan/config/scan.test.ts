import fc from "fast-check";
import { bytesIn } from "#models";
import { expect, test } from "vitest";
import { type Verdict, verdictOf } from "../finding.ts";
import { ADVISORIES } from "./advisories.table.ts";
import { scanJsonConfig, scanYamlConfig } from "./scan.ts";

const of = (text: string) => bytesIn(Buffer.from(text));
const json = (value: unknown, file = "config.json") =>
  scanJsonConfig(of(JSON.stringify(value)), ["repo", file]);
const yaml = (value: string) => scanYamlConfig(of(value), ["model_config.yaml"]);

const raw = (text: string) => scanJsonConfig(of(text), ["config.json"]);

const FOUND: readonly (readonly [string, string, unknown, Verdict])[] = [
  ["code beside it", "config.json", { auto_map: { AutoModel: "modeling_x.XModel" } }, "suspicious"],
  [
    "code elsewhere",
    "tokenizer_config.json",
    { auto_map: { AutoTokenizer: ["other/repo--tok.Tok", null] } },
    "suspicious",
  ],
  ["a pipeline of its own", "config.json", { custom_pipelines: { x: { impl: "x.X" } } }, "suspicious"],
  ["trust in itself", "config.json", { vision_config: { trust_remote_code: true } }, "suspicious"],
  [
    "trust in itself, of LightGlue",
    "config.json",
    { model_type: "lightglue", trust_remote_code: true },
    "malicious",
  ],
  ["attention of a stranger", "config.json", { _attn_implementation_internal: "evil/kernel" }, "malicious"],
  [
    "attention of a stranger, openly",
    "config.json",
    { text_config: { attn_implementation: "evil/kernel@v1:f" } },
    "malicious",
  ],
  [
    "attention of the hub's kernels",
    "config.json",
    { _attn_implementation: "kernels-community/flash-attn3" },
    "suspicious",
  ],
  [
    "a base on another server",
    "adapter_config.json",
    { base_model_name_or_path: "http://evil.invalid/m" },
    "suspicious",
  ],
  ["a base above", "adapter_config.json", { base_model_name_or_path: "../../other" }, "suspicious"],
  ["a file of the system", "adapter_config.json", { base_model_name_or_path: "/etc/models" }, "suspicious"],
  ["a module of Python's", "modules.json", [{ idx: 0, name: "0", path: "", type: "os.system" }], "malicious"],
  [
    "a module of the repository's",
    "modules.json",
    [{ idx: 0, name: "0", path: "", type: "my_code.Pool" }],
    "suspicious",
  ],
  ["a part of the repository's", "model_index.json", { unet: ["my_unet", "Unet"] }, "suspicious"],
  ["a part of Python's", "model_index.json", { unet: ["subprocess", "Popen"] }, "malicious"],
  ["a type that is none", "config.json", { torch_dtype: "float16; import os" }, "suspicious"],
  [
    "a library that PEFT imports",
    "adapter_config.json",
    { auto_mapping: { parent_library: "os" } },
    "malicious",
  ],
  ["a target", "config.json", { model: { _target_: "os.system", command: "id" } }, "malicious"],
  ["a target that loads", "config.json", { _target_: "torch.load" }, "malicious"],
  ["a target that hands on", "config.json", { _target_: "hydra.utils.get_method" }, "malicious"],
  ["a target of another package", "config.json", { _target_: "my_package.Model" }, "suspicious"],
];

test.each(FOUND)("%s", (_, file, value, verdict) => {
  expect(verdictOf(json(value, file))).toBe(verdict);
});

const ORDINARY: readonly (readonly [string, unknown])[] = [
  [
    "config.json",
    {
      architectures: ["LlamaForCausalLM"],
      model_type: "llama",
      torch_dtype: "bfloat16",
      _name_or_path: "/tmp/x/checkpoint",
    },
  ],
  [
    "config.json",
    {
      _attn_implementation: "sdpa",
      _attn_implementation_autoset: true,
      quantization_config: { quant_method: "gptq", bits: 4 },
    },
  ],
  ["config.json", { trust_remote_code: false, dtype: "float16", auto_map: {} }],
  [
    "tokenizer_config.json",
    { model_max_length: 1e30, chat_template: "{{ messages }}", tokenizer_class: "LlamaTokenizer" },
  ],
  [
    "adapter_config.json",
    { base_model_name_or_path: "meta-llama/Llama-3.1-8B", peft_type: "LORA", auto_mapping: null },
  ],
  ["modules.json", [{ idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" }]],
  [
    "model_index.json",
    {
      _class_name: "StableDiffusionPipeline",
      _diffusers_version: "0.30",
      unet: ["diffusers", "UNet2DConditionModel"],
      safety_checker: [null, null],
    },
  ],
  [
    "config.json",
    { _target_: "nemo.collections.asr.models.EncDecCTCModel", optim: { _target_: "torch.optim.AdamW" } },
  ],
];

test.each(ORDINARY)("%s as it is published is no finding", (file, value) => {
  expect(json(value, file)).toEqual([]);
});

test("an advisory is named where its key is", () => {
  const [finding] = json({ _attn_implementation_internal: "evil/kernel" });
  expect(finding?.advisories).toEqual(["CVE-2026-4372", "GHSA-29pf-2h5f-8g72"]);
  for (const { id, source } of Object.values(ADVISORIES)) {
    expect(id).toMatch(/^(?:CVE-\d{4}-\d{4,}|GHSA-[\w-]+)$/u);
    expect(source).not.toBe("");
  }
});

test("JSON that readers read differently", () => {
  expect(raw('{"a": 1, "a": 2}').map(({ rule, offset }) => [rule, offset])).toEqual([
    ["config-key-twice", 9],
  ]);
  expect(raw('{"auto_map": {}, "auto_map": {}}')[0]?.severity).toBe("high");
  expect(raw('{"a": 1e999}')[0]?.rule).toBe("config-value");
  expect(raw('{"a": NaN}')).toEqual([]);
  for (const text of ['{"a": ', "[".repeat(100), "{}{}", "\uFEFF{}"])
    expect(verdictOf(raw(text))).toBe("unscannable");
  expect(verdictOf(scanJsonConfig(bytesIn(new Uint8Array([0x7b, 0xff, 0x7d])), ["config.json"]))).toBe(
    "unscannable",
  );
});

const YAML: readonly (readonly [string, Verdict])[] = [
  ["model:\n  _target_: nemo.collections.nlp.models.X\n", "clean"],
  ["model:\n  _target_: os.system\n", "malicious"],
  ["a: !!python/object/apply:os.system ['id']\n", "malicious"],
  ["a: !<tag:yaml.org,2002:python/name:os.system> ''\n", "malicious"],
  ["a: !!python/tuple [1, 2]\n", "clean"],
  ["a: [1\n", "unscannable"],
  ["x: 1\n---\nmodel:\n  _target_: os.system\n", "malicious"],
  ["x: os.system\nmodel:\n  _target_: ${x}\n", "suspicious"],
  ["%TAG !p! tag:yaml.org,2002:python/object/\n---\na: !p!apply:os.system ['id']\n", "malicious"],
  ["chat_template: \"{{ ''.__class__ }}\"\n", "malicious"],
  [
    `a: &a [x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f"].map((key, n) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${"abcde"[n]}`).join(",")}]`).join("\n")}\n`,
    "unscannable",
  ],
];

test.each(YAML)("%s", (text, verdict) => {
  expect(verdictOf(yaml(text))).toBe(verdict);
});

test("whatever a configuration is, it is read or it is told that it isn't", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json({ maxDepth: 6 }), fc.string()), (text) => {
      for (const one of [...scanJsonConfig(of(text), ["config.json"]), ...yaml(text)])
        expect(one.says).toMatch(/^[\x20-\x7e]+$/u);
    }),
    { numRuns: 500 },
  );
});
