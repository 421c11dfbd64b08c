import type { SQLOutputValue } from "node:sqlite";
import { z } from "zod";
import { Fault } from "#base";
import type { Schema, Store } from "#store";
import { BOUND, type Bound } from "./destination.ts";
import type { SealedCredential } from "./messages.ts";
import type { CredentialKind } from "./port.ts";
import { CREDENTIAL_KINDS, SETTINGS } from "./settings.ts";

/** A credential without its secret: what choosing needs. */
export interface KnownCredential {
  readonly id: string;
  readonly name: string;
  readonly kind: CredentialKind;
  readonly owner: "organisation" | "team" | "user";
  /** Empty, a group's name or a user's id. */
  readonly ownerId: string;
  readonly settings: unknown;
  readonly destinations: readonly Bound[];
  /** Ids; empty: every agent in its owner's reach. */
  readonly agents: readonly string[];
  readonly version: number;
  readonly expiresAt: number | null;
}

/** A placeholder, and for whom it was made. */
export interface KnownPlaceholder {
  readonly placeholder: string;
  readonly credential: string;
  readonly agent: string;
  readonly session: string | null;
}

export interface VaultRows {
  /** Read again only after something was written. */
  readonly all: () => readonly KnownCredential[];
  readonly placeholder: (text: string) => KnownPlaceholder | null;
  /** Null: removed. */
  readonly sealed: (id: string) => SealedCredential | null;
}

const COLUMNS =
  "id, name, kind, owner_kind, owner, settings, destinations, agents, version, revision, expires_at, reference";

const KNOWN = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(CREDENTIAL_KINDS),
  owner_kind: z.enum(["organisation", "team", "user"]),
  owner: z.string(),
  settings: z.string(),
  destinations: z.string(),
  agents: z.string(),
  version: z.number(),
  expires_at: z.number().nullable(),
});
const SEALED = KNOWN.extend({
  revision: z.number(),
  reference: z.string().nullable(),
  kek: z.string(),
  sealed_key: z.instanceof(Uint8Array),
  sealed: z.instanceof(Uint8Array),
});
const PLACEHOLDER = z.object({
  placeholder: z.string(),
  credential_id: z.string(),
  agent_id: z.string(),
  session_id: z.string().nullable(),
});

const PLACEHOLDERS_REMEMBERED_MAX = 1_000;

export function openVaultRows({ connection, memory }: Pick<Store, "connection" | "memory">): VaultRows {
  const list = connection.prepare(
    `SELECT ${COLUMNS} FROM vault_credentials WHERE removed_at IS NULL ORDER BY name, id`,
  );
  const one = connection.prepare(
    `SELECT ${COLUMNS}, kek, sealed_key, sealed FROM vault_credentials WHERE id = ? AND removed_at IS NULL`,
  );
  const placeholder = connection.prepare(
    `SELECT p.placeholder, p.credential_id, p.agent_id, p.session_id FROM vault_placeholders AS p
     JOIN vault_credentials AS c ON c.id = p.credential_id WHERE p.placeholder = ? AND c.removed_at IS NULL`,
  );
  const all = memory.remembered(1, () => list.all().map((row) => knownOf(row)));
  const placed = memory.remembered(PLACEHOLDERS_REMEMBERED_MAX, (text) => {
    const row = placeholder.get(text);
    if (row === undefined) return null;
    const { placeholder: found, credential_id, agent_id, session_id } = PLACEHOLDER.parse(row);
    return { placeholder: found, credential: credential_id, agent: agent_id, session: session_id };
  });
  return {
    all: () => all("") ?? [],
    placeholder: placed,
    sealed: (id) => {
      const row = one.get(id);
      return row === undefined ? null : sealedOf(row);
    },
  };
}

const STRINGS = z.array(z.string());

export function knownOf(row: Record<string, SQLOutputValue> | Schema["vault_credentials"]): KnownCredential {
  const { id, name, kind, owner_kind, owner, settings, destinations, agents, version, expires_at } =
    KNOWN.parse(row);
  return {
    id,
    name,
    kind,
    owner: owner_kind,
    ownerId: owner,
    settings: SETTINGS[kind].parse(JSON.parse(settings)),
    destinations: z.array(BOUND).parse(JSON.parse(destinations)),
    agents: STRINGS.parse(JSON.parse(agents)),
    version,
    expiresAt: expires_at,
  };
}

function sealedOf(row: Record<string, SQLOutputValue>): SealedCredential {
  const parsed = SEALED.safeParse(row);
  if (!parsed.success) throw new Fault("bug", "a row of the vault cannot be read", "Report this.");
  const { id, name, kind, settings, version, revision, reference, kek, sealed_key, sealed } = parsed.data;
  return {
    id,
    name,
    kind,
    settings: JSON.parse(settings),
    version,
    revision,
    reference,
    kek,
    sealedKey: sealed_key,
    sealed,
  };
}
