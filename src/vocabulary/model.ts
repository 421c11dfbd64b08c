import type { Digest } from "#base";

/**
 * What stands behind a model's digest (T24). `proven`: Doorward hashed the files since their last change, and saw them mapped
 * by whoever answers. `reported`: the runtime's word, or a sensor's. `unproven`: only a name is known.
 */
export type ModelProof = "proven" | "reported" | "unproven";

/** What the weights that would answer are, as far as can be known now. */
export interface ModelIdentity {
  /** Of the weights; null: only a name is known. */
  readonly digest: Digest | null;
  /** Of what is served around the weights: adapters, template, system text, parameters. Null: it is not told. */
  readonly manifest: Digest | null;
  readonly proof: ModelProof;
  /** Whether runtimes of its kind say what they serve: of one that should and does not, nothing is assumed. */
  readonly isTelling: boolean;
  /** Why it is not known better; null where nothing is missing. */
  readonly why: string | null;
  /** Its file could be hashed here and is not yet, or changed since: it may be any model, a revoked one too. */
  readonly isPending?: boolean;
}

/** Where a registered model is in its life. */
export type ModelStage = "found" | "proposed" | "approved" | "deprecated" | "revoked";

/**
 * How the register sees the model that would answer. `unregistered`: it knows no such digest. `expired`: approved, until a
 * time that is over. `changed`: the name was approved as another model, or with other things around its weights.
 */
export type ModelStatus = ModelStage | "unregistered" | "expired" | "changed";

/** What policy and the ledger see of the model that would answer. */
export interface ServedModel extends ModelIdentity {
  readonly status: ModelStatus;
  /** Null where the register does not say. */
  readonly risk: string | null;
  readonly licence: string | null;
}
