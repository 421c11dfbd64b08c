import { z } from "zod";
import { type Digest, Fault, type JsonObject } from "#base";
import { reachOf } from "#identity";
import { modelKey, upstreamOfRow } from "#inference";
import type { StateWrite } from "#ledger";
import { modelOfRow, proposalDigest, type RegisteredModel, rowOfModel, type Terms } from "#registry";
import type { Schema } from "#store";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { sealedText } from "./sealed-text.ts";

/** A model as it was read: what is kept of it is kept only if nobody changed it since. */
export interface Read {
  readonly model: RegisteredModel;
  /** Null: it is not in the register yet. */
  readonly revision: number | null;
}

export async function readModel({ store }: Pick<ReadContext, "store">, digest: Digest): Promise<Read | null> {
  const row = await store.query
    .selectFrom("registered_models")
    .selectAll()
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row === undefined ? null : { model: modelIn(row), revision: row.revision };
}

/** Throws `model_unregistered`. */
export async function findModel(context: Pick<ReadContext, "store">, digest: Digest): Promise<Read> {
  const found = await readModel(context, digest);
  if (found !== null) return found;
  throw new Fault(
    "model_unregistered",
    `the register has no model ${digest}`,
    "See `doorward models registered`; `doorward models propose DIGEST` puts one into it.",
  );
}

/** Throws `registry_unreadable`. */
export function modelIn(row: Schema["registered_models"]): RegisteredModel {
  try {
    return modelOfRow(row);
  } catch (cause) {
    throw new Fault(
      "registry_unreadable",
      `what is kept of the model ${row.digest} cannot be read`,
      "Restore the database from a backup; until then nothing of this digest serves.",
      cause,
    );
  }
}

/** In force, or asked for while nothing is. */
export function shownTerms({ terms, proposal }: RegisteredModel): Terms | null {
  return terms ?? (proposal?.outcome === "waiting" ? proposal.terms : null);
}

/** Models are everybody's to see; what an owner proposes is for models that nobody else answers for. */
export function demandTheirs({ caller }: Pick<ReadContext, "caller">, model: RegisteredModel): void {
  const terms = shownTerms(model);
  const isTheirs = terms === null || terms.owner === caller.user;
  if (isTheirs || reachOf(caller, "models.propose") === "all") return;
  throw new Fault(
    "not_yours",
    "somebody else answers for this model",
    "Ask its owner or an admin: `doorward models get DIGEST` names the owner.",
  );
}

export interface Change {
  readonly change: string;
  readonly body?: JsonObject;
  /** A person's words, which the ledger commits to. */
  readonly words?: string;
  readonly writes?: readonly StateWrite[];
}

/** Keeps the model as it is now, with its entry. Throws `changed_meanwhile`. */
export async function keepModel(
  context: OperationContext,
  { revision }: Read,
  model: RegisteredModel,
  { change, body = {}, words, writes = [] }: Change,
): Promise<void> {
  const said = words === undefined ? { body: {}, payloads: [] } : sealedText(context, "reason", words);
  const draft = entry(context, "model.changed", `model:${model.digest}`, {
    change,
    stage: model.stage,
    ...body,
    ...said.body,
  });
  await commitBatch(context, {
    writes: [modelWrite(context, model, revision), ...writes],
    entries: [{ ...draft, payloads: said.payloads }],
  });
}

function modelWrite(
  { store }: OperationContext,
  model: RegisteredModel,
  revision: number | null,
): StateWrite {
  const row = rowOfModel(model);
  if (revision === null) {
    const insert = store.query
      .insertInto("registered_models")
      .values({ ...row, revision: 0 })
      .onConflict((conflict) => conflict.column("digest").doNothing());
    return stateWrite(insert, 1);
  }
  const update = store.query
    .updateTable("registered_models")
    .set({ ...row, revision: revision + 1 })
    .where("digest", "=", model.digest)
    .where("revision", "=", revision);
  return stateWrite(update, 1);
}

/** The names under which it is approved from now on, in place of those before. */
export async function serviceWrites(
  { store }: OperationContext,
  { digest, terms }: RegisteredModel,
): Promise<readonly StateWrite[]> {
  const rows = await store.query.selectFrom("upstreams").selectAll().execute();
  const kinds = new Map(rows.map((row) => [row.name, upstreamOfRow(row).kind]));
  const keys = (terms?.services ?? []).map(({ upstream, model }) => {
    const kind = kinds.get(upstream);
    return { upstream, model: kind === undefined ? model : modelKey(kind, model) };
  });
  const once = new Map(keys.map((key) => [`${key.upstream}/${key.model}`, key]));
  return [
    stateWrite(store.query.deleteFrom("model_services").where("digest", "=", digest)),
    ...[...once.values()].map((key) =>
      stateWrite(store.query.insertInto("model_services").values({ ...key, digest }), 1),
    ),
  ];
}

/** What an approver names to say yes to exactly what they saw. */
export function waitingDigest({ digest, proposal }: RegisteredModel): Digest | null {
  return proposal === null ? null : proposalDigest(digest, proposal.terms);
}

const PLAIN = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u;

/** Words of strangers: no controls, and no characters that are invisible or change a line's direction. */
export function plainText(charactersMax: number) {
  return z
    .string()
    .min(1)
    .max(charactersMax)
    .regex(PLAIN, "letters, digits, punctuation and spaces on one line");
}
