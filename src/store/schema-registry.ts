/** Rows of the models that the organisation knows. Keep in step with `migrations.table.ts`. */
export interface RegistryTables {
  readonly registered_models: {
    /** `sha256:` of the weights: of one file its own, of several that of their list. */
    digest: string;
    /** For people; two may have the same. */
    name: string;
    format: string | null;
    /** `found`, `proposed`, `approved`, `deprecated`, `revoked`. */
    stage: string;
    /** Canonical JSON of what is in force; null until the first approval. */
    terms: string | null;
    /** Canonical JSON of the last proposal, with its answers. */
    proposal: string | null;
    /** Canonical JSON: where files of it were seen last. */
    places: string;
    approved_at: number | null;
    expires_at: number | null;
    /** Why it was deprecated or revoked. */
    reason: string | null;
    found_at: number;
    /** Counts changes, for compare-and-set. */
    revision: number;
  };
  /** The names under which models were approved: what answers under one and is none of them, was changed. */
  readonly model_services: {
    upstream: string;
    model: string;
    digest: string;
  };
}
