import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOfBytes, sha256 } from "#base";
import {
  bytesIn,
  folderModel,
  type FolderFiles,
  ggufModel,
  modelDigest,
  readGguf,
  readOllamaConfig,
  readOllamaManifest,
  readSafetensors,
} from "#models";
import * as w from "./gguf-writer.ts";
import { SMALL_SAFETENSORS, writeSafetensors } from "./safetensors-writer.ts";

const factsOf = (recipe: w.GgufRecipe) => {
  const read = readGguf(bytesIn(w.writeGguf(recipe)));
  if (!read.ok) throw new Error(read.malformed.what);
  return read.facts;
};
const ggufOf = (recipe: w.GgufRecipe) => ggufModel(factsOf(recipe));
const withKeys = (...keys: [string, w.GgufWritten][]): w.GgufRecipe => ({
  ...w.SMALL,
  keys: [...(w.SMALL.keys ?? []).filter(([key]) => keys.every(([other]) => other !== key)), ...keys],
});
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const folderOf = (files: Omit<FolderFiles, "weights">) => {
  const weights = readSafetensors(bytesIn(writeSafetensors(SMALL_SAFETENSORS)));
  if (!weights.ok) throw new Error(weights.malformed.what);
  return folderModel({ weights: [weights], ...files });
};

test("a GGUF says what it is: counted, digested, and apart from that what it declares", () => {
  const facts = ggufOf(w.SMALL);
  expect(facts).toMatchObject({
    format: "gguf",
    kind: "model",
    architecture: "llama",
    parameters: 128,
    contextLength: 4096,
    quantisation: {
      dominant: "Q8_0",
      types: [
        { type: "Q8_0", tensors: 1, elements: 96 },
        { type: "F32", tensors: 1, elements: 32 },
      ],
      declared: "Q8_0",
      isContradicted: false,
    },
    tokenizer: { model: "gpt2", tokens: 3 },
    templates: [{ name: "default", text: "{{ messages[0].content }}" }],
    declared: {
      licence: "apache-2.0",
      baseModels: [{ name: "Big", repository: "https://huggingface.co/example/big" }],
    },
    adapterOf: null,
    part: null,
  });
});

test("a file type that the tensors are not is a contradiction; one that isn't known is no claim", () => {
  expect(ggufOf(withKeys(["general.file_type", w.u32(15)])).quantisation).toMatchObject({
    declared: "Q4_K_M",
    isContradicted: true,
  });
  expect(ggufOf(withKeys(["general.file_type", w.u32(900)])).quantisation).toMatchObject({
    declared: "file type 900",
    isContradicted: false,
  });
});

test("adapters, projectors, vocabularies and parts are told apart from whole models", () => {
  const lora = ggufOf(withKeys(["general.type", w.text("adapter")], ["adapter.type", w.text("lora")]));
  expect([lora.kind, lora.adapterOf]).toEqual([
    "adapter",
    { method: "lora", base: "https://huggingface.co/example/big" },
  ]);
  expect(ggufOf(withKeys(["general.architecture", w.text("clip")])).kind).toBe("projector");
  expect(ggufOf({ ...w.SMALL, tensors: [] }).kind).toBe("vocabulary");
  const part = ggufOf({ ...withKeys(["split.no", w.u16(0)], ["split.count", w.u16(2)]), tensors: [] });
  expect([part.kind, part.part]).toEqual(["model", { no: 0, count: 2 }]);
});

const split = (no: number): [string, w.GgufWritten][] => [
  ["split.no", w.u16(no)],
  ["split.count", w.u16(3)],
];

test("a split model is whole with all its parts, each once, and counted over them", () => {
  const first = factsOf(withKeys(...split(0)));
  const [second, third] = [1, 2].map((no) => factsOf({ ...w.SMALL, keys: split(no) }));
  if (second === undefined || third === undefined) throw new Error("there are two");
  const whole = ggufModel(first, [second, third]);
  expect([whole.part, whole.parameters, whole.quantisation.types[0]?.tensors]).toEqual([null, 384, 3]);
  for (const others of [[], [second], [second, second], [second, third, third], [second, factsOf(w.SMALL)]]) {
    expect(ggufModel(first, others).part).toEqual({ no: 0, count: 3 });
  }
});

test("a claim of a billion base models makes no list of a billion", () => {
  expect(
    ggufOf(withKeys(["general.base_model.count", w.u32(1_000_000_000)])).declared.baseModels,
  ).toHaveLength(64);
});

const CONFIG = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  max_position_embeddings: 2048,
  torch_dtype: "bfloat16",
  vocab_size: 4,
};

test("a folder of Hugging Face says what it is", () => {
  const tokenizer = {
    model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [["a", "b"]] },
    added_tokens: [{ id: 2, content: "ab" }],
  };
  const read = folderOf({
    "config.json": json(CONFIG),
    "tokenizer.json": json({ ...tokenizer }),
    "tokenizer_config.json": json({
      chat_template: [
        { name: "default", template: "T" },
        { name: "rag", template: "R" },
      ],
    }),
  });
  expect(read).toMatchObject({
    ok: true,
    oddities: [],
    facts: {
      format: "safetensors",
      architecture: "llama",
      parameters: 40,
      contextLength: 2048,
      quantisation: { dominant: "BF16", declared: "bfloat16", isContradicted: false },
      tokenizer: { model: "BPE", tokens: 4 },
      templates: [
        { name: "default", digest: digestOfBytes("T") },
        { name: "rag", digest: digestOfBytes("R") },
      ],
    },
  });
});

test("the same tokens have the same digest from a GGUF and from a tokenizer.json", () => {
  const inGguf = ggufOf(withKeys(["tokenizer.ggml.tokens", w.texts(["a", "b", "ab", "[PAD3]"])])).tokenizer;
  const model = { type: "BPE", vocab: { a: 0, b: 1 }, merges: ["a b"] };
  const files = {
    "config.json": json(CONFIG),
    "tokenizer.json": json({ model, added_tokens: [{ id: 2, content: "ab" }] }),
  };
  const inFolder = folderOf(files);
  if (!inFolder.ok) throw new Error(inFolder.malformed.what);
  const { tokensDigest, mergesDigest } = inFolder.facts.tokenizer ?? {};
  expect([tokensDigest, mergesDigest]).toEqual([inGguf?.tokensDigest, inGguf?.mergesDigest]);
});

test("an adapter of a folder names its base; quantised weights count no parameters where they lie packed", () => {
  const adapter = folderOf({
    "adapter_config.json": json({ peft_type: "LORA", base_model_name_or_path: "example/big" }),
  });
  expect(adapter).toMatchObject({
    facts: { kind: "adapter", adapterOf: { method: "LORA", base: "example/big" } },
  });
  const packed = readSafetensors(
    bytesIn(writeSafetensors({ tensors: [{ name: "a.qweight", dtype: "I32", shape: [4], bytes: 16 }] })),
  );
  if (!packed.ok) throw new Error(packed.malformed.what);
  const config = json({ quantization_config: { quant_method: "gptq", bits: 4 } });
  expect(folderModel({ weights: [packed], "config.json": config })).toMatchObject({
    facts: { parameters: null, quantisation: { declared: "gptq" } },
  });
});

const oddIn = (files: Omit<FolderFiles, "weights">): readonly string[] | string => {
  const read = folderOf(files);
  return read.ok ? read.oddities.map(({ rule }) => rule) : read.malformed.what;
};

test("names that come twice, templates that disagree and what is no object are odd; what is no JSON is malformed", () => {
  expect(oddIn({ "config.json": Buffer.from('{"auto_map":1,"auto_map":2}') })).toEqual(["config-name-twice"]);
  expect(oddIn({ "config.json": Buffer.from("[]") })).toEqual(["config-shape"]);
  const disagreeing = {
    "chat_template.jinja": Buffer.from("A"),
    "tokenizer_config.json": json({ chat_template: "B" }),
  };
  expect(oddIn(disagreeing)).toEqual(["template-disagrees"]);
  expect(oddIn({ "config.json": Buffer.from('{"time_step_limit":[0.0,Infinity]}') })).toEqual([]);
  expect(oddIn({ "config.json": Buffer.from("{") })).toContain("the JSON is none");
  expect(oddIn({ "tokenizer.json": json({ model: { vocab: { a: -1 } } }) })).toContain("no sound id");
  expect(oddIn({ "tokenizer.json": json({ model: { vocab: { a: 2 ** 50 } } }) })).toContain("no sound id");
});

test("whatever the configurations hold, the folder is answered for", () => {
  const some = fc.option(
    fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    ),
    { nil: undefined },
  );
  const names = ["config.json", "tokenizer.json", "tokenizer_config.json", "adapter_config.json"] as const;
  fc.assert(
    fc.property(fc.tuple(some, some, some, some), (contents) => {
      const files = Object.fromEntries(
        names.flatMap((name, n) => (contents[n] === undefined ? [] : [[name, contents[n]]])),
      );
      expect(typeof folderOf(files).ok).toBe("boolean");
    }),
  );
});

const hex = "ab".repeat(32);
const layer = (kind: string, more: object = {}) => ({
  mediaType: `application/vnd.ollama.image.${kind}`,
  digest: `sha256:${hex}`,
  size: 5,
  ...more,
});
const manifestOf = (...layers: unknown[]) =>
  readOllamaManifest(json({ schemaVersion: 2, config: { digest: `sha256:${hex}`, size: 1 }, layers }));

test("an Ollama manifest names its blobs, and its own digest", () => {
  const bytes = json({
    layers: [layer("model"), layer("template"), layer("adapter", { digest: `sha256-${hex.toUpperCase()}` })],
  });
  expect(readOllamaManifest(bytes)).toEqual({
    ok: true,
    digest: `sha256:${sha256(bytes).toString("hex")}`,
    config: null,
    layers: ["model", "template", "adapter"].map((kind) => ({ kind, digest: `sha256:${hex}`, bytes: 5 })),
    oddities: [],
  });
});

test.each([
  "sha256:../../../etc/passwd",
  `sha256:${hex}/..`,
  `../sha256:${hex}`,
  "",
  `sha512:${hex}`,
  5,
  null,
])("a manifest that points to %j is refused", (digest) => {
  const read = manifestOf(layer("model", { digest }));
  expect(read.ok ? "read" : read.malformed.what).toContain("which is no blob");
});

test("a layer of another kind is odd, one of no size malformed", () => {
  expect(manifestOf(layer("shell"))).toMatchObject({ ok: true, oddities: [{ rule: "manifest-layer" }] });
  expect(manifestOf(layer("model", { size: -1 }))).toMatchObject({ ok: false });
  expect(manifestOf(7)).toMatchObject({ ok: false });
  expect(readOllamaManifest(json([]))).toMatchObject({ ok: false });
});

test("a model in somebody's cloud is told from one that lies here", () => {
  const local = { model_format: "gguf", model_family: "llama", model_type: "8.0B", file_type: "Q4_K_M" };
  expect(readOllamaConfig(json(local))).toMatchObject({
    family: "llama",
    quantisation: "Q4_K_M",
    remote: null,
  });
  const remote = readOllamaConfig(json({ remote_host: "https://ollama.com:443", remote_model: "big:120b" }));
  expect(remote).toMatchObject({ remote: { host: "https://ollama.com:443", model: "big:120b" } });
});

const file = (path: string, content = "") => ({ path, size: content.length, sha256: digestOfBytes(content) });

test("the digest of several files is that of docs/formats/models.md, in whatever order they are given", () => {
  const files = [file("model.safetensors"), file("config.json", "{}")];
  const digest = "sha256:51a482e5e5a95f5d390d482d3a88921f481790c7d98fa9d68b1858b36b6de6be";
  expect([modelDigest(files), modelDigest(files.toReversed())]).toEqual([
    { ok: true, digest },
    { ok: true, digest },
  ]);
});

test("one file's digest is its own", () => {
  expect(modelDigest([file("a.gguf", "x")])).toEqual({ ok: true, digest: digestOfBytes("x") });
});

test("any change of a path, a size or a digest changes the digest", () => {
  const base = [file("a", "1"), file("b", "2")];
  const others = [
    [file("a", "1"), file("c", "2")],
    [file("a", "1"), file("b", "3")],
    [file("a", "1"), { ...file("b", "2"), size: 2 }],
    [file("a", "1"), file("b", "2"), file("c")],
    [file("a/b", "1"), file("b", "2")],
  ];
  const digests = [base, ...others].map((files) => JSON.stringify(modelDigest(files)));
  expect(new Set(digests).size).toBe(digests.length);
});

test("paths sort by their bytes in UTF-8, not by UTF-16", () => {
  const files = [file("\u{1f600}", "1"), file("\uffee", "2")];
  const lines = files
    .toReversed()
    .map(({ path, size, sha256: digest }) => `${path}\0${size}\0${digest.slice(7)}\n`);
  expect(modelDigest(files)).toMatchObject({ digest: digestOfBytes(`doorward model 1\n${lines.join("")}`) });
});

test.each(["../a", "/a", "a//b", "a/./b", "a\\b", "a\0b", "", "\ud800"])("the path %j is refused", (path) => {
  expect(modelDigest([file("x"), file(path)])).toMatchObject({ ok: false });
});

test("no files, and a file that comes twice, are no model", () => {
  expect(modelDigest([])).toMatchObject({ ok: false });
  expect(modelDigest([file("a"), file("a", "1")])).toMatchObject({ ok: false });
});
