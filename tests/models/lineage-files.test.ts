// Fingerprints of files of every form, hostile ones too, and of fingerprints that anybody wrote.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytesIn,
  type Fingerprint,
  fingerprintFrom,
  fingerprintText,
  type Lineage,
  lineageOf,
  type NamedSource,
  readFingerprint,
} from "#models";
import * as change from "../../conformance/models/changes.ts";
import { ggufFile, safetensorsFile, tokenizerFile } from "../../conformance/models/files.ts";
import { EMBEDDING, type Network, trainedLike } from "../../conformance/models/network.ts";
import { stored } from "../../conformance/models/quantise.ts";
import { fromE4m3 } from "../../src/models/lineage/weights/floats.ts";
import { countingOn } from "./counting.ts";
import * as w from "./gguf-writer.ts";
import { BASE, PRINT, printOfFiles, SIZE } from "./lineage-samples.ts";
import { writeSafetensors } from "./safetensors-writer.ts";

const methodsFor = ({ grounds }: Lineage): readonly string[] =>
  grounds.filter(({ speaks }) => speaks === "for").map(({ method }) => method);

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
