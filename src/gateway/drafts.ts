import { type Ambient, canonicalJson, type Json, type JsonObject } from "#base";
import { commit, type EntryDraft, type EntryKind, type PayloadDraft } from "#ledger";
import type { BudgetFacts } from "#policy";
import type { Action, Escalation, FlowFacts, Hold, Refusal, ServedModel, Verdict } from "#vocabulary";
import type { GrantUse } from "./grants.ts";
import type { Attempt } from "./outside.ts";
import { budgetFacts } from "./budget-facts.ts";

const SALT_BYTES = 32;

export type OutcomeStatus = "ok" | "error" | "not-sent" | "unknown";

/** Makes the road's ledger entries. Bodies hold ids, names an admin gave, and salted commitments: no argument, no result. */
export interface Drafts {
  /** `restricted`: arguments of what is held whose content not everybody may read. */
  readonly verdict: (attempt: Attempt, verdict: Refusal | Hold, restricted?: readonly string[]) => EntryDraft;
  readonly intent: (attempt: Attempt, decided: Decided) => EntryDraft;
  readonly outcome: (
    attempt: Attempt,
    end: { status: OutcomeStatus; startedAt: number; result: Json; facts: JsonObject },
  ) => EntryDraft;
  /** A call that the model asked for and that another door of ours decides. */
  readonly proposal: (attempt: Attempt) => EntryDraft;
  readonly requested: (attempt: Attempt, hold: Hold, request: Requested) => EntryDraft;
  readonly ended: (
    attempt: Attempt,
    kind: "approval.expired" | "approval.withdrawn",
    body: JsonObject,
  ) => EntryDraft;
}

export interface Decided {
  readonly verdict: Verdict;
  /** What policy would have done to an agent that is only observed; null when the verdict is what happened. */
  readonly observed: Refusal | Hold | null;
  readonly approval: string | null;
  /** The grant that lets through what would be held; its `writes` go along with the intent. */
  readonly grant?: GrantUse;
  /** How the budgets stood when it was decided: what a policy saw of them. Reserving for it has changed that since. */
  readonly budget?: BudgetFacts;
}

export interface Requested {
  readonly id: string;
  readonly expiresAt: number;
}

export function createDrafts(ambient: Ambient, payloadBytesMax: number): Drafts {
  const keep: Keep = (attempt, name, text) =>
    kept(attempt, { name, text, salt: ambient.random(SALT_BYTES), bytesMax: payloadBytesMax });
  // What the agent was told may quote what it asked for: it is kept as that is, and not in the entry.
  const whyOf = (attempt: Attempt, { reason, remedy }: Refusal | Hold): Kept =>
    keep(attempt, "why", canonicalJson({ reason, remedy }));
  const draft = drafter(ambient);
  return {
    verdict: (attempt, verdict, restricted = []) => {
      const { commitment, payloads } = keep(attempt, "action", attempt.text);
      // Names of arguments may be the agent's words.
      const closed =
        restricted.length === 0 ? null : keep(attempt, "restricted", canonicalJson([...restricted]));
      const why = whyOf(attempt, verdict);
      const doubts = doubtsOf(attempt, keep);
      const standing = attempt.standing?.();
      const budget = budgetOf(attempt, standing === undefined ? undefined : budgetFacts(standing));
      const body = {
        ...decision(verdict),
        action: commitment,
        why: why.commitment,
        ...doubts?.said,
        ...(closed === null ? {} : { restricted: closed.commitment }),
        ...budget,
      };
      const beside = [...(doubts?.payloads ?? []), ...(closed?.payloads ?? [])];
      return draft("verdict", attempt, body, [...payloads, ...why.payloads, ...beside]);
    },
    intent: (attempt, { verdict, approval, grant, observed, budget }) => {
      const { commitment, payloads } = keep(attempt, "action", attempt.text);
      const doubts = doubtsOf(attempt, keep);
      const would = observed === null ? null : { said: decision(observed), why: whyOf(attempt, observed) };
      return draft(
        "intent",
        attempt,
        {
          ...decision(verdict),
          action: commitment,
          approval,
          ...(grant === undefined ? {} : { grant: grant.id }),
          observed: would === null ? null : { ...would.said, why: would.why.commitment },
          ...doubts?.said,
          ...budgetOf(attempt, budget),
        },
        [...payloads, ...(would?.why.payloads ?? []), ...(doubts?.payloads ?? [])],
      );
    },
    outcome: (attempt, end) => {
      const { commitment, payloads } = keep(attempt, "result", canonicalJson(end.result));
      const durationMs = Math.max(0, Math.round(ambient.monotonic() - end.startedAt));
      const body = { ...end.facts, status: end.status, durationMs, result: commitment };
      return draft("outcome", attempt, body, payloads);
    },
    proposal: (attempt) => {
      const { commitment, payloads } = keep(attempt, "action", attempt.text);
      return draft("proposal", attempt, { action: commitment }, payloads);
    },
    requested: (attempt, hold, request) => draft("approval.requested", attempt, requested(hold, request)),
    ended: (attempt, kind, body) => draft(kind, attempt, body),
  };
}

function drafter({ now }: Ambient) {
  return (
    kind: EntryKind,
    attempt: Attempt,
    body: JsonObject,
    payloads: readonly PayloadDraft[] = [],
  ): EntryDraft => ({
    kind,
    subject: attempt.id,
    at: now(),
    body: { ...whoAndWhat(attempt), ...body },
    payloads,
  });
}

type Keep = (attempt: Attempt, name: string, text: string) => Kept;

/** What a policy saw of the budgets: zeros where none counts it. Of actions that budgets do not count, nothing. */
function budgetOf({ action }: Attempt, budget: BudgetFacts | undefined): JsonObject {
  if (!action.verb.startsWith("models/")) return {};
  const { exceeded, usedPercent } = budget ?? { exceeded: [], usedPercent: 0 };
  return { budget: { exceeded: [...exceeded], usedPercent } };
}

interface Doubts {
  readonly said: JsonObject;
  readonly payloads: readonly PayloadDraft[];
}

/** They quote the values that nothing grounds: whoever may read the arguments sees them, and the ledger does not. */
function doubtsOf(attempt: Attempt, keep: Keep): Doubts | null {
  const doubts = attempt.flow?.doubts ?? [];
  if (doubts.length === 0) return null;
  const text = canonicalJson(doubts.map((doubt) => ({ ...doubt, seenIn: [...doubt.seenIn] })));
  const { commitment, payloads } = keep(attempt, "doubts", text);
  return { said: { doubts: commitment }, payloads };
}

function requested(hold: Hold, request: Requested): JsonObject {
  return {
    approval: request.id,
    groups: [...hold.groups],
    policySet: hold.policySet,
    policies: hold.grounds.map((ground) => ground.policy),
    ...(hold.escalation === undefined ? {} : { escalation: hold.escalation.map(escalationJson) }),
    ...(hold.glass === undefined ? {} : { glass: [...hold.glass] }),
    expiresAt: new Date(request.expiresAt).toISOString(),
  };
}

export function escalationJson({ of, steps }: Escalation): JsonObject {
  return { of, steps: steps.map((step) => ({ ...step })) };
}

interface Keeping {
  readonly name: string;
  readonly text: string;
  readonly salt: Uint8Array;
  readonly bytesMax: number;
}

/** The commitment to a value, and its bytes for the store unless they are too many. */
function kept({ identity }: Attempt, { name, text, salt, bytesMax }: Keeping): Kept {
  const bytes = Buffer.from(text, "utf8");
  const person = identity.chain.user ?? identity.chain.agents.at(-1) ?? identity.ownerId;
  const stored = bytes.length <= bytesMax;
  return {
    commitment: { bytes: bytes.length, sha256: commit(bytes, salt), stored },
    payloads: stored ? [{ name, person, salt, bytes }] : [],
  };
}

interface Kept {
  readonly commitment: JsonObject;
  readonly payloads: readonly PayloadDraft[];
}

function whoAndWhat(attempt: Attempt): JsonObject {
  const { identity, action, facts } = attempt;
  return {
    agent: identity.chain.agents.at(-1) ?? null,
    agents: [...identity.chain.agents],
    user: identity.chain.user,
    ...(identity.delegations === undefined ? {} : { delegations: [...identity.delegations] }),
    session: identity.session,
    credential: identity.credential,
    stage: identity.stage,
    door: action.door,
    verb: action.verb,
    server: action.target.server,
    serverIdentity: action.destination.identity,
    name: knownName(action),
    tool: facts.fingerprint,
    effects: [...facts.effects],
    model: action.model,
    ...(attempt.weights === undefined ? {} : { weights: weightsOf(attempt.weights) }),
    ...(attempt.flow === undefined ? {} : { flow: metadataOf(attempt.flow) }),
    ...(attempt.turn === undefined ? {} : { turn: attempt.turn }),
  };
}

/** Which model answered or would have: its digest, or that it is unproven. */
function weightsOf({ digest, manifest, proof, status, risk, licence }: ServedModel): JsonObject {
  return { digest, manifest, proof, status, risk, licence };
}

/** Labels, and none of the values that they are of. */
function metadataOf({ doubts: _doubts, origins, carries, ...flow }: FlowFacts): JsonObject {
  const found = Object.entries(origins).filter(([, ones]) => ones.length > 0);
  return {
    ...flow,
    carries: [...carries],
    origins: Object.fromEntries(found.map(([role, ones]) => [role, [...ones]])),
  };
}

/**
 * A tool's or prompt's name is the server's own and no secret. A URI may name a person, and a URL carry a signature or a
 * password: of that which an upstream is to fetch, only where it leads.
 */
export function knownName({ verb, target }: Action): string | null {
  if (verb.startsWith("resources/")) return null;
  if (verb !== "models/fetch-url") return target.name;
  return URL.canParse(target.name) ? new URL(target.name).origin : null;
}

function decision(verdict: Verdict): JsonObject {
  const base = {
    verdict: verdict.kind,
    policySet: verdict.policySet,
    policies: verdict.grounds.map((ground) => ground.policy),
  };
  if (verdict.kind === "deny") return { ...base, code: verdict.code };
  if (verdict.kind === "hold") return { ...base, groups: [...verdict.groups] };
  return base;
}
