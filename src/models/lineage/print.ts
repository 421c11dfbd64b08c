import type { Digest } from "#base";
import type { ModelFacts } from "../identify/facts.ts";
import type { TokenizerPrint } from "./tokenizer.ts";
import type { NormRole, Role } from "./weights/roles.table.ts";

/** A norm's vector: what is kept of it. */
export interface NormPrint {
  readonly role: NormRole;
  readonly layer: number | null;
  readonly width: number;
  /** 16 hex digits over all values, rounded to bfloat16, in their order; null where they say too little: constant, or few values. */
  readonly ordered: string | null;
  /** The same over the sorted values: channels in another order have the same. */
  readonly sorted: string | null;
  /** At the first 24 of the channels; NaN where there was no number. */
  readonly values: readonly number[];
}

/** Some channels of one row of the embedding or of a matrix. */
export interface RowPrint {
  readonly role: Role;
  readonly layer: number | null;
  readonly row: number;
  /** As its numbers were stored. */
  readonly type: string;
  /** -1, 0 or 1 at each of the channels; NaN where there was no number. */
  readonly signs: readonly number[];
  /** At the first 16 of the channels, as binary16 holds them; NaN where there was no number. */
  readonly values: readonly number[];
}

export interface Dimensions {
  /** Of the residual stream. */
  readonly width: number | null;
  readonly layers: number | null;
  readonly vocabulary: number | null;
  readonly feedForward: number | null;
  /** Rows of the values' projection. */
  readonly keyValue: number | null;
}

/** What is kept of a model to compare it with others, without its weights. docs/formats/models.md, "Lineage fingerprint". */
export interface Fingerprint {
  readonly container: "gguf" | "safetensors" | "reference";
  readonly kind: ModelFacts["kind"];
  readonly architecture: string | null;
  /** The type that most elements have. */
  readonly type: string | null;
  readonly dimensions: Dimensions;
  /** SHA-256 of the model's one file, where it was hashed. */
  readonly digest: Digest | null;
  /** Over roles, layers and shapes; null without tensors. */
  readonly shape: Digest | null;
  readonly tokenizer: TokenizerPrint | null;
  readonly declared: { readonly name: string | null; readonly bases: readonly string[] };
  readonly norms: readonly NormPrint[];
  readonly rows: readonly RowPrint[];
  /** Cosines between the embeddings of the picked tokens, in 1/127: the first with the second, the first with the third ... */
  readonly cosines: { readonly tokens: readonly number[]; readonly values: readonly number[] };
  /** What could not be read, in words. */
  readonly unread: readonly string[];
}
