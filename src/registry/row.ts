import { z } from "zod";
import { canonicalJson } from "#base";
import type { ApprovalId, ModelStage, UserId } from "#vocabulary";
import { EVIDENCE_KINDS, RISK_CLASSES, type RegisteredModel } from "./model.ts";

/** How people and programs write a whole digest: no beginning of one, and no other spelling, names a model. */
export const modelDigestText = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)]);

const digest = modelDigestText;
const user = z.custom<UserId>((value) => typeof value === "string" && value !== "");

const terms = z.object({
  owner: user,
  purpose: z.string(),
  risk: z.enum(RISK_CLASSES),
  licence: z.string().nullable(),
  services: z.array(z.object({ upstream: z.string(), model: z.string(), manifest: digest.nullable() })),
  evidence: z.array(
    z.object({
      kind: z.enum(EVIDENCE_KINDS),
      digest,
      verdict: z.enum(["ok", "bad", "unknown"]),
      summary: z.string(),
    }),
  ),
  validDays: z.number(),
});

const decision = z.object({
  by: user,
  answer: z.enum(["approve", "deny"]),
  at: z.number(),
  via: z.string(),
  note: z.string().nullable(),
  standsInFor: z.array(user),
  from: z.null(),
});

const proposalId = z.custom<ApprovalId>((value) => typeof value === "string" && value !== "");
export const proposalIdOf = (text: string): ApprovalId => proposalId.parse(text);

const proposal = z.object({
  id: proposalId,
  terms,
  by: user,
  at: z.number(),
  until: z.number(),
  groups: z.array(z.string()),
  decisions: z.array(decision),
  outcome: z.enum(["waiting", "approved", "denied", "withdrawn"]),
});

const place = z.object({ host: z.string(), path: z.string(), size: z.number(), at: z.number() });

/** A row of `registered_models`, as the store gives it. */
export const registeredRow = z.object({
  digest,
  name: z.string(),
  format: z.string().nullable(),
  stage: z.enum(["found", "proposed", "approved", "deprecated", "revoked"]) satisfies z.ZodType<ModelStage>,
  terms: z.string().nullable(),
  proposal: z.string().nullable(),
  places: z.string(),
  approved_at: z.number().nullable(),
  expires_at: z.number().nullable(),
  reason: z.string().nullable(),
  found_at: z.number(),
});

export type RegisteredRow = z.input<typeof registeredRow>;

/** Throws ZodError where the row is damaged: nothing serves on what cannot be read. */
export function modelOfRow(row: unknown): RegisteredModel {
  const read = registeredRow.parse(row);
  const { stage, approved_at: approvedAt, expires_at: expiresAt, found_at: foundAt, ...rest } = read;
  return {
    ...rest,
    stage,
    terms: read.terms === null ? null : terms.parse(JSON.parse(read.terms)),
    proposal: read.proposal === null ? null : proposal.parse(JSON.parse(read.proposal)),
    places: z.array(place).parse(JSON.parse(read.places)),
    approvedAt,
    expiresAt,
    foundAt,
  };
}

export function rowOfModel(model: RegisteredModel): RegisteredRow {
  const { terms: inForce, proposal: asked, places, approvedAt, expiresAt, foundAt } = model;
  const { digest: of, name, format, stage, reason } = model;
  return {
    digest: of,
    name,
    format,
    stage,
    reason,
    terms: inForce === null ? null : canonicalJson(inForce),
    proposal: asked === null ? null : canonicalJson({ ...asked, decisions: asked.decisions.map(plain) }),
    places: canonicalJson(places),
    approved_at: approvedAt,
    expires_at: expiresAt,
    found_at: foundAt,
  };
}

/** A register takes no answers through channels: where one came from is the face alone. */
function plain({
  from: _from,
  standsInFor,
  ...rest
}: NonNullable<RegisteredModel["proposal"]>["decisions"][number]) {
  return { ...rest, standsInFor: [...standsInFor], from: null };
}
