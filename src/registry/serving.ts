import { Fault } from "#base";
import type { ModelIdentity, ModelStatus, ServedModel } from "#vocabulary";
import { isExpired, type RegisteredModel, type Service } from "./model.ts";

/** What is asked for, by the names it has where it goes. */
export interface Asked {
  readonly upstream: string;
  /** As the upstream names it. */
  readonly model: string;
}

/** What the register has of it. */
export interface Known {
  /** The model of that digest; null: none. */
  readonly model: RegisteredModel | null;
  /** The digests that people ever approved under this very name. */
  readonly bound: readonly string[];
  /** Whether a name of the model's approval is this very name, as its upstream compares names. */
  readonly isThis: (service: Service) => boolean;
}

/** What becomes of models that nobody approved, and of those of which only a name is known. */
export interface ServingRules {
  readonly unapproved: "serve" | "refuse";
  readonly unproven: "serve" | "refuse";
}

export const SERVING_DEFAULTS: ServingRules = { unapproved: "serve", unproven: "serve" };

/** The model that would answer, as the register sees it at this moment. */
export function served(identity: ModelIdentity, known: Known, now: number): ServedModel {
  const { model } = known;
  const { risk = null, licence = null } = model?.terms ?? {};
  return { ...identity, status: statusOf(identity, known, now), risk, licence };
}

function statusOf(identity: ModelIdentity, known: Known, now: number): ModelStatus {
  const { model, bound } = known;
  const { digest } = identity;
  // INVARIANT: what is revoked stays so, whatever it is called now.
  if (model?.stage === "revoked") return "revoked";
  const isOther = bound.length > 0 && digest !== null && !bound.includes(digest);
  if (isOther) return "changed";
  if (model === null) return "unregistered";
  if (model.stage === "found" || model.stage === "proposed") return model.stage;
  if (!isAsApproved(model, identity, known)) return "changed";
  return isExpired(model, now) ? "expired" : model.stage;
}

/**
 * T24: the approval is for the weights with what is around them under each of its names; under another the same weights may
 * have another template. Approved under no name, they serve where nothing is told to be around them.
 */
function isAsApproved(
  { terms }: RegisteredModel,
  { manifest }: ModelIdentity,
  { isThis }: Pick<Known, "isThis">,
): boolean {
  const approved = terms?.services ?? [];
  if (approved.length === 0) return manifest === null;
  return approved.some((service) => isThis(service) && service.manifest === manifest);
}

/** Why it may not serve now, and whether that holds for agents too that are only observed; null: policy decides. */
export interface Objection {
  readonly fault: Fault;
  readonly isFloor: boolean;
}

/**
 * What the register itself says, before any policy. What a person took back is refused in every stage, and what may be that;
 * the rest is refused where agents are held to the rules, and on record as such where they are only observed.
 */
export function objectionTo(
  asked: Asked,
  model: ServedModel,
  { isBound, rules }: { readonly isBound: boolean; readonly rules: ServingRules },
): Objection | null {
  const name = `${asked.upstream}/${asked.model}`;
  if (model.status === "revoked")
    return { fault: modelRevoked(`${name} (${model.digest ?? "no digest"})`), isFloor: true };
  if (model.isPending === true) return { fault: modelPending(name), isFloor: true };
  const fault = doubtOf(name, model, { isBound, rules });
  return fault === null ? null : { fault, isFloor: false };
}

function doubtOf(
  name: string,
  model: ServedModel,
  { isBound, rules }: { readonly isBound: boolean; readonly rules: ServingRules },
): Fault | null {
  if (model.status === "changed") return modelChanged(name, model);
  if (model.status === "expired") return modelExpired(name, model);
  if (model.digest === null) {
    // A runtime that says what it serves and does not now, hides that it was swapped.
    const isHiding = isBound && model.isTelling;
    return isHiding || rules.unproven === "refuse" ? modelUnproven(name, model) : null;
  }
  const isOpen = model.status === "approved" || model.status === "deprecated" || rules.unapproved === "serve";
  return isOpen ? null : modelUnapproved(name, model);
}

export function modelRevoked(name: string): Fault {
  return new Fault(
    "model_revoked",
    `the model ${name} was revoked`,
    "Use another model: `doorward models registered --status approved`. It comes back only by a new proposal that people approve.",
  );
}

function modelPending(name: string): Fault {
  return new Fault(
    "model_pending",
    `what the model ${name} is is not known yet: its file changed or is new here, and is being hashed`,
    "Call again in a moment. A large file takes minutes; one that is written to again and again is never known.",
  );
}

function modelChanged(name: string, { digest, manifest }: ServedModel): Fault {
  const around = manifest === null ? "" : `, with the manifest ${manifest}`;
  return new Fault(
    "model_changed",
    `${name} is not what was approved under this name: it is ${digest ?? "unknown"}${around} now`,
    "Put the approved one back, or propose what is there now: `doorward models propose DIGEST --services NAME`; `doorward models get DIGEST` shows both.",
  );
}

function modelExpired(name: string, { digest }: ServedModel): Fault {
  return new Fault(
    "model_expired",
    `the approval of the model ${name} (${digest ?? "no digest"}) has expired`,
    "Its owner proposes it again: `doorward models propose DIGEST`.",
  );
}

function modelUnapproved(name: string, { digest, status }: ServedModel): Fault {
  return new Fault(
    "model_unapproved",
    `the model ${name} (${digest ?? "no digest"}) is ${status}, and only approved ones serve here`,
    "Use an approved one, or have this one approved: `doorward models propose DIGEST`, then `doorward models approve DIGEST --proposal DIGEST`.",
  );
}

function modelUnproven(name: string, { why }: ServedModel): Fault {
  return new Fault(
    "model_unproven",
    `nothing but its name is known of the model ${name}${why === null ? "" : `: ${why}`}`,
    "Serve it by a runtime that says what it loads (Ollama, or llama.cpp on this machine), or let unproven ones serve with the setting `models.unproven`.",
  );
}
