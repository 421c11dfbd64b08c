import { z } from "zod";
import { canonicalJson, digestOfBytes, Fault } from "#base";
import type { StateWrite } from "#ledger";
import type { Schema } from "#store";
import {
  connectedSettings,
  type ConnectProvider,
  isAnswerOf,
  JOURNEY_MS,
  JOURNEYS_MAX,
  type ReachedProvider,
} from "#vault";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { write } from "./operation.ts";
import { factsOf } from "./vault-add.ts";
import { removalOf } from "./vault-change.ts";
import { boundsText, credentialName, credentialReference, destinations } from "./vault-input.ts";
import {
  anotherIssuer,
  answerOf,
  DRAFT,
  findProvider,
  providerFrom,
  STATE_PREFIX,
} from "./vault-provider.ts";
import {
  type CredentialRow,
  credentialShape,
  credentialView,
  demandVault,
  findCredential,
} from "./vault-rows.ts";

const STATE_BYTES = 32;
const CALLBACK_CHARS_MAX = 8_000;

export const vaultConnect = write({
  name: "vault.connect",
  summary: "Connect your account at a provider: agents that act for you use it, and never see its tokens",
  permission: "self.write",
  presence: true,
  input: z.strictObject({
    provider: credentialName.describe(
      "Provider, as doorward.yaml names it under vault.providers; with --issuer: how it is to be called",
    ),
    issuer: z
      .string()
      .max(2_000)
      .optional()
      .describe("One that doorward.yaml does not name, by its issuer: its metadata say the rest"),
    clientId: z.string().min(1).max(300).optional().describe("With --issuer: the client id that it gave you"),
    to: destinations.optional().describe("With --issuer: where its tokens may go, as of `vault add`"),
    scopes: z
      .array(z.string().min(1).max(300))
      .max(100)
      .default([])
      .describe("With --issuer: scopes asked for"),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe("With --issuer: it is on this machine or a private network, and nowhere else"),
  }),
  output: z.object({
    provider: z.string(),
    url: z.string().describe("Open it in your browser; you come back to the console, which finishes it"),
    expiresAt: time,
  }),
  positional: ["provider"],
  examples: [
    "connect github",
    "connect acme --issuer https://login.acme.example --client-id doorward --to https://api.acme.example",
  ],
  async plan(context, { provider: name, ...given }) {
    const found = given.issuer === undefined ? findProvider(context, name) : providerFrom(name, given);
    await demandRoom(context);
    const at = new URL(found.endpoints?.authorizeUrl ?? found.issuer ?? "").host;
    return {
      would: `send you to ${at} to connect your account there`,
      commit: (committing) => begin(committing, found),
    };
  },
});

async function begin(context: OperationContext, given: ConnectProvider) {
  const { ambient, store, caller } = context;
  const id = ambient.id("vjr");
  const state = `${STATE_PREFIX}${Buffer.from(ambient.random(STATE_BYTES)).toString("base64url")}`;
  const { connecting } = demandVault(context);
  const found = await connecting.reached(given);
  const { name } = found;
  const journey = { id, state, redirectUrl: redirectUrl(context) };
  const { url, sealed } = await connecting.begin(found, journey);
  const now = ambient.now();
  const row: Schema["vault_journeys"] = {
    state: digestOfBytes(state),
    credential_id: id,
    user_id: caller.user,
    draft: canonicalJson(DRAFT.parse(found)),
    kek: sealed.kek,
    sealed_key: sealed.sealedKey,
    sealed: sealed.sealed,
    expires_at: now + JOURNEY_MS,
  };
  const old = store.query.deleteFrom("vault_journeys").where("expires_at", "<", now);
  await commitBatch(context, {
    writes: [stateWrite(old), stateWrite(store.query.insertInto("vault_journeys").values(row), 1)],
    entries: [entry(context, "credential.changed", id, { change: "connecting", provider: name })],
  });
  return { provider: name, url, expiresAt: isoTime(row.expires_at) };
}

export const vaultConnected = write({
  name: "vault.connected",
  summary: "Complete a connection with what the provider sent your browser back with",
  permission: "self.write",
  presence: true,
  input: z.strictObject({
    callback: z
      .string()
      .max(CALLBACK_CHARS_MAX)
      .describe("Where the browser was sent after you agreed: the address, or its part after the ?"),
  }),
  output: credentialShape,
  positional: ["callback"],
  async plan(context, { callback }) {
    const { code, state, issuer } = answerOf(callback);
    const journey = await findJourney(context, state);
    const found = DRAFT.parse(JSON.parse(journey.draft));
    if (!isAnswerOf(found, issuer)) throw anotherIssuer(found.name);
    return {
      would: `connect your account at ${found.name}`,
      commit: (committing) => finish(committing, found, { journey, code }),
    };
  },
});

interface Back {
  readonly journey: Schema["vault_journeys"];
  readonly code: string;
}

async function finish(context: OperationContext, found: ReachedProvider, { journey, code }: Back) {
  const { store, ambient } = context;
  // INVARIANT: a state is spent before its code is: whoever comes second finds none.
  const spend = store.query.deleteFrom("vault_journeys").where("state", "=", journey.state);
  const { numDeletedRows } = await spend.executeTakeFirst();
  if (numDeletedRows !== 1n) throw journeyUnknown();
  const before = await connectionOf(context, found.name);
  const id = before?.id ?? ambient.id("vcr");
  const version = (before?.version ?? 0) + 1;
  const { connecting } = demandVault(context);
  const sealedJourney = { kek: journey.kek, sealedKey: journey.sealed_key, sealed: journey.sealed };
  const { sealed, scopes } = await connecting.finish(found, {
    id: journey.credential_id,
    sealed: sealedJourney,
    code,
    redirectUrl: redirectUrl(context),
    credential: { id, version },
  });
  const next = { id, version, ...sealed, scopes };
  const row = connectedRow(context, found, next, before);
  await commitBatch(context, {
    writes: [connectionWrite(context, row, before)],
    entries: [
      entry(context, before === undefined ? "credential.added" : "credential.changed", id, {
        change: "connected",
        ...factsOf(row),
      }),
    ],
  });
  return credentialView(context, row);
}

interface Connected {
  readonly id: string;
  readonly version: number;
  readonly kek: string;
  readonly sealedKey: Uint8Array;
  readonly sealed: Uint8Array;
  readonly scopes: readonly string[];
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

export const vaultDisconnect = write({
  name: "vault.disconnect",
  summary: "End a connection: its tokens are revoked at the provider, and removed here",
  permission: "self.write",
  effect: "destructive",
  input: z.strictObject({ connection: credentialReference }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    revokedThere: z
      .boolean()
      .describe("false: the provider offers no revocation or did not take it; end it there too"),
  }),
  positional: ["connection"],
  examples: ["disconnect github"],
  async plan(context, { connection }) {
    const row = await findCredential(context, connection, "vault.write");
    if (row.kind !== "oauth") throw notConnected(row.name);
    return {
      would: `revoke the tokens of ${row.name} at its provider and remove them here`,
      async commit(committing) {
        const vault = demandVault(committing);
        const sealed = vault.sealed(row.id);
        // What the provider does not answer must not keep it here.
        const revoked = sealed !== null && (await vault.connecting.revoke(sealed).catch(() => false));
        const body = { name: row.name, version: row.version, revokedThere: revoked };
        await commitBatch(committing, {
          writes: removalOf(committing, row),
          entries: [entry(committing, "credential.removed", row.id, body)],
        });
        return { id: row.id, name: row.name, revokedThere: revoked };
      },
    };
  },
});

/** One person's way back is one address, whatever is connected: it is what providers have registered. */
function redirectUrl({ addresses }: ReadContext): string {
  return `${addresses.console}/console/authorize`;
}

async function demandRoom({ store, ambient }: ReadContext): Promise<void> {
  const { count } = await store.query
    .selectFrom("vault_journeys")
    .select((is) => is.fn.countAll<number>().as("count"))
    .where("expires_at", ">", ambient.now())
    .executeTakeFirstOrThrow();
  if (count < JOURNEYS_MAX) return;
  throw new Fault("vault_full", `${JOURNEYS_MAX} connections are under way`, "Try again in ten minutes.");
}

async function findJourney(
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

function journeyUnknown(): Fault {
  return new Fault(
    "connection_unknown",
    "no connection of yours waits for this answer: it was used, or took longer than ten minutes",
    "Connect again: `doorward connect PROVIDER`.",
  );
}

function notConnected(name: string): Fault {
  return new Fault(
    "connection_unknown",
    `${name} is no connection to a provider`,
    "Remove it as a credential: `doorward vault remove NAME`.",
  );
}
