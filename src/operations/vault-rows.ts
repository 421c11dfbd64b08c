import { z } from "zod";
import { Fault } from "#base";
import { mayTouch, type Permission, reachOf } from "#identity";
import type { Schema } from "#store";
import { CREDENTIALS_MAX, knownOf, textOfBound, type VaultControl } from "#vault";
import { userIdOf } from "./accounts/rows.ts";
import { findLiveAgent } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export type CredentialRow = Schema["vault_credentials"];

const said = z.record(
  z.string(),
  z.union([z.string(), z.boolean(), z.null(), z.array(z.string()), z.record(z.string(), z.string())]),
);

export const credentialShape = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  owner: z.string().describe("organisation, team:GROUP, or user:NAME"),
  to: z.array(z.string()).describe("Where it may go"),
  agents: z
    .array(z.string())
    .describe("Names of the agents that it is for; empty: every agent in its owner's reach"),
  settings: said.describe("What is said of it in clear; the secret is in nothing that is shown"),
  scopes: z.array(z.string()).describe("oauth: what it may do there"),
  version: z.int().describe("Grows with every new secret"),
  state: z.enum(["ready", "expired"]),
  reference: z.string().nullable().describe("Where the secret is kept, if not here"),
  expiresAt: time.nullable(),
  createdAt: time,
  rotatedAt: time.nullable(),
  lastUsedAt: time.nullable(),
});

/** Where no vault is open (a tool that performs operations by itself), it says so. */
export function demandVault<V extends Pick<VaultControl, "status">>({ vault }: { readonly vault?: V }): V {
  if (vault !== undefined) return vault;
  throw new Fault("vault_unavailable", "there is no vault here", "Ask the running Doorward.");
}

function live({ store }: Pick<ReadContext, "store">) {
  return store.query.selectFrom("vault_credentials").selectAll().where("removed_at", "is", null);
}

/** What the caller may see: all of it, or what is theirs. */
export async function visibleRows(context: ReadContext): Promise<CredentialRow[]> {
  const rows = await live(context).orderBy("name").orderBy("id").execute();
  return rows.filter((row) => isWithin(context, row, "vault.read"));
}

function isWithin(
  { caller }: ReadContext,
  { owner_kind, owner }: CredentialRow,
  permission: Permission,
): boolean {
  if (owner_kind !== "user") return reachOf(caller, permission) === "all";
  return mayTouch(caller, permission, userIdOf(owner));
}

/** By id, or by name where one credential alone has it: the caller's own before others. Throws `credential_unknown`. */
export async function findCredential(
  context: ReadContext,
  reference: string,
  permission: Permission,
): Promise<CredentialRow> {
  const rows = await live(context)
    .where((is) => is.or([is("id", "=", reference), is("name", "=", reference)]))
    .execute();
  const seen = rows.filter((row) => isWithin(context, row, permission));
  const own = seen.filter(({ owner }) => owner === context.caller.user);
  const [found, another] = own.length === 1 ? own : seen;
  if (found !== undefined && another === undefined) return found;
  throw new Fault(
    "credential_unknown",
    found === undefined
      ? `there is no credential ${reference} for you`
      : `several credentials are called ${reference}`,
    "List them with their ids: `doorward vault list`.",
  );
}

/** Throws `vault_full`, `credential_name_taken`. */
export async function demandFree(
  context: ReadContext,
  own: Pick<CredentialRow, "name" | "owner_kind" | "owner">,
) {
  const rows = await live(context).execute();
  if (rows.length >= CREDENTIALS_MAX)
    throw new Fault(
      "vault_full",
      `there are already ${CREDENTIALS_MAX} credentials`,
      "Remove one that is not needed.",
    );
  const isTaken = rows.some(
    ({ name, owner_kind, owner }) =>
      name === own.name && owner_kind === own.owner_kind && owner === own.owner,
  );
  if (!isTaken) return;
  throw new Fault(
    "credential_name_taken",
    `there is a credential ${own.name} of this owner already`,
    "Choose another name, or give that one a new secret: `doorward vault rotate NAME`.",
  );
}

/** Ids, sorted, of agents that the caller may see. */
export async function agentIds(context: ReadContext, references: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(references.map((one) => findLiveAgent(context, one, "agents.read")));
  return [...new Set(rows.map(({ id }) => id))].toSorted();
}

const scoped = z.looseObject({ scopes: z.array(z.string()).default([]) });

export async function credentialView(
  context: ReadContext,
  row: CredentialRow,
): Promise<z.input<typeof credentialShape>> {
  const known = knownOf(row);
  const settings = said.parse(known.settings);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    owner: await ownerText(context, row),
    to: known.destinations.map(textOfBound),
    agents: await namesOf(context, known.agents),
    settings,
    scopes: scoped.parse(settings).scopes,
    version: row.version,
    state: row.expires_at !== null && row.expires_at <= context.ambient.now() ? "expired" : "ready",
    reference: row.reference === null ? null : referenceText(row.reference),
    expiresAt: isoTime(row.expires_at),
    createdAt: isoTime(row.created_at),
    rotatedAt: isoTime(row.rotated_at),
    lastUsedAt: isoTime(row.last_used_at),
  };
}

const located = z.looseObject({ manager: z.string() });

function referenceText(reference: string): string {
  const { manager, ...rest } = located.parse(JSON.parse(reference));
  return [manager, ...Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)].join(" ");
}

async function ownerText({ store }: ReadContext, { owner_kind, owner }: CredentialRow): Promise<string> {
  if (owner_kind === "organisation") return "organisation";
  if (owner_kind === "team") return `team:${owner}`;
  const user = await store.query
    .selectFrom("users")
    .select("name")
    .where("id", "=", owner)
    .executeTakeFirst();
  return `user:${user?.name ?? owner}`;
}

async function namesOf({ store }: ReadContext, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await store.query.selectFrom("agents").select(["id", "name"]).where("id", "in", ids).execute();
  return rows.map(({ name }) => name).toSorted();
}
