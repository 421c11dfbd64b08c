import { digestOfBytes } from "#base";
import type { GgufTensor } from "../gguf/extents.ts";
import type { GgufMetadata } from "../gguf/metadata.ts";
import type { GgufFacts } from "../gguf/read.ts";
import { FILE_TYPES } from "../gguf/types.table.ts";
import type { GgufValue } from "../gguf/value.ts";
import type {
  BaseModel,
  Declared,
  ModelFacts,
  Quantisation,
  TemplateFacts,
  TokenizerFacts,
} from "./facts.ts";
import { typesOf } from "./quantisation.ts";

/** More parents than this no merge has. */
const BASE_MODELS_MAX = 64;
const TEMPLATE_KEY = /^tokenizer\.chat_template(?:\.(?<name>.+))?$/;

/**
 * What a GGUF file is, by its own keys and tensors (docs/gguf.md of ggml-org/ggml d99724f2). Of a split model the first part has the keys,
 * and `others` are the further parts: only with all of them is it whole.
 */
export function ggufModel(gguf: GgufFacts, others: readonly GgufFacts[] = []): ModelFacts {
  const { metadata } = gguf;
  const tensors = [gguf, ...others].flatMap((part) => part.tensors);
  const architecture = textAt(gguf, "general.architecture");
  const kind = kindOf(gguf, architecture);
  return {
    format: "gguf",
    kind,
    architecture,
    parameters: tensors.reduce((sum, { elements }) => sum + elements, 0),
    contextLength: architecture === null ? null : countOf(metadata.get(`${architecture}.context_length`)),
    quantisation: quantisationOf(metadata, tensors),
    tokenizer: tokenizerOf(gguf),
    templates: templatesOf(gguf),
    declared: declaredIn(gguf),
    adapterOf:
      kind === "adapter"
        ? { method: textAt(gguf, "adapter.type"), base: baseModelsIn(gguf)[0]?.repository ?? null }
        : null,
    mergeOf: null,
    part: partOf(gguf, others),
  };
}

function textAt({ metadata }: GgufFacts, key: string): string | null {
  const value = metadata.get(key);
  return typeof value === "string" ? value : null;
}

function countOf(value: GgufValue | undefined): number | null {
  const count = typeof value === "bigint" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function kindOf(gguf: GgufFacts, architecture: string | null): ModelFacts["kind"] {
  const type = textAt(gguf, "general.type");
  if (type === "adapter") return "adapter";
  if (type === "mmproj" || architecture === "clip") return "projector";
  const isWhole = gguf.split === null;
  return isWhole && gguf.tensors.length === 0 && gguf.metadata.has("tokenizer.ggml.tokens")
    ? "vocabulary"
    : "model";
}

/** Null for what is whole: no part of anything, or all parts, each once, of the same count. */
function partOf({ split }: GgufFacts, others: readonly GgufFacts[]): ModelFacts["part"] {
  if (split === null) return null;
  const same = others.flatMap((other) => (other.split?.count === split.count ? [other.split.no] : []));
  const isWhole = same.length === split.count - 1 && new Set([split.no, ...same]).size === split.count;
  return isWhole ? null : { no: split.no, count: split.count };
}

function quantisationOf(metadata: GgufMetadata, tensors: readonly GgufTensor[]): Quantisation {
  const types = typesOf(tensors);
  const dominant = types[0]?.type ?? null;
  const code = countOf(metadata.get("general.file_type"));
  const claimed = code === null ? undefined : FILE_TYPES.get(code);
  return {
    dominant,
    types,
    declared: claimed?.name ?? (code === null ? null : `file type ${code}`),
    isContradicted: claimed !== undefined && dominant !== null && !claimed.dominant.includes(dominant),
  };
}

function tokenizerOf(gguf: GgufFacts): TokenizerFacts | null {
  const listAt = (key: string) => {
    const value = gguf.metadata.get(`tokenizer.ggml.${key}`);
    return typeof value === "object" && value.of !== "text" ? value : null;
  };
  const tokens = listAt("tokens");
  if (tokens === null) return null;
  return {
    model: textAt(gguf, "tokenizer.ggml.model"),
    tokens: tokens.length,
    tokensDigest: tokens.digest,
    mergesDigest: listAt("merges")?.digest ?? null,
    scoresDigest: listAt("scores")?.digest ?? null,
  };
}

function templatesOf({ metadata }: GgufFacts): readonly TemplateFacts[] {
  return [...metadata].flatMap(([key, value]): TemplateFacts[] => {
    const found = TEMPLATE_KEY.exec(key);
    if (found === null) return [];
    const name = found.groups?.["name"] ?? "default";
    if (typeof value === "string") return [{ name, digest: digestOfBytes(value), text: value }];
    return typeof value === "object" && value.of === "text"
      ? [{ name, digest: value.digest, text: null }]
      : [];
  });
}

function declaredIn(gguf: GgufFacts): Declared {
  const at = (key: string): string | null => textAt(gguf, `general.${key}`);
  return {
    name: at("name"),
    author: at("author"),
    organization: at("organization"),
    version: at("version"),
    sizeLabel: at("size_label"),
    quantizedBy: at("quantized_by"),
    licence: at("license"),
    licenceName: at("license.name"),
    licenceLink: at("license.link"),
    repository: at("repo_url") ?? at("source.repo_url") ?? at("url"),
    baseModels: baseModelsIn(gguf),
  };
}

function baseModelsIn(gguf: GgufFacts): readonly BaseModel[] {
  const claimed = countOf(gguf.metadata.get("general.base_model.count")) ?? 0;
  return Array.from({ length: Math.min(claimed, BASE_MODELS_MAX) }, (_, n) => {
    const at = (key: string): string | null => textAt(gguf, `general.base_model.${n}.${key}`);
    return {
      name: at("name"),
      organization: at("organization"),
      version: at("version"),
      repository: at("repo_url") ?? at("url"),
    };
  });
}
