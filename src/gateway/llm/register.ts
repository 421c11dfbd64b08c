import { type Ambient, Fault } from "#base";
import { type Candidate, modelKey, type ModelUpstreams } from "#inference";
import {
  modelOfRow,
  modelRevoked,
  type Objection,
  objectionTo,
  type RegisteredModel,
  type Service,
  served,
  type ServingRules,
} from "#registry";
import type { Store } from "#store";
import type { ModelProof, ServedModel } from "#vocabulary";
import type { Attempt } from "../outside.ts";

/** What would answer, and why it may not. */
export interface Standing {
  readonly weights: ServedModel;
  readonly objection: Objection | null;
}

/** The models that people approved, held against what runtimes serve. */
export interface Register {
  /** As it is at this moment. Throws `registry_unreadable`. */
  readonly of: (candidate: Candidate) => Promise<Standing>;
  /** Why an answer of these weights may not be given to anybody any more; null: it may. Throws `registry_unreadable`. */
  readonly revoked: (weights: Pick<ServedModel, "digest">) => Fault | null;
}

export interface RegisterOutside {
  readonly ambient: Pick<Ambient, "now">;
  readonly store: Pick<Store, "connection" | "memory">;
  readonly models: Pick<ModelUpstreams, "identity">;
  readonly rules: ServingRules;
}

const REMEMBERED_MAX = 10_000;

/** Its rows are never older than the last write: what is revoked serves nobody from then on. */
export function openRegister({ ambient, store, models, rules }: RegisterOutside): Register {
  const { connection, memory } = store;
  const byDigest = connection.prepare("SELECT * FROM registered_models WHERE digest = ?");
  const byName = connection.prepare("SELECT digest FROM model_services WHERE upstream = ? AND model = ?");
  const modelOf = memory.remembered(REMEMBERED_MAX, (digest) => {
    const row = byDigest.get(digest);
    return { model: row === undefined ? null : readable(row) };
  });
  const boundTo = memory.remembered(REMEMBERED_MAX, (name): readonly string[] => {
    const at = name.indexOf("/");
    return byName.all(name.slice(0, at), name.slice(at + 1)).map((row) => String(row["digest"]));
  });
  return {
    of: async (candidate) => {
      const { upstream, kind, model } = candidate;
      const identity = await models.identity(candidate);
      const bound = boundTo(`${upstream}/${modelKey(kind, model)}`) ?? [];
      const known = identity.digest === null ? null : (modelOf(identity.digest)?.model ?? null);
      const isThis = (service: Service): boolean =>
        service.upstream === upstream && modelKey(kind, service.model) === modelKey(kind, model);
      const weights = served(identity, { model: known, bound, isThis }, ambient.now());
      return { weights, objection: objectionTo(candidate, weights, { isBound: bound.length > 0, rules }) };
    },
    revoked: ({ digest }) => {
      const known = digest === null ? null : modelOf(digest)?.model;
      return known?.stage === "revoked" ? modelRevoked(known.digest) : null;
    },
  };
}

function readable(row: unknown): RegisteredModel {
  try {
    return modelOfRow(row);
  } catch (cause) {
    throw new Fault(
      "registry_unreadable",
      "what is kept of this model cannot be read, so it serves nobody",
      "An admin looks at it with `doorward models get DIGEST`; restore the database from a backup where it is damaged.",
      cause,
    );
  }
}

type Decided = Pick<Attempt, "weights" | "blocked" | "unreviewed">;

/** Why what was decided is not what would be sent to now; null: it still is, and no less is known of it. */
export function changedSince({ weights: before, blocked, unreviewed }: Decided, now: Standing): Fault | null {
  const { weights: after, objection } = now;
  if (objection?.isFloor === true) return objection.fault;
  const isObjectedAnew = (objection?.fault.code ?? null) !== ((blocked ?? unreviewed)?.code ?? null);
  if (before === undefined || isObjectedAnew || isWeaker(before.proof, after.proof)) return swapped();
  return SAME.every((name) => before[name] === after[name]) ? null : swapped();
}

/** What policy decided by, and people saw. */
const SAME = ["digest", "manifest", "status", "risk", "licence"] as const;

const PROOFS: readonly ModelProof[] = ["unproven", "reported", "proven"];

function isWeaker(before: ModelProof, after: ModelProof): boolean {
  return PROOFS.indexOf(after) < PROOFS.indexOf(before);
}

function swapped(): Fault {
  return new Fault(
    "model_swapped",
    "another model answers under this name by now, or people decided about it, since this call was decided",
    "Nothing was sent. Call again: it is decided anew.",
  );
}
