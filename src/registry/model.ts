import { type Digest, digestOf } from "#base";
import type { ApprovalId, Decision, ModelStage, UserId } from "#vocabulary";

/** How much harm a wrong choice of this model can do, as its owner says and the approvers see. */
export type RiskClass = (typeof RISK_CLASSES)[number];
export const RISK_CLASSES = ["low", "medium", "high"] as const;

/** What kind of look was taken at a model. */
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
export const EVIDENCE_KINDS = ["scan", "licence", "lineage", "signature", "evaluation"] as const;

/** What somebody found out about a model: the report by its digest, and what it comes to. */
export type Evidence = {
  readonly kind: EvidenceKind;
  /** Of the report's bytes. */
  readonly digest: Digest;
  /** `ok`, `bad`, or `unknown`, which is never taken for `ok`. */
  readonly verdict: "ok" | "bad" | "unknown";
  readonly summary: string;
};

/** A name that the model answers to, with what is around its weights there. */
export type Service = {
  readonly upstream: string;
  /** As the upstream names it. */
  readonly model: string;
  /** See `ModelIdentity.manifest`; null: nothing told it when it was proposed. */
  readonly manifest: Digest | null;
};

/** A file of it somewhere. */
export type Place = {
  readonly host: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
};

/** What is asked of the approvers: exactly this, and nothing that was added later. */
export type Terms = {
  readonly owner: UserId;
  readonly purpose: string;
  readonly risk: RiskClass;
  readonly licence: string | null;
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
  /** For how long it is approved, from the last yes on. */
  readonly validDays: number;
};

export type Proposal = {
  readonly id: ApprovalId;
  readonly terms: Terms;
  readonly by: UserId;
  readonly at: number;
  /** Until when it can be answered. */
  readonly until: number;
  /** Lines as `@hold` of a policy writes them: each must say yes. */
  readonly groups: readonly string[];
  readonly decisions: readonly Decision[];
  /** `withdrawn`: the model was deprecated or revoked, or proposed anew, while it waited. */
  readonly outcome: "waiting" | "approved" | "denied" | "withdrawn";
};

/** A model that the organisation knows. Of found ones `terms` is null: nobody answers for them yet. */
export interface RegisteredModel {
  readonly digest: Digest;
  /** For people; two models may have the same. */
  readonly name: string;
  readonly format: string | null;
  readonly stage: ModelStage;
  /** In force: those of the last approval, or of the first proposal. */
  readonly terms: Terms | null;
  /** The last one, whether it waits for answers or is over. */
  readonly proposal: Proposal | null;
  readonly places: readonly Place[];
  readonly approvedAt: number | null;
  /** When its approval ends; milliseconds since the Unix epoch. */
  readonly expiresAt: number | null;
  /** Why it was deprecated or revoked. */
  readonly reason: string | null;
  readonly foundAt: number;
}

/** Of the terms and the model together: a yes counts for these alone. */
export function proposalDigest(model: Digest, terms: Terms): Digest {
  return digestOf({ model, terms });
}

export function isExpired({ stage, expiresAt }: RegisteredModel, now: number): boolean {
  return stage === "approved" && expiresAt !== null && now >= expiresAt;
}
