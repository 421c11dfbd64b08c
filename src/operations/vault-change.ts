import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import { changedMeanwhile, commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";
import { factsOf } from "./vault-add.ts";
import {
  boundsText,
  credentialReference,
  destinations,
  endOf,
  expiryOf,
  onlyAgents,
  secretFields,
  secretOf,
  vaultInput,
} from "./vault-input.ts";
import {
  agentIds,
  type CredentialRow,
  credentialShape,
  credentialView,
  demandVault,
  findCredential,
} from "./vault-rows.ts";

export const vaultRotate = write({
  name: "vault.rotate",
  summary:
    "Give a credential a new secret; the old one is gone, and what was approved with it must be asked again",
  permission: "vault.write",
  presence: true,
  input: z.strictObject({
    credential: credentialReference,
    ...secretFields,
    expires: vaultInput.shape.expires,
  }),
  output: credentialShape,
  positional: ["credential"],
  examples: ["vault rotate github --secret env:GITHUB_TOKEN", "vault rotate github --secret - --expires 90d"],
  async plan(context, { credential, expires, ...given }) {
    const row = await findCredential(context, credential, "vault.write");
    const kind = vaultInput.shape.kind.parse(row.kind);
    const settings = z.record(z.string(), z.unknown()).parse(JSON.parse(row.settings));
    const secret = secretOf(kind, settings, { ...given, isReference: row.reference !== null });
    const expires_at = endOf(context, { expires, certificate: given.certificate });
    return {
      would: `give credential ${row.name} a new secret as version ${row.version + 1}`,
      async commit(committing) {
        const version = row.version + 1;
        const reference = row.reference;
        const ask = { id: row.id, version, kind, settings, secret, reference };
        const { kek, sealedKey, sealed } = await demandVault(committing).seal(ask);
        const set = { version, revision: 0, kek, sealed_key: sealedKey, sealed, expires_at };
        return change(committing, row, { ...set, rotated_at: committing.ambient.now() }, "rotated");
      },
    };
  },
});

export const vaultSet = write({
  name: "vault.set",
  summary: "Change where a credential may go, for which agents, or until when; what is not named stays",
  permission: "vault.write",
  presence: true,
  input: z.strictObject({
    credential: credentialReference,
    to: destinations.optional(),
    agents: onlyAgents.optional(),
    expires: vaultInput.shape.expires,
  }),
  output: credentialShape,
  positional: ["credential"],
  examples: ["vault set github --to 'GET https://api.github.com/repos/acme'"],
  async plan(context, { credential, to, agents, expires }) {
    const row = await findCredential(context, credential, "vault.write");
    const set = {
      ...(to === undefined ? {} : { destinations: boundsText(to) }),
      ...(agents === undefined ? {} : { agents: JSON.stringify(await agentIds(context, agents)) }),
      ...(expires === undefined ? {} : { expires_at: expiryOf(context, expires) }),
    };
    const what = Object.keys(set).join(", ") || "nothing";
    return {
      would: `change ${what} of credential ${row.name}`,
      // Who approved a use approved this destination and these agents: a new version ends such approvals (T10).
      commit: async (committing) =>
        Object.keys(set).length === 0
          ? credentialView(committing, row)
          : change(committing, row, set, "bound"),
    };
  },
});

type Set = Partial<Omit<CredentialRow, "id">>;

async function change(context: OperationContext, row: CredentialRow, set: Set, what: "rotated" | "bound") {
  const update = context.store.query.updateTable("vault_credentials").set(set).where("id", "=", row.id);
  const same = update
    .where("version", "=", row.version)
    .where("destinations", "=", row.destinations)
    .where("agents", "=", row.agents)
    .where("removed_at", "is", null);
  const next = { ...row, ...set };
  await commitBatch(context, {
    writes: [stateWrite(same, 1)],
    entries: [entry(context, "credential.changed", row.id, { change: what, ...factsOf(next) })],
  });
  return credentialView(context, next);
}

export const vaultRemove = write({
  name: "vault.remove",
  summary: "Remove a credential from the vault, with its placeholders; its sealed secret is destroyed",
  permission: "vault.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ credential: credentialReference }),
  output: z.object({ id: z.string(), name: z.string() }),
  positional: ["credential"],
  async plan(context, { credential }) {
    const row = await findCredential(context, credential, "vault.write");
    return {
      would: `remove credential ${row.name} from the vault`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: removalOf(committing, row),
          entries: [
            entry(committing, "credential.removed", row.id, { name: row.name, version: row.version }),
          ],
        });
        return { id: row.id, name: row.name };
      },
    };
  },
});

/** What was sealed is overwritten: the row stays for what refers to its id. */
export function removalOf({ store, ambient }: OperationContext, row: CredentialRow): StateWrite[] {
  const nothing = new Uint8Array(0);
  const remove = store.query
    .updateTable("vault_credentials")
    .set({ removed_at: ambient.now(), sealed_key: nothing, sealed: nothing })
    .where("id", "=", row.id)
    .where("removed_at", "is", null);
  const placeholders = store.query.deleteFrom("vault_placeholders").where("credential_id", "=", row.id);
  return [stateWrite(remove, 1), stateWrite(placeholders)];
}

export const vaultRotateKey = write({
  name: "vault.rotate-key",
  summary: "Make a new key-encryption key and seal every credential's key under it, in one transaction",
  permission: "vault.write",
  presence: true,
  input: z.strictObject({}),
  output: z.object({ kek: z.string(), credentials: z.int() }),
  async plan(context) {
    demandAll(context);
    const { kek } = await demandVault(context).status();
    return {
      would: `replace the vault's key ${kek ?? "(none yet)"} and seal every credential's key anew`,
      commit: rotateKey,
    };
  },
});

async function rotateKey(context: OperationContext) {
  const vault = demandVault(context);
  const { state, writes, rewrapped, before } = await vault.rotateKey();
  const appended = await context.journal.append({
    writes,
    entries: [
      entry(context, "vault.rekeyed", `vault-key:${state.kek}`, { from: before, credentials: rewrapped }),
    ],
  });
  // Both keys are kept: a rotation that failed is simply begun again.
  if (appended.kind !== "kept") throw changedMeanwhile();
  await vault.settleKey(state.kek);
  return { kek: state.kek, credentials: rewrapped };
}

function demandAll({ caller }: ReadContext): void {
  if (reachOf(caller, "vault.write") === "all") return;
  throw new Fault(
    "permission_denied",
    "the vault's key is everybody's: an admin replaces it",
    "Ask an admin: `doorward vault rotate-key`.",
  );
}
