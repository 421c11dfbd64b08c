import { type ApprovalRefusal, decideOn, type Parties, request, type Saying } from "#approvals";
import { type Digest, Fault } from "#base";
import type { Approval, ApprovalId, ModelStage, UserId } from "#vocabulary";
import { type Place, type Proposal, proposalDigest, type RegisteredModel, type Terms } from "./model.ts";

/** How long a proposal waits for its answers. */
export const PROPOSAL_MS = 30 * 86_400_000;
/** Places of one model that are kept; the oldest give way. */
export const PLACES_MAX = 32;

const DAY_MS = 86_400_000;

/** From which stages a model comes to another without a proposal. `approved` it becomes by answers alone. */
const MOVES: Readonly<Record<"deprecated" | "revoked", readonly ModelStage[]>> = {
  deprecated: ["approved"],
  revoked: ["found", "proposed", "approved", "deprecated"],
};

export interface Found {
  readonly digest: Digest;
  readonly name: string;
  readonly format: string | null;
  readonly place: Place | null;
  readonly now: number;
}

/** What was seen, added to what is known. Nothing but the places of a known model changes by being seen. */
export function find(
  known: RegisteredModel | null,
  { digest, name, format, place, now }: Found,
): RegisteredModel {
  const before = known ?? {
    digest,
    name,
    format,
    stage: "found" as const,
    terms: null,
    proposal: null,
    places: [],
    approvedAt: null,
    expiresAt: null,
    reason: null,
    foundAt: now,
  };
  return place === null ? before : { ...before, places: placesWith(before.places, place) };
}

function placesWith(places: readonly Place[], place: Place): readonly Place[] {
  const others = places.filter(({ host, path }) => host !== place.host || path !== place.path);
  return [place, ...others].slice(0, PLACES_MAX);
}

export interface Proposing {
  readonly id: ApprovalId;
  readonly terms: Terms;
  readonly by: UserId;
  readonly now: number;
  /** Lines that must say yes. */
  readonly groups: readonly string[];
}

/**
 * The model as it is proposed, in place of a proposal that waits. One that was only found is `proposed` then; of any other
 * nothing changes until people said yes: what is approved serves on, and what is revoked stays so.
 */
export function propose(model: RegisteredModel, { id, terms, by, now, groups }: Proposing): RegisteredModel {
  const proposal: Proposal = {
    id,
    terms,
    by,
    at: now,
    until: now + PROPOSAL_MS,
    groups,
    decisions: [],
    outcome: "waiting",
  };
  return { ...model, stage: model.stage === "found" ? "proposed" : model.stage, proposal };
}

export interface Answered {
  readonly model: RegisteredModel;
  readonly came: "approved" | "denied" | "recorded";
  /** Lines that still owe a yes. */
  readonly missing: readonly string[];
}

/**
 * One person's answer to the proposal, counted as every approval is (`decideOn`). Throws `model_proposal_missing`, `model_proposal_over`, `model_answer_refused`.
 */
export function answer(model: RegisteredModel, saying: Saying, parties: Parties): Answered {
  const { proposal } = model;
  if (proposal === null || proposal.outcome !== "waiting") throw proposalMissing(model);
  if (saying.at >= proposal.until) throw proposalOver(model);
  const asked: Parties = { ...parties, owners: [proposal.terms.owner], requesters: [proposal.by] };
  const decided = decideOn(approvalFor(model, proposal), saying, asked, saying.at);
  if (decided.kind === "refused") throw answerRefused(model, proposal, decided);
  const next: Proposal = { ...proposal, decisions: decided.approval.decisions };
  if (decided.kind === "recorded")
    return { model: { ...model, proposal: next }, came: "recorded", missing: decided.missing };
  return decided.approval.status === "approved"
    ? { model: approved(model, next, saying.at), came: "approved", missing: [] }
    : { model: denied(model, next), came: "denied", missing: [] };
}

/** What the approval machinery counts: bound to the model's digest and the very terms. */
function approvalFor(model: RegisteredModel, proposal: Proposal): Approval {
  const bound = proposalDigest(model.digest, proposal.terms);
  const asked = request({
    id: proposal.id,
    binding: {
      action: bound,
      session: proposal.id,
      credential: proposal.id,
      chain: bound,
      agents: bound,
      tool: null,
      server: bound,
      labels: bound,
      policySet: bound,
      policies: [],
    },
    groups: proposal.groups,
    expiresAfterMs: proposal.until - proposal.at,
    now: proposal.at,
  });
  return { ...asked, decisions: proposal.decisions };
}

function approved(model: RegisteredModel, proposal: Proposal, now: number): RegisteredModel {
  return {
    ...model,
    stage: "approved",
    terms: proposal.terms,
    proposal: { ...proposal, outcome: "approved" },
    approvedAt: now,
    expiresAt: now + proposal.terms.validDays * DAY_MS,
    reason: null,
  };
}

/** A no to what was only proposed leaves it found; any other stays what it is. */
function denied(model: RegisteredModel, proposal: Proposal): RegisteredModel {
  const stage = model.stage === "proposed" ? "found" : model.stage;
  return { ...model, stage, proposal: { ...proposal, outcome: "denied" } };
}

/** It serves on, and policy sees that it is on its way out. Throws `model_move_refused`. */
export function deprecate(model: RegisteredModel, reason: string): RegisteredModel {
  return moved(model, "deprecated", reason);
}

/** It serves nobody from now on, in any stage of any agent. Throws `model_move_refused`. */
export function revoke(model: RegisteredModel, reason: string): RegisteredModel {
  return moved(model, "revoked", reason);
}

/** A proposal that waits was made of a model that nobody had doubts of: it is over. */
function moved(model: RegisteredModel, to: "deprecated" | "revoked", reason: string): RegisteredModel {
  demandMove(model, to);
  const { proposal } = model;
  const isOpen = proposal?.outcome === "waiting";
  const ended = isOpen ? { ...proposal, outcome: "withdrawn" as const } : proposal;
  return { ...model, stage: to, reason, proposal: ended };
}

function demandMove({ stage, name }: RegisteredModel, to: "deprecated" | "revoked"): void {
  if (MOVES[to].includes(stage)) return;
  throw new Fault(
    "model_move_refused",
    `the model ${JSON.stringify(name)} is ${stage}, and cannot become ${to} from there`,
    "Models go from found to proposed, approved, deprecated, revoked: see `doorward models get DIGEST`, and propose it again where it should serve.",
  );
}

function proposalMissing({ name, stage }: RegisteredModel): Fault {
  return new Fault(
    "model_proposal_missing",
    `nothing is proposed of the model ${JSON.stringify(name)} (it is ${stage})`,
    "Somebody proposes it first: `doorward models propose DIGEST`.",
  );
}

function proposalOver({ name }: RegisteredModel): Fault {
  return new Fault(
    "model_proposal_over",
    `the proposal of the model ${JSON.stringify(name)} waited too long and takes no more answers`,
    "Propose it again: `doorward models propose DIGEST`.",
  );
}

/** In the words of the register: the machinery's own speak of calls. */
function answerRefused({ name }: RegisteredModel, { groups }: Proposal, { code }: ApprovalRefusal): Fault {
  const why: Partial<Record<ApprovalRefusal["code"], string>> = {
    approval_repeated: "you gave this answer already",
    approver_is_owner: "it asks for other eyes than those of the model's owner",
    approver_is_requester: "you proposed it, and it asks for other eyes than yours",
    approver_not_eligible: "you are not among those it asks",
  };
  return new Fault(
    "model_answer_refused",
    `your answer to the proposal of ${JSON.stringify(name)} does not count: ${why[code] ?? code}`,
    `It asks for a yes from ${groups.join(" and ")}; a member of these answers it.`,
  );
}
