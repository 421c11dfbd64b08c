import { canonicalJson, Fault } from "#base";
import { reachOf } from "#identity";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";
import {
  boundsText,
  endOf,
  referenceText,
  secretOf,
  settingsOf,
  type VaultInput,
  vaultInput,
} from "./vault-input.ts";
import {
  agentIds,
  type CredentialRow,
  credentialShape,
  credentialView,
  demandFree,
  demandVault,
} from "./vault-rows.ts";

export const vaultAdd = write({
  name: "vault.add",
  summary: "Put a credential into the vault: it is injected where it is bound to, and agents never see it",
  permission: "vault.write",
  // It decides who acts in whose name outside.
  presence: true,
  input: vaultInput,
  output: credentialShape,
  positional: ["name"],
  examples: [
    "vault add github --kind bearer --to https://api.github.com --secret env:GITHUB_TOKEN",
    "vault add git --kind basic --user x-access-token --to https://github.com/acme --secret -",
    "vault add weather --kind query --parameter appid --to 'GET https://api.openweathermap.org/data' --secret key.txt",
    "vault add maps --kind header --header x-api-key --mine --to https://*.maps.example --secret key.txt",
  ],
  async plan(context, input) {
    const owner = ownerOf(context, input);
    await demandFree(context, { name: input.name, ...owner });
    const prospect = {
      ...owner,
      name: input.name,
      kind: input.kind,
      settings: canonicalJson(settingsOf(input)),
      destinations: boundsText(input.to),
      agents: JSON.stringify(await agentIds(context, input.agents)),
      expires_at: endOf(context, input),
      reference: referenceText(input),
    };
    const secret = secretOf(input.kind, input, { ...input, isReference: prospect.reference !== null });
    return {
      would: `put a credential of kind ${input.kind} for ${input.to.join(", ")} into the vault as ${input.name}`,
      commit: (committing) => add(committing, prospect, secret),
    };
  },
});

type Prospect = Pick<
  CredentialRow,
  | "name"
  | "kind"
  | "settings"
  | "destinations"
  | "agents"
  | "expires_at"
  | "owner_kind"
  | "owner"
  | "reference"
>;

function ownerOf(
  { caller }: ReadContext,
  { mine, team }: VaultInput,
): Pick<CredentialRow, "owner_kind" | "owner"> {
  if (mine && team !== undefined)
    throw new Fault("input_invalid", "it is yours or a team's, not both", "Give --mine or --team GROUP.");
  if (mine) return { owner_kind: "user", owner: caller.user };
  if (reachOf(caller, "vault.write") !== "all")
    throw new Fault(
      "permission_denied",
      "credentials of a team or the organisation are an admin's to add",
      "Add one of your own: --mine.",
    );
  return team === undefined ? { owner_kind: "organisation", owner: "" } : { owner_kind: "team", owner: team };
}

async function add(context: OperationContext, prospect: Prospect, secret: ReturnType<typeof secretOf>) {
  const { ambient, store, caller } = context;
  const id = ambient.id("vcr");
  const settings: unknown = JSON.parse(prospect.settings);
  const kind = vaultInput.shape.kind.parse(prospect.kind);
  const sealed = await demandVault(context).seal({
    id,
    version: 1,
    kind,
    settings,
    secret,
    reference: prospect.reference,
  });
  const row: CredentialRow = {
    ...prospect,
    id,
    version: 1,
    revision: 0,
    kek: sealed.kek,
    sealed_key: sealed.sealedKey,
    sealed: sealed.sealed,
    created_by: caller.user,
    created_at: ambient.now(),
    rotated_at: null,
    last_used_at: null,
    removed_at: null,
  };
  await demandFree(context, prospect);
  await commitBatch(context, {
    writes: [stateWrite(store.query.insertInto("vault_credentials").values(row), 1)],
    entries: [entry(context, "credential.added", id, factsOf(row))],
  });
  return credentialView(context, row);
}

/** What the ledger says of a credential: where it may go and whose it is; never the secret, nor how it is sealed. */
export function factsOf({
  name,
  kind,
  owner_kind,
  owner,
  destinations,
  agents,
  version,
  expires_at,
}: CredentialRow) {
  return {
    name,
    kind,
    owner: owner_kind,
    of: owner,
    to: destinations,
    agents,
    version,
    expiresAt: expires_at === null ? null : new Date(expires_at).toISOString(),
  };
}
