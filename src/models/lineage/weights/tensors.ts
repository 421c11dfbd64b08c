import type { ByteSource } from "../../bytes.ts";
import type { GgufFacts } from "../../gguf/read.ts";
import type { SafetensorsRead } from "../../safetensors/read.ts";
import { LAYER, LAYER_ROLES, OTHER_TOWERS, OUTER_ROLES, type Role } from "./roles.table.ts";

/** A tensor that lineage looks at, wherever it lies. */
export interface WeightTensor {
  readonly role: Role;
  /** From 0; null for what is in no layer. */
  readonly layer: number | null;
  readonly rows: number;
  /** Numbers of a row, which lie together. */
  readonly columns: number;
  readonly type: string;
  readonly source: ByteSource;
  readonly at: number;
  readonly bytes: number;
  readonly littleEndian: boolean;
  /** Added to what the file holds to have what the model's own weights are: Gemma's converter writes norms plus one. */
  readonly offset: number;
}

export interface Weights {
  readonly container: "gguf" | "safetensors";
  readonly tensors: readonly WeightTensor[];
  /** All tensors by type and elements, also those that have no role. */
  readonly all: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly type: string;
  }[];
}

/** convert_hf_to_gguf.py of ggml-org/llama.cpp adds one to these models' norms (models.md; the list from memory, unverified). */
const NORMS_PLUS_ONE = new Set(["gemma", "gemma2", "gemma3"]);
const NORM = /norm|ln_/;

/** The tensors of a GGUF, of all its parts together; shapes are given outermost first. */
export function ggufWeights(
  parts: readonly { readonly facts: GgufFacts; readonly source: ByteSource }[],
): Weights {
  const architecture = parts[0]?.facts.metadata.get("general.architecture");
  const isPlusOne = typeof architecture === "string" && NORMS_PLUS_ONE.has(architecture);
  const all = parts.flatMap(({ facts, source }) =>
    facts.tensors.map(({ name, dimensions, type, extent }) => ({
      name,
      shape: dimensions.toReversed(),
      type: type ?? "unknown",
      place: extent === null ? null : { source, littleEndian: facts.littleEndian, ...extent },
      offset: isPlusOne && NORM.test(name) ? -1 : 0,
    })),
  );
  return { container: "gguf", tensors: withRoles(all), all: all.map(plain) };
}

export function safetensorsWeights(
  parts: readonly { readonly read: SafetensorsRead; readonly source: ByteSource }[],
): Weights {
  const all = parts.flatMap(({ read, source }) =>
    read.tensors.map(({ name, shape, dtype, extent }) => ({
      name,
      shape,
      type: dtype,
      place: extent === null ? null : { source, littleEndian: true, ...extent },
      offset: 0,
    })),
  );
  return { container: "safetensors", tensors: withRoles(all), all: all.map(plain) };
}

interface Named {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly place: Pick<WeightTensor, "source" | "at" | "bytes" | "littleEndian"> | null;
  readonly offset: number;
}

const plain = ({ name, shape, type }: Named): Weights["all"][number] => ({ name, shape, type });

function withRoles(all: readonly Named[]): readonly WeightTensor[] {
  // Where a layer has a norm before its feed-forward part, the one behind its attention is that: Gemma 2, OLMo 2.
  const hasPre = all.some(({ name }) => name.endsWith("pre_feedforward_layernorm.weight"));
  return all.flatMap(({ name, shape, type, place, offset }): WeightTensor[] => {
    const found = roleOf(name, hasPre);
    const [rows = 1, columns = 1] = shape.length === 1 ? [1, shape[0]] : shape;
    return found === null || place === null || shape.length > 2 || shape.length === 0
      ? []
      : [{ ...found, rows, columns, type, offset, ...place }];
  });
}

function roleOf(name: string, hasPre: boolean): Pick<WeightTensor, "role" | "layer"> | null {
  if (OTHER_TOWERS.test(name)) return null;
  const { layer, rest } = LAYER.exec(name)?.groups ?? {};
  if (layer === undefined || rest === undefined) {
    const last = name.split(".").slice(-2).join(".");
    const role = OUTER_ROLES.get(last);
    return role === undefined ? null : { role, layer: null };
  }
  if (hasPre && rest === "post_attention_layernorm.weight")
    return { role: "attn_post_norm", layer: Number(layer) };
  const role = LAYER_ROLES.get(rest);
  return role === undefined ? null : { role, layer: Number(layer) };
}
