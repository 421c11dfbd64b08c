import { z } from "zod";
import { Fault } from "#base";
import type { Schema } from "#store";
import { type ConnectProvider, isAnswerOf, JOURNEY_MS, JOURNEYS_MAX, type ReachedProvider } from "#vault";
import { commitBatch, entry, isoTime } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { write } from "./operation.ts";
import { arrive, becoming } from "./vault-arrive.ts";
import { removalOf } from "./vault-change.ts";
import { beginDevice, planDevice } from "./vault-device.ts";
import { credentialName, credentialReference, destinations, invalid } from "./vault-input.ts";
import { findJourney, journeyUnknown, sealedOf, setOut } from "./vault-journey.ts";
import {
  anotherIssuer,
  answerOf,
  DRAFT,
  findProvider,
  providerFrom,
  STATE_PREFIX,
} from "./vault-provider.ts";
import { credentialShape, demandVault, findCredential } from "./vault-rows.ts";

const STATE_BYTES = 32;
const CALLBACK_CHARS_MAX = 8_000;
const STATE_CHARS_MAX = 200;

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
    device: z
      .boolean()
      .default(false)
      .describe("Get a code that you type at the provider, in a browser on any machine (RFC 8628)"),
  }),
  output: z.object({
    provider: z.string(),
    url: z
      .string()
      .describe(
        "Open it in your browser; you come back to the console, which finishes it. With --device: type the code there",
      ),
    userCode: z.string().nullable().describe("With --device: what you type"),
    device: z
      .string()
      .nullable()
      .describe(
        "With --device: ask with `vault connected --device` whether it is done; `doorward connect` asks by itself",
      ),
    everySeconds: z.number().nullable().describe("With --device: ask no more often than that"),
    expiresAt: time,
  }),
  positional: ["provider"],
  examples: [
    "connect github",
    "connect github --device",
    "connect acme --issuer https://login.acme.example --client-id doorward --to https://api.acme.example",
  ],
  async plan(context, { provider: name, device, ...given }) {
    const found = given.issuer === undefined ? findProvider(context, name) : providerFrom(name, given);
    await demandRoom(context);
    const at = new URL(found.endpoints?.authorizeUrl ?? found.issuer ?? "").host;
    return {
      would: `${device ? "give you a code to type at" : "send you to"} ${at} to connect your account there`,
      commit: (committing) => (device ? beginDevice(committing, found) : begin(committing, found)),
    };
  },
});

async function begin(context: OperationContext, given: ConnectProvider) {
  const { ambient } = context;
  const id = ambient.id("vjr");
  const state = `${STATE_PREFIX}${Buffer.from(ambient.random(STATE_BYTES)).toString("base64url")}`;
  const { connecting } = demandVault(context);
  const found = await connecting.reached(given);
  const { name } = found;
  const journey = { id, state, redirectUrl: redirectUrl(context) };
  const { url, sealed } = await connecting.begin(found, journey);
  const until = await setOut(context, {
    id,
    state,
    provider: name,
    draft: DRAFT.parse(found),
    sealed,
    lasts: JOURNEY_MS,
  });
  return { provider: name, url, userCode: null, device: null, everySeconds: null, expiresAt: isoTime(until) };
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
      .optional()
      .describe("Where the browser was sent after you agreed: the address, or its part after the ?"),
    device: z
      .string()
      .max(STATE_CHARS_MAX)
      .optional()
      .describe("What `vault connect --device` answered: asks once whether you typed the code"),
  }),
  output: credentialShape,
  positional: ["callback"],
  async plan(context, { callback, device }) {
    if ((callback === undefined) === (device === undefined))
      throw invalid("what the browser came back with, or the device, and not both");
    if (callback === undefined) return planDevice(context, device ?? "");
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
  const { store } = context;
  // INVARIANT: a state is spent before its code is: whoever comes second finds none.
  const spend = store.query.deleteFrom("vault_journeys").where("state", "=", journey.state);
  const { numDeletedRows } = await spend.executeTakeFirst();
  if (numDeletedRows !== 1n) throw journeyUnknown();
  const { before, credential } = await becoming(context, found.name);
  const { connecting } = demandVault(context);
  const { sealed, scopes } = await connecting.finish(found, {
    id: journey.credential_id,
    sealed: sealedOf(journey),
    code,
    redirectUrl: redirectUrl(context),
    credential,
  });
  return arrive(context, found, { ...credential, ...sealed, scopes }, { before, writes: [] });
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

function notConnected(name: string): Fault {
  return new Fault(
    "connection_unknown",
    `${name} is no connection to a provider`,
    "Remove it as a credential: `doorward vault remove NAME`.",
  );
}
