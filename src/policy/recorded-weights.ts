import { z } from "zod";
import type { Digest } from "#base";
import type { ModelProof, ModelStatus, ServedModel } from "#vocabulary";

export const MODEL_STATUSES = [
  "unregistered",
  "found",
  "proposed",
  "approved",
  "expired",
  "deprecated",
  "revoked",
  "changed",
] as const satisfies readonly ModelStatus[];
export const MODEL_PROOFS = ["proven", "reported", "unproven"] as const satisfies readonly ModelProof[];

const digest = z.custom<Digest>((value) => typeof value === "string" && value.startsWith("sha256:"));

const RECORDED = z.object({
  digest: digest.nullable(),
  manifest: digest.nullable(),
  proof: z.enum(MODEL_PROOFS),
  status: z.enum(MODEL_STATUSES),
  risk: z.string().nullable(),
  licence: z.string().nullable(),
});

/** What answered a model call, as its entry keeps it (docs/formats/ledger.md, `weights`); null: nobody looked, or it is none. */
export function recordedWeights(value: unknown): ServedModel | null {
  const read = RECORDED.safeParse(value);
  return read.success ? { ...read.data, isTelling: true, why: null } : null;
}
