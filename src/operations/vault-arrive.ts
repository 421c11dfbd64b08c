import { canonicalJson } from "#base";
import type { StateWrite } from "#ledger";
import { connectedSettings, type ReachedProvider } from "#vault";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { factsOf } from "./vault-add.ts";
import { boundsText } from "./vault-input.ts";
import { type CredentialRow, credentialView } from "./vault-rows.ts";

interface Connected {
  readonly id: string;
  readonly version: number;
  readonly kek: string;
  readonly sealedKey: Uint8Array;
  readonly sealed: Uint8Array;
  readonly scopes: readonly string[];
}

/** The credential that a connection becomes: a new one, or the next version of the one that this person has. */
export async function becoming(context: OperationContext, name: string) {
  const before = await connectionOf(context, name);
  const id = before?.id ?? context.ambient.id("vcr");
  return { before, credential: { id, version: (before?.version ?? 0) + 1 } };
}

/** Writes it down, with its entry. `writes`: what is spent with it. */
export async function arrive(
  context: OperationContext,
  found: ReachedProvider,
  next: Connected,
  { before, writes }: { before: CredentialRow | undefined; writes: readonly StateWrite[] },
) {
  const { id } = next;
  const row = connectedRow(context, found, next, before);
  await commitBatch(context, {
    writes: [...writes, connectionWrite(context, row, before)],
    entries: [
      entry(context, before === undefined ? "credential.added" : "credential.changed", id, {
        change: "connected",
        ...factsOf(row),
      }),
    ],
  });
  return credentialView(context, row);
}

function connectedRow(
  { ambient, caller }: OperationContext,
  found: ReachedProvider,
  { id, version, kek, sealedKey, sealed, scopes }: Connected,
  before: CredentialRow | undefined,
): CredentialRow {
  const now = ambient.now();
  const kept = before ?? { agents: "[]", created_at: now, last_used_at: null };
  return {
    id,
    name: found.name,
    kind: "oauth",
    owner_kind: "user",
    owner: caller.user,
    settings: canonicalJson(connectedSettings(found, scopes)),
    destinations: boundsText(found.to),
    agents: kept.agents,
    version,
    revision: 0,
    kek,
    sealed_key: sealedKey,
    sealed,
    reference: null,
    expires_at: null,
    created_by: caller.user,
    created_at: kept.created_at,
    rotated_at: before === undefined ? null : now,
    last_used_at: kept.last_used_at,
    removed_at: null,
  };
}

function connectionWrite(
  { store }: OperationContext,
  { id, ...row }: CredentialRow,
  before: CredentialRow | undefined,
): StateWrite {
  if (before === undefined)
    return stateWrite(store.query.insertInto("vault_credentials").values({ id, ...row }), 1);
  const update = store.query.updateTable("vault_credentials").set(row).where("id", "=", id);
  return stateWrite(update.where("version", "=", before.version).where("removed_at", "is", null), 1);
}

async function connectionOf(
  { store, caller }: ReadContext,
  name: string,
): Promise<CredentialRow | undefined> {
  return store.query
    .selectFrom("vault_credentials")
    .selectAll()
    .where("owner_kind", "=", "user")
    .where("owner", "=", caller.user)
    .where("name", "=", name)
    .where("kind", "=", "oauth")
    .where("removed_at", "is", null)
    .executeTakeFirst();
}
