import { bytesIn, type Fingerprint, fingerprintFrom } from "#models";
import * as w from "../../tests/models/gguf-writer.ts";
import { writeSafetensors } from "../../tests/models/safetensors-writer.ts";
import type { Matrix, Network } from "./network.ts";
import { GGML_CODES, type Quantised, stored } from "./quantise.ts";

/** A network written as a file of its type and read back: nothing of it is known to the engine but the bytes. */
export function fingerprintIn(network: Network, type: Quantised): Fingerprint {
  const isFolder = type === "BF16" || type === "F16";
  const files = isFolder
    ? [
        { name: "model.safetensors", source: bytesIn(safetensorsFile(network, type)) },
        { name: "tokenizer.json", source: bytesIn(tokenizerFile(network)) },
      ]
    : [{ name: "model.gguf", source: bytesIn(ggufFile(network, type)) }];
  const read = fingerprintFrom(files);
  if (!read.ok) throw new Error(read.malformed.what);
  return read.print;
}

export function safetensorsFile(network: Network, type: "BF16" | "F16"): Buffer {
  const tensors = [...network.tensors].map(([name, { rows, columns, values }]) => {
    const data = stored(values, type);
    const shape = name.includes("norm") ? [columns] : [rows, columns];
    return { name, dtype: type, shape, bytes: data.length, data };
  });
  return writeSafetensors({ tensors });
}

export function tokenizerFile(network: Network): Buffer {
  const vocabulary = tokensOf(network).map((token, id) => [token, id] as const);
  return Buffer.from(
    JSON.stringify({ model: { type: "BPE", vocab: Object.fromEntries(vocabulary), merges: [] } }),
  );
}

const GGUF_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens\./, "token_embd."],
  [/^model\.norm\./, "output_norm."],
  [/^model\.layers\.(\d+)\.input_layernorm\./, "blk.$1.attn_norm."],
  [/^model\.layers\.(\d+)\.post_attention_layernorm\./, "blk.$1.ffn_norm."],
  [/^model\.layers\.(\d+)\.self_attn\.v_proj\./, "blk.$1.attn_v."],
  [/^model\.layers\.(\d+)\.mlp\.up_proj\./, "blk.$1.ffn_up."],
];

export function ggufFile(network: Network, type: Quantised): Buffer {
  return w.writeGguf({
    keys: [
      ["general.architecture", w.text("llama")],
      ["general.quantization_version", w.u32(2)],
      ["tokenizer.ggml.tokens", w.texts(tokensOf(network))],
    ],
    tensors: [...network.tensors].map(([name, matrix]) => tensorOf(name, matrix, type)),
  });
}

/** Norms stay in 32 bits, as llama.cpp's converter keeps them. */
function tensorOf(name: string, { rows, columns, values }: Matrix, type: Quantised): w.WrittenTensor {
  const isNorm = name.includes("norm");
  const data = stored(values, isNorm ? "F32" : type);
  const called = GGUF_NAMES.reduce((said, [from, to]) => said.replace(from, to), name);
  return {
    name: called,
    dimensions: isNorm ? [columns] : [columns, rows],
    type: GGML_CODES[isNorm ? "F32" : type],
    bytes: data.length,
    data,
  };
}

function tokensOf({ size, tokenizer }: Network): readonly string[] {
  return Array.from({ length: size.vocabulary }, (_, n) => `${tokenizer}${n}`);
}
