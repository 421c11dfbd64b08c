// What models are to each other, by files of our own generator: nothing of a network reaches the engine but its bytes.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytesIn,
  familyLikeness,
  type Fingerprint,
  fingerprintFrom,
  fingerprintText,
  type Lineage,
  lineageAmong,
  lineageOf,
  type NamedSource,
  readFingerprint,
} from "#models";
import * as change from "../../conformance/models/changes.ts";
import { fingerprintIn, ggufFile, safetensorsFile, tokenizerFile } from "../../conformance/models/files.ts";
import { EMBEDDING, type Network, type Size, trainedLike } from "../../conformance/models/network.ts";
import { type Quantised, stored } from "../../conformance/models/quantise.ts";
import { randomFrom } from "../../conformance/models/random.ts";
import { fromE4m3 } from "../../src/models/lineage/weights/floats.ts";
import { countingOn } from "./counting.ts";
import * as w from "./gguf-writer.ts";
import { writeSafetensors } from "./safetensors-writer.ts";

const SIZE: Size = {
  name: "small",
  width: 256,
  layers: 4,
  feedForward: 512,
  keyValue: 64,
  vocabulary: 1_024,
};
const BASE = change.rounded(trainedLike(SIZE, 1));
const PRINT = fingerprintIn(BASE, "BF16");
const random = () => randomFrom(77);
const printOf = (network: Network, type: Quantised = "BF16"): Fingerprint => fingerprintIn(network, type);
const judged = (network: Network, type: Quantised = "BF16"): Lineage =>
  lineageOf(printOf(network, type), PRINT);
const methodsFor = ({ grounds }: Lineage): readonly string[] =>
  grounds.filter(({ speaks }) => speaks === "for").map(({ method }) => method);

type Told = readonly [Lineage["relation"], Lineage["rung"], Lineage["method"]];
const CHILDREN: readonly [string, Network, Quantised, ...Told][] = [
  ["itself", BASE, "BF16", "same", "proven", "norm-digests"],
  ["itself in 16-bit floats", BASE, "F16", "same", "proven", "norm-digests"],
  ["Q8_0", BASE, "Q8_0", "quantisation", "proven", "norm-digests"],
  ["Q4_0", BASE, "Q4_0", "quantisation", "proven", "norm-digests"],
  ["Q4_K", BASE, "Q4_K", "quantisation", "proven", "norm-digests"],
  ["a fine-tune", change.tuned(BASE, random(), 0.05), "BF16", "fine-tune", "proven", "matrix-signs"],
  [
    "a fine-tune, quantised",
    change.tuned(BASE, random(), 0.2),
    "Q4_0",
    "fine-tune",
    "proven",
    "matrix-signs",
  ],
  ["a merged adapter", change.adapted(BASE, random(), 0.05), "BF16", "fine-tune", "proven", "norm-digests"],
  ["noise", change.noised(BASE, random(), 0.3), "BF16", "fine-tune", "proven", "matrix-signs"],
  ["half of its weights", change.thinned(BASE, 0.5), "BF16", "pruned", "proven", "norm-digests"],
  ["three of its layers", change.stacked(BASE, [0, 1, 3]), "BF16", "pruned", "proven", "norm-digests"],
  ["fewer neurons", change.narrowed(BASE, 0.25), "BF16", "pruned", "proven", "norm-digests"],
  ["more tokens", change.extended(BASE, random(), 64), "BF16", "fine-tune", "proven", "norm-digests"],
  [
    "other order of channels",
    change.rechanneled(BASE, random().order(256)),
    "BF16",
    "fine-tune",
    "proven",
    "norm-digests",
  ],
  ["norms folded in", change.folded(BASE), "BF16", "fine-tune", "proven", "matrix-signs"],
  ["turned", change.rotated(BASE, random()), "BF16", "fine-tune", "inferred", "embedding-angles"],
];

test.each(CHILDREN)(
  "of %s is told what it is, how well that is known and by what",
  (_, network, type, ...told) => {
    const found = judged(network, type);
    expect([found.relation, found.rung, found.method]).toEqual(told);
    expect(found.contradictedBy).not.toBe("");
  },
);

test("what is proven has a bound on chance below one in a million", () => {
  const { rung, chance, score, threshold } = judged(change.tuned(BASE, random(), 0.05));
  expect(rung).toBe("proven");
  expect(chance).toBeLessThanOrEqual(1e-6);
  expect(score).toBeGreaterThanOrEqual(threshold ?? 1);
});

test("equal architecture, shapes, tokenizer and name are never a relation", () => {
  const other = fingerprintIn(change.rounded(trainedLike(SIZE, 2)), "BF16");
  const found = lineageOf({ ...other, declared: { name: "base", bases: ["org/Base-1B"] } }, PRINT, [
    "Base-1B",
  ]);
  expect(other.shape).toBe(PRINT.shape);
  expect(other.tokenizer).toEqual(PRINT.tokenizer);
  expect([found.relation, found.rung]).toEqual(["unrelated", "inferred"]);
  expect(methodsFor(found)).toEqual(["metadata"]);
  expect(found.grounds.map(({ says }) => says)).toContain("what it says of itself is not so by its weights");
});

test("without weights nothing is known, however alike the rest", () => {
  const bare = { ...PRINT, norms: [], rows: [], cosines: { tokens: [], values: [] } };
  const found = lineageOf(bare, bare);
  expect([found.relation, found.rung, found.method]).toEqual(["unknown", null, null]);
  expect(familyLikeness(bare, bare)?.score).toBe(1);
});

test("without weights a name is what is said, and no more", () => {
  const bare = { ...PRINT, norms: [], rows: [], cosines: { tokens: [], values: [] } };
  const child = { ...bare, declared: { name: null, bases: ["https://huggingface.co/org/Base-1B"] } };
  expect(lineageOf(child, bare, ["/models/Base-1B"])).toMatchObject({
    relation: "fine-tune",
    rung: "declared",
    method: "metadata",
  });
  expect(lineageOf(child, bare, ["/models/Other-1B"]).relation).toBe("unknown");
});

test("files with one digest are the same, whatever else was read", () => {
  const digest = `sha256:${"a".repeat(64)}` as const;
  expect(lineageOf({ ...PRINT, digest }, { ...PRINT, digest, norms: [] })).toMatchObject({
    relation: "same",
    rung: "proven",
    method: "digest",
  });
});

test("independent models are not found related, and score no better than the bound says", () => {
  const size = { ...SIZE, layers: 2, feedForward: 128, vocabulary: 512 };
  const prints = Array.from({ length: 16 }, (_, n) =>
    fingerprintIn(change.rounded(trainedLike(size, 100 + n)), "BF16"),
  );
  const all = prints.flatMap((one, n) => prints.slice(n + 1).map((other) => lineageOf(one, other)));
  const chances = all.flatMap(({ grounds }) =>
    grounds.flatMap(({ method, chance }) => (method.endsWith("signs") ? [chance ?? 1] : [])),
  );
  expect(new Set(all.map(({ relation }) => relation))).toEqual(new Set(["unrelated"]));
  expect(chances.filter((chance) => chance <= 0.05).length / chances.length).toBeLessThanOrEqual(0.05);
});

const changed = (seed: number): Network => change.rounded(change.tuned(BASE, randomFrom(seed), 0.1));
const PARENTS = [
  { name: "base", print: PRINT },
  { name: "one", print: printOf(changed(11)) },
  { name: "other", print: printOf(changed(12)) },
];

test("a merge is told with its parents and their shares, a third fine-tune is none", () => {
  const mix = change.mixed([changed(11), changed(12)], ([one = 0, other = 0]) => 0.6 * one + 0.4 * other);
  const { merge, closest } = lineageAmong(printOf(mix), PARENTS);
  expect(merge?.lineage).toMatchObject({ relation: "merge", rung: "inferred", method: "mixture" });
  expect(merge?.mixture.of).toEqual(["one", "other"]);
  expect(merge?.mixture.shares[0]).toBeCloseTo(0.6, 1);
  expect(closest).not.toBeNull();
  expect(lineageAmong(printOf(changed(13)), PARENTS).merge).toBeNull();
  expect(lineageAmong(printOf(BASE), PARENTS)).toMatchObject({ closest: "base", merge: null });
});

test("a model that is tuned on from one of two is nearest to that one, and no merge", () => {
  const on = lineageAmong(printOf(change.tuned(changed(11), randomFrom(14), 0.05)), PARENTS);
  expect([on.closest, on.merge]).toEqual(["one", null]);
});

function adapter(width: number, base: string): Fingerprint {
  const tensors = [0, 1].flatMap((layer) =>
    ["A", "B"].map((half) => ({
      name: `base_model.model.model.layers.${layer}.self_attn.q_proj.lora_${half}.weight`,
      dtype: "F32",
      shape: half === "A" ? [8, width] : [width, 8],
      bytes: width * 32,
    })),
  );
  const config = { peft_type: "LORA", base_model_name_or_path: base };
  return printOfFiles({
    "adapter_model.safetensors": writeSafetensors({ tensors }),
    "adapter_config.json": Buffer.from(JSON.stringify(config)),
  });
}

function printOfFiles(files: Readonly<Record<string, Uint8Array>>): Fingerprint {
  const read = fingerprintFrom(
    Object.entries(files).map(([name, bytes]) => ({ name, source: bytesIn(bytes) })),
  );
  if (!read.ok) throw new Error(read.malformed.what);
  return read.print;
}

test("an adapter is declared at most; of a base that it does not fit it is none", () => {
  const fits = adapter(256, "org/base-model");
  expect(lineageOf(fits, PRINT, ["base-model"])).toMatchObject({ relation: "adapter", rung: "declared" });
  expect(lineageOf(fits, PRINT, ["something-else"])).toMatchObject({ relation: "unknown", rung: null });
  expect(lineageOf(adapter(128, "org/base-model"), PRINT, ["base-model"])).toMatchObject({
    relation: "unrelated",
    method: "shape",
  });
});

test("a GGUF and safetensors of one network have one shape, one tokenizer and the same norms", () => {
  const gguf = printOfFiles({ "model.gguf": ggufFile(BASE, "F32") });
  const folder = printOfFiles({
    "model.safetensors": safetensorsFile(BASE, "BF16"),
    "tokenizer.json": tokenizerFile(BASE),
  });
  expect([gguf.shape, gguf.norms, gguf.dimensions]).toEqual([folder.shape, folder.norms, folder.dimensions]);
  expect({ ...gguf.tokenizer, merges: null }).toEqual({ ...folder.tokenizer, merges: null });
});

/** Matrices of the layers in another form, everything else as it was. */
function withMatrices(type: string, form: (values: Float32Array) => Buffer): Fingerprint {
  const tensors = [...BASE.tensors].map(([name, { rows, columns, values }]) => {
    const isOther = name.includes("_proj");
    const data = isOther ? form(values) : stored(values, "BF16");
    const shape = name.includes("norm") ? [columns] : [rows, columns];
    return {
      name: isOther && type === "I32" ? name.replace(".weight", ".qweight") : name,
      dtype: isOther ? type : "BF16",
      shape,
      bytes: data.length,
      data,
    };
  });
  return printOfFiles({
    "model.safetensors": writeSafetensors({ tensors }),
    "tokenizer.json": tokenizerFile(BASE),
  });
}

test("weights that GPTQ packed are a quantisation, and what can't be seen of it is said", () => {
  const found = lineageOf(
    withMatrices("I32", (values) => Buffer.alloc(values.length * 4, 7)),
    PRINT,
  );
  expect(found).toMatchObject({ relation: "quantisation", rung: "proven", method: "norm-digests" });
  expect(found.grounds[1]?.says).toContain("not read");
});

test("eights of a float are compared up to their scale, which lies elsewhere", () => {
  const codes = Array.from({ length: 127 }, (_, code) => fromE4m3(code));
  const eight = (value: number): number => {
    const nearest = codes.reduce(
      (best, one, code) =>
        Math.abs(one - Math.abs(value)) < Math.abs((codes[best] ?? 0) - Math.abs(value)) ? code : best,
      0,
    );
    return nearest | (value < 0 ? 128 : 0);
  };
  const print = withMatrices("F8_E4M3", (values) => Buffer.from(values.map((value) => eight(value * 1_000))));
  expect(lineageOf({ ...print, type: "F8_E4M3" }, PRINT)).toMatchObject({
    relation: "quantisation",
    rung: "proven",
  });
});

test("Gemma's norms, which its converter writes plus one, are compared without it", () => {
  const plus: Network = change.changed(BASE, (matrix, name) =>
    name.includes("norm") ? { ...matrix, values: matrix.values.map((value) => value + 1) } : matrix,
  );
  const read = (architecture: string): Fingerprint => {
    const bytes = Buffer.from(ggufFile(plus, "F32"));
    const at = bytes.indexOf("llama");
    return printOfFiles({
      "model.gguf": Buffer.concat([bytes.subarray(0, at), Buffer.from(architecture), bytes.subarray(at + 5)]),
    });
  };
  expect(lineageOf(read("gemma"), PRINT)).toMatchObject({ relation: "same", method: "norm-digests" });
  expect(methodsFor(lineageOf(read("llama"), PRINT))).not.toContain("norm-digests");
});

test("of a large file little is read", () => {
  const wide = trainedLike({ ...SIZE, vocabulary: 16_384, feedForward: 4_096 }, 5);
  const counting = countingOn(safetensorsFile(wide, "BF16"));
  expect(fingerprintFrom([{ name: "model.safetensors", source: counting.source }]).ok).toBe(true);
  expect(counting.isInside()).toBe(true);
  expect(counting.asked()).toBeLessThan(counting.source.size / 20);
});

const weights = (value: (at: number) => number, dtype = "F32", claimed?: readonly number[]) => {
  const tensor = (name: string, shape: readonly number[]) => {
    const data = Buffer.alloc(shape.reduce((all, one) => all * one, 4));
    for (let at = 0; at < data.length; at += 4) data.writeFloatLE(value(at), at);
    return { name, dtype, shape: claimed ?? shape, bytes: data.length, data };
  };
  const layers = [0, 1].flatMap((layer) => [
    tensor(`model.layers.${layer}.input_layernorm.weight`, [128]),
    tensor(`model.layers.${layer}.self_attn.v_proj.weight`, [16, 128]),
    tensor(`model.layers.${layer}.mlp.up_proj.weight`, [64, 128]),
  ]);
  const tensors = [tensor(EMBEDDING, [600, 128]), ...layers, tensor("model.norm.weight", [128])];
  return { "model.safetensors": writeSafetensors({ tensors }) };
};

test.each([
  ["all of them no numbers", weights(() => NaN)],
  ["infinite", weights((at) => (at % 8 === 0 ? Infinity : -Infinity))],
  ["all zero", weights(() => 0)],
  ["all one", weights(() => 1)],
  ["of an unknown type", weights((at) => Math.sin(at), "Q77")],
  ["of a type of whole numbers", weights((at) => Math.sin(at), "I32")],
  ["of a claimed width of 2^40", weights((at) => Math.sin(at), "F32", [1, 2 ** 40])],
  ["without rows", weights((at) => Math.sin(at), "F32", [0, 0])],
])("weights that are %s prove nothing, not even of themselves", (_, files) => {
  const print = printOfFiles(files);
  const found = lineageOf(print, print);
  expect(found.rung).not.toBe("proven");
  expect(lineageOf(print, PRINT).rung).not.toBe("proven");
  expect(lineageOf(PRINT, print).rung).not.toBe("proven");
});

test("what is called like a layer 99,999, or lies outside of the file, is left out", () => {
  const files = writeSafetensors({
    tensors: [
      { name: "model.layers.99999.input_layernorm.weight", dtype: "F32", shape: [64], bytes: 256 },
      { name: "model.norm.weight", dtype: "F32", shape: [64], bytes: 256, offsets: [256, 1_000_000] },
    ],
  });
  expect(printOfFiles({ "model.safetensors": files })).toMatchObject({ norms: [], rows: [] });
});

const finalNorm = (values: Float32Array | undefined): w.WrittenTensor => ({
  name: "output_norm.weight",
  dimensions: [256],
  type: 0,
  bytes: 1_024,
  data: Buffer.from(values === undefined ? new ArrayBuffer(0) : values.slice().buffer),
});

test("a file with one tensor twice can't show another model besides", () => {
  const [own, other] = [BASE, trainedLike(SIZE, 3)].map(
    (network) => network.tensors.get("model.norm.weight")?.values,
  );
  const keys = [["general.architecture", w.text("llama")]] as const;
  const print = (...norms: readonly (Float32Array | undefined)[]) =>
    printOfFiles({ "model.gguf": w.writeGguf({ keys, tensors: norms.map((values) => finalNorm(values)) }) })
      .norms;
  expect(print(own, other)).toEqual(print(own));
});

test("a fingerprint is read as it was written", () => {
  const read = readFingerprint(Buffer.from(fingerprintText(PRINT)));
  expect(read).toEqual({ ok: true, print: PRINT });
  expect(printOfFiles({ "base.json": Buffer.from(fingerprintText(PRINT)) })).toEqual(PRINT);
  expect(fingerprintText(PRINT).length).toBeLessThan(16_384);
});

test("a fingerprint that anybody wrote is read or refused, and compared without an error", () => {
  const text = fingerprintText(PRINT);
  const pieces = ['"', "[", "]", "null", "-1", "1e999", "{}", ",", "AAAA", "x", "9007199254740993"];
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: text.length }),
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom(...pieces),
      (at, cut, piece) => {
        const read = readFingerprint(Buffer.from(text.slice(0, at) + piece + text.slice(at + cut)));
        const said = read.ok ? lineageOf(read.print, PRINT).relation : read.malformed.what;
        expect(typeof said).toBe("string");
      },
    ),
    { numRuns: 200 },
  );
});

test("a file that is cut or changed anywhere is malformed, or compared without an error", () => {
  const bytes = ggufFile(BASE, "Q4_0");
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40_000 }),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      (at, byte, cut) => {
        const changedBytes = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
        if (!cut) changedBytes[at] = byte;
        const read = fingerprintFrom([{ name: "model.gguf", source: bytesIn(changedBytes) }]);
        const said = read.ok ? lineageOf(read.print, PRINT).relation : read.malformed.what;
        expect(typeof said).toBe("string");
      },
    ),
    { numRuns: 40 },
  );
});

const parted = (no: number, count: number): NamedSource => ({
  name: `model-0000${no + 1}-of-0000${count}.gguf`,
  source: bytesIn(
    w.writeGguf({
      keys: [
        ["general.architecture", w.text("llama")],
        ["split.no", w.u16(no)],
        ["split.count", w.u16(count)],
      ],
      tensors: [{ name: `blk.${no}.attn_norm.weight`, dimensions: [64], type: 0, bytes: 256 }],
    }),
  ),
});

const unreadOf = (...files: readonly NamedSource[]): readonly string[] => {
  const read = fingerprintFrom(files);
  return read.ok ? read.print.unread : [];
};

test("parts of a GGUF are one model, and a missing one is told", () => {
  const missing = "further parts of the model";
  expect(unreadOf(parted(0, 2), parted(1, 2))).not.toContain(missing);
  expect(unreadOf(parted(0, 3), parted(1, 3))).toContain(missing);
});

const SEVERAL = { name: "b.safetensors", source: bytesIn(safetensorsFile(BASE, "BF16")) };

test.each([
  ["one part twice", [parted(0, 2), parted(0, 2)]],
  ["parts of two models", [parted(0, 2), parted(1, 3)]],
  ["a part and safetensors", [parted(0, 2), SEVERAL]],
  ["nothing", []],
  ["neither a model nor a fingerprint", [{ name: "a.json", source: bytesIn(Buffer.from("{}")) }]],
  ["a fingerprint of another kind", [{ name: "a.json", source: bytesIn(Buffer.from('{"doorward":"x"}')) }]],
])("%s is malformed", (_, files) => {
  expect(fingerprintFrom(files).ok).toBe(false);
});
