import { z } from "zod";
import { missingYeses, type Parties } from "#approvals";
import {
  EVIDENCE_KINDS,
  isExpired,
  type RegisteredModel,
  RISK_CLASSES,
  type Service,
  type Terms,
} from "#registry";
import type { ModelProof } from "#vocabulary";
import { peopleNow } from "./approval-parties.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { shownTerms, waitingDigest } from "./registry-rows.ts";

const serviceShape = z.object({
  name: z.string().describe("UPSTREAM/MODEL"),
  manifest: z
    .string()
    .nullable()
    .describe("Digest of what is around the weights: adapters, template, system text, parameters"),
});

const evidenceShape = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  verdict: z.enum(["ok", "bad", "unknown"]),
  digest: z.string().describe("Of the report"),
  summary: z.string(),
});

const termsShape = z.object({
  owner: z.string().describe("Name of the user who answers for it"),
  purpose: z.string(),
  risk: z.enum(RISK_CLASSES),
  licence: z.string().nullable(),
  services: z.array(serviceShape),
  evidence: z.array(evidenceShape),
  validDays: z.int(),
});

export const STATUSES = ["found", "proposed", "approved", "expired", "deprecated", "revoked"] as const;

export const registeredShape = z.object({
  digest: z.string().describe("Of the weights: of one file its SHA-256, of several that of their list"),
  name: z.string(),
  format: z.string().nullable(),
  status: z.enum(STATUSES),
  proof: z
    .enum(["proven", "reported", "unproven"])
    .describe("Of what answers under its names now: hashed here, a runtime's word, or a name alone"),
  owner: z.string().nullable().describe("Name of the user who answers for it; null: nobody yet"),
  risk: z.enum(RISK_CLASSES).nullable(),
  licence: z.string().nullable(),
  services: z.array(z.string()).describe("UPSTREAM/MODEL: where it is approved to answer"),
  waits: z.boolean().describe("A proposal of it waits for people"),
  approvedAt: time.nullable(),
  expiresAt: time.nullable(),
  foundAt: time,
});

export const modelShape = registeredShape.extend({
  purpose: z.string().nullable(),
  reason: z.string().nullable().describe("Why it was deprecated or revoked"),
  terms: termsShape.nullable().describe("In force, or last asked for; null: nobody proposed it yet"),
  serving: z
    .array(
      z.object({
        name: z.string(),
        proof: z.enum(["proven", "reported", "unproven"]),
        digest: z.string().nullable(),
        manifest: z.string().nullable(),
        same: z.boolean().describe("What answers there now is what was asked for"),
        why: z.string().nullable().describe("Why it is not known better"),
      }),
    )
    .describe("What answers under its names at this moment"),
  places: z
    .array(z.object({ host: z.string(), path: z.string(), size: z.number(), at: time }))
    .describe("Where its files were seen"),
  proposal: z
    .object({
      digest: z.string().describe("Of the model and these terms: what a yes is for"),
      by: z.string().describe("Name of the user who proposed it"),
      at: time,
      until: time,
      outcome: z.enum(["waiting", "approved", "denied", "withdrawn"]),
      groups: z.array(z.string()).describe("Each must say yes: a group, how many of it, and who not"),
      missing: z.array(z.string()),
      terms: termsShape,
      decisions: z.array(
        z.object({
          by: z.string(),
          answer: z.string(),
          at: time,
          via: z.string(),
          note: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
});

type Names = ReadonlyMap<string, string>;
type Of = Pick<ReadContext, "models" | "ambient" | "store">;

/** Names of users by id: a register has few owners. */
export async function namesOf({ store }: Pick<ReadContext, "store">): Promise<Names> {
  const rows = await store.query.selectFrom("users").select(["id", "name"]).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function registeredView(
  context: Of,
  model: RegisteredModel,
  names: Names,
): Promise<z.input<typeof registeredShape>> {
  const { stage } = model;
  const terms = shownTerms(model);
  return {
    digest: model.digest,
    name: model.name,
    format: model.format,
    status: isExpired(model, context.ambient.now()) ? "expired" : stage,
    proof: proofAmong((await servingOf(context, model)).filter(({ same }) => same)),
    owner: terms === null ? null : nameIn(names, terms.owner),
    risk: terms?.risk ?? null,
    licence: terms?.licence ?? null,
    services: (terms?.services ?? []).map(serviceName),
    waits: isWaitingNow(context, model),
    approvedAt: isoTime(model.approvedAt),
    expiresAt: isoTime(model.expiresAt),
    foundAt: isoTime(model.foundAt),
  };
}

export async function modelView(context: Of, model: RegisteredModel): Promise<z.input<typeof modelShape>> {
  const names = await namesOf(context);
  const terms = shownTerms(model);
  return {
    ...(await registeredView(context, model, names)),
    purpose: terms?.purpose ?? null,
    reason: model.reason,
    terms: terms === null ? null : termsView(terms, names),
    serving: await servingOf(context, model),
    places: model.places.map((place) => ({ ...place, at: isoTime(place.at) })),
    proposal: await proposalView(context, model, names),
  };
}

async function proposalView(context: Of, model: RegisteredModel, names: Names) {
  const { proposal } = model;
  if (proposal === null) return null;
  const { by, at, until, outcome, groups, terms, decisions } = proposal;
  const isOpen = isWaitingNow(context, model);
  return {
    digest: waitingDigest(model) ?? "",
    by: nameIn(names, by),
    at: isoTime(at),
    until: isoTime(until),
    outcome,
    groups: [...groups],
    missing: isOpen ? await missingNow(context, model) : [],
    terms: termsView(terms, names),
    decisions: decisions.map((one) => ({
      by: nameIn(names, one.by),
      answer: one.answer,
      at: isoTime(one.at),
      via: one.via,
      note: one.note,
    })),
  };
}

async function missingNow({ store, ambient }: Of, { proposal }: RegisteredModel): Promise<string[]> {
  if (proposal === null) return [];
  const now = ambient.now();
  const people = await peopleNow(store.query, now);
  const parties: Parties = { ...people, owners: [proposal.terms.owner], requesters: [proposal.by] };
  const counted = { ...proposal, escalation: [], glass: [], requestedAt: proposal.at };
  return [...missingYeses(counted, parties, now)];
}

function isWaitingNow({ ambient }: Pick<Of, "ambient">, { proposal }: RegisteredModel): boolean {
  return proposal?.outcome === "waiting" && ambient.now() < proposal.until;
}

function termsView(terms: Terms, names: Names): z.input<typeof termsShape> {
  return {
    ...terms,
    owner: nameIn(names, terms.owner),
    services: terms.services.map((one) => ({ name: serviceName(one), manifest: one.manifest })),
    evidence: [...terms.evidence],
  };
}

async function servingOf({ models }: Pick<Of, "models">, model: RegisteredModel) {
  const { digest } = model;
  return Promise.all(
    (shownTerms(model)?.services ?? []).map(async (service) => {
      const told = await models.identity(service);
      const same = told.digest === digest && told.manifest === service.manifest;
      const { proof, manifest, why } = told;
      return { name: serviceName(service), proof, digest: told.digest, manifest, same, why };
    }),
  );
}

const BEST: readonly ModelProof[] = ["proven", "reported"];

function proofAmong(serving: readonly { readonly proof: ModelProof }[]): ModelProof {
  return BEST.find((proof) => serving.some((one) => one.proof === proof)) ?? "unproven";
}

export function serviceName({ upstream, model }: Pick<Service, "upstream" | "model">): string {
  return `${upstream}/${model}`;
}

function nameIn(names: Names, id: string): string {
  return names.get(id) ?? id;
}
