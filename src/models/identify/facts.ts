import type { Digest } from "#base";

/** In which a model's numbers are written. */
export type ModelFormat =
  | "gguf"
  | "llamafile"
  | "safetensors"
  | "pytorch"
  | "numpy"
  | "keras"
  | "hdf5"
  | "tensorflow"
  | "onnx"
  | "tflite"
  | "coreml"
  | "tensorrt"
  | "executorch"
  | "ort"
  | "ggml"
  | "sentencepiece";

/** What a model is, said by its own file. Only what is counted or digested is fact; `declared` is what anybody may write. */
export interface ModelFacts {
  readonly format: ModelFormat;
  readonly kind: "model" | "adapter" | "projector" | "vocabulary";
  /** `llama`, `qwen2`: GGUF's `general.architecture`, a configuration's `model_type`. */
  readonly architecture: string | null;
  /** Elements of all tensors in the files that were read; null where several lie packed in one element. */
  readonly parameters: number | null;
  /** In tokens. */
  readonly contextLength: number | null;
  readonly quantisation: Quantisation;
  readonly tokenizer: TokenizerFacts | null;
  readonly templates: readonly TemplateFacts[];
  readonly declared: Declared;
  /** Of which model an adapter is, as it says itself; null for what is no adapter. */
  readonly adapterOf: { readonly method: string | null; readonly base: string | null } | null;
  /** Of what a merge is, as it says itself (mergekit's configuration); null for what says nothing of it. */
  readonly mergeOf: { readonly method: string | null; readonly models: readonly string[] } | null;
  /** Which part of how many, from 0; null for what is whole. */
  readonly part: { readonly no: number; readonly count: number } | null;
}

export interface Quantisation {
  /** The type that most elements have; null without tensors. */
  readonly dominant: string | null;
  /** By elements, most first. */
  readonly types: readonly { readonly type: string; readonly tensors: number; readonly elements: number }[];
  /** What the file claims: `Q4_K_M`, `gptq`. */
  readonly declared: string | null;
  /** True where the claim is known and the tensors are something else. */
  readonly isContradicted: boolean;
}

export interface TokenizerFacts {
  readonly model: string | null;
  readonly tokens: number;
  /** Over the tokens in the order of their ids, the same from GGUF and `tokenizer.json`: docs/formats/models.md. */
  readonly tokensDigest: Digest;
  readonly mergesDigest: Digest | null;
  readonly scoresDigest: Digest | null;
}

export interface TemplateFacts {
  /** `default`, or the name it is chosen by. */
  readonly name: string;
  /** Of its UTF-8 bytes. */
  readonly digest: Digest;
  /** Null where it is longer than what is kept. */
  readonly text: string | null;
}

export interface Declared {
  readonly name: string | null;
  readonly author: string | null;
  readonly organization: string | null;
  readonly version: string | null;
  readonly sizeLabel: string | null;
  readonly quantizedBy: string | null;
  readonly licence: string | null;
  readonly licenceName: string | null;
  readonly licenceLink: string | null;
  readonly repository: string | null;
  readonly baseModels: readonly BaseModel[];
}

export interface BaseModel {
  readonly name: string | null;
  readonly organization: string | null;
  readonly version: string | null;
  readonly repository: string | null;
}

export const NOTHING_DECLARED: Declared = {
  name: null,
  author: null,
  organization: null,
  version: null,
  sizeLabel: null,
  quantizedBy: null,
  licence: null,
  licenceName: null,
  licenceLink: null,
  repository: null,
  baseModels: [],
};
