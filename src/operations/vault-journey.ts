import { canonicalJson, digestOfBytes, Fault, type Json } from "#base";
import type { Schema } from "#store";
import type { Sealed } from "#vault";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";

interface SettingOut {
  readonly id: string;
  readonly state: string;
  readonly provider: string;
  readonly draft: Json;
  readonly sealed: Sealed;
  readonly lasts: number;
}

/** Keeps a person's way to a provider and back; answers when it is over. */
export async function setOut(
  context: OperationContext,
  { id, state, provider, draft, sealed, lasts }: SettingOut,
): Promise<number> {
  const { ambient, store, caller } = context;
  const now = ambient.now();
  const row: Schema["vault_journeys"] = {
    state: digestOfBytes(state),
    credential_id: id,
    user_id: caller.user,
    draft: canonicalJson(draft),
    kek: sealed.kek,
    sealed_key: sealed.sealedKey,
    sealed: sealed.sealed,
    expires_at: now + lasts,
  };
  const old = store.query.deleteFrom("vault_journeys").where("expires_at", "<", now);
  await commitBatch(context, {
    writes: [stateWrite(old), stateWrite(store.query.insertInto("vault_journeys").values(row), 1)],
    entries: [entry(context, "credential.changed", id, { change: "connecting", provider })],
  });
  return row.expires_at;
}

/** Throws `connection_unknown`. */
export async function findJourney(
  { store, ambient, caller }: ReadContext,
  state: string,
): Promise<Schema["vault_journeys"]> {
  const row = await store.query
    .selectFrom("vault_journeys")
    .selectAll()
    .where("state", "=", digestOfBytes(state))
    // Somebody else's link would connect their account to yours, or yours to theirs.
    .where("user_id", "=", caller.user)
    .where("expires_at", ">", ambient.now())
    .executeTakeFirst();
  if (row === undefined) throw journeyUnknown();
  return row;
}

export function sealedOf({ kek, sealed_key, sealed }: Schema["vault_journeys"]): Sealed {
  return { kek, sealedKey: sealed_key, sealed };
}

export function journeyUnknown(): Fault {
  return new Fault(
    "connection_unknown",
    "no connection of yours waits for this answer: it was used, or took longer than ten minutes",
    "Connect again: `doorward connect PROVIDER`.",
  );
}
