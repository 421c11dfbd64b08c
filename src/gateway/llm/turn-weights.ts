import { z } from "zod";
import type { Digest } from "#base";
import type { ServedModel } from "#vocabulary";

const digest = z.custom<Digest>((value) => typeof value === "string" && value.startsWith("sha256:"));

/** As entries of the ledger keep it (docs/formats/ledger.md, `weights`). */
const recorded = z.object({
  digest,
  manifest: digest.nullable(),
  proof: z.enum(["proven", "reported", "unproven"]),
  status: z.enum([
    "found",
    "proposed",
    "approved",
    "deprecated",
    "revoked",
    "unregistered",
    "expired",
    "changed",
  ]),
  risk: z.string().nullable(),
  licence: z.string().nullable(),
});

/** What answered a model call, by the JSON in its intent; null: only a name was known of it. */
export function weightsIn(text: string | null): ServedModel | null {
  const read = text === null ? null : recorded.safeParse(JSON.parse(text));
  return read?.success === true ? { ...read.data, isTelling: true, why: null } : null;
}
