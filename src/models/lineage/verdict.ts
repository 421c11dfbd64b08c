/** What a model is to another. `unknown` where too little was read, or what was read decides nothing. */
export type Relation =
  | "same"
  | "fine-tune"
  | "quantisation"
  | "pruned"
  | "merge"
  | "adapter"
  | "unrelated"
  | "unknown";

/** How well it is known. Equal shape, name or tokenizer alone is never more than said. */
export type Rung = "declared" | "inferred" | "proven";

export type Method =
  | "digest"
  | "metadata"
  | "shape"
  | "tokenizer"
  | "family"
  | "norm-digests"
  | "norm-ranks"
  | "embedding-signs"
  | "matrix-signs"
  | "embedding-angles"
  | "values"
  | "layers"
  | "mixture";

export interface Ground {
  readonly method: Method;
  /** A sentence, of our own words and of names that are escaped. */
  readonly says: string;
  readonly score: number | null;
  readonly threshold: number | null;
  /** At most this often do two independently trained models score so high; null where there is no such bound. */
  readonly chance: number | null;
  readonly speaks: "for" | "against" | "neither";
}

export interface Lineage {
  readonly relation: Relation;
  /** Null for `unknown`. */
  readonly rung: Rung | null;
  /** What decided; null for `unknown`. */
  readonly method: Method | null;
  readonly score: number | null;
  readonly threshold: number | null;
  readonly chance: number | null;
  /** `of-base` where only this way round makes sense; weights alone do not tell which of two came first. */
  readonly direction: "of-base" | "not-told" | null;
  readonly grounds: readonly Ground[];
  /** What would speak against it, for whoever doubts it. */
  readonly contradictedBy: string;
  readonly unread: readonly string[];
}

/** Four tests are made of each pair, so each may be right by chance a quarter as often. */
export const TESTS = 4;
/** At most this often is an independent pair called proven. */
export const CHANCE_MAX = 1e-6;
/** Signs agree by chance in half of the places: what is statistically sure and still this small may have another cause. */
export const SIGNS_LEAST = 0.55;
export const RANKS_LEAST = 0.6;
/** Half of the norms that say something. */
export const NORMS_LEAST = 0.5;
/** Angles between embeddings follow from language too: two models of one tokenizer have them in common to some degree. */
export const ANGLES_LEAST = 0.9;
export const ANGLES_NONE = 0.6;
/** A pair that scores as independent ones do at least this often is called unrelated. */
export const CHANCE_UNRELATED = 1e-3;
