import { z } from "zod";
import {
  type Certificate,
  claimedSender,
  isInForce,
  oauthFault,
  presentedHash,
  readKeyAssertion,
  readSvid,
} from "#identity";
import type { Acting, OAuthOutside } from "./outside.ts";

/** How a client says who it is: one way, and only one. */
export interface ClientProof {
  /** As the client names itself; it must then be who it proves to be. */
  readonly clientId: string | null;
  readonly secret: string | null;
  readonly assertion: { readonly type: string; readonly text: string } | null;
  /** Of the connection. Beside a secret or an assertion it proves nothing: a program may show it to everybody. */
  readonly certificate: Certificate | null;
}

/** RFC 7523, section 2.2. */
export const KEY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** draft-ietf-oauth-spiffe-client-auth-02, section 3.1; Keycloak's SPIFFE authenticator takes the same value. */
export const SVID_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

const jwk = z.custom<Parameters<typeof readKeyAssertion>[1][number]["jwk"]>(
  (value) => typeof value === "object" && value !== null,
);
const bundle = z.object({ id: z.string(), keys: z.array(jwk) });

/** The agent behind a request at the token endpoint. Throws `invalid_client`, which says the same of every unknown name. */
export async function actingAgent(outside: OAuthOutside, proof: ClientProof): Promise<Acting> {
  const acting = await proved(outside, proof);
  if (proof.clientId === null || isNamed(acting, proof.clientId)) return acting;
  throw oauthFault("invalid_client", "client_id names another agent than the credential");
}

async function proved(outside: OAuthOutside, proof: ClientProof): Promise<Acting> {
  const { secret, assertion, certificate, clientId } = proof;
  if (secret !== null && assertion === null) return byKey(outside, secret);
  if (secret === null && assertion !== null) return asserted(outside, assertion);
  if (secret !== null || certificate === null)
    throw oauthFault("invalid_client", "a request carries one credential of the agent");
  // RFC 8705, section 2: with a certificate alone a client says who it is.
  if (clientId === null) throw oauthFault("invalid_client", "a client certificate needs client_id beside it");
  return byCertificate(outside, certificate);
}

/** Whether a client id means this agent. */
export function isNamed({ id, name, alias }: Acting, clientId: string): boolean {
  return clientId === id || clientId === name || clientId === alias;
}

async function byKey({ store }: OAuthOutside, secret: string): Promise<Acting> {
  const hash = presentedHash("agent-key", secret);
  const row =
    hash === null
      ? undefined
      : await store.query
          .selectFrom("agent_keys")
          .innerJoin("agents", "agents.id", "agent_keys.agent_id")
          .select(["agents.id", "agents.name", "agent_keys.id as credential"])
          .where("agent_keys.hash", "=", hash)
          .where("agent_keys.kind", "=", "bearer")
          .where("agent_keys.revoked_at", "is", null)
          .where("agents.revoked_at", "is", null)
          .executeTakeFirst();
  if (row === undefined) throw unknown();
  return row;
}

type Assertion = NonNullable<ClientProof["assertion"]>;

async function asserted(outside: OAuthOutside, assertion: Assertion): Promise<Acting> {
  if (assertion.type === KEY_ASSERTION) return byAssertion(outside, assertion.text);
  if (assertion.type === SVID_ASSERTION) return bySvid(outside, assertion.text);
  throw oauthFault("invalid_client", "this type of assertion is not taken");
}

async function byAssertion(outside: OAuthOutside, text: string): Promise<Acting> {
  const sender = claimedSender(text);
  if (sender.startsWith("https://")) return byDocument(outside, text, sender);
  const rows = await credentials(outside)
    .select("agent_credentials.value")
    .where("agent_credentials.kind", "=", "jwk")
    .where((eb) => eb.or([eb("agents.id", "=", sender), eb("agents.name", "=", sender)]))
    .execute();
  const keys = rows.map(({ credential, value }) => ({ id: credential, jwk: jwk.parse(JSON.parse(value)) }));
  const { jti, key } = await readKeyAssertion(text, keys, { sender, ...expected(outside) });
  const row = rows.find(({ credential }) => credential === key);
  if (row === undefined) throw unknown();
  if (!outside.used.use(row.id, `assertion ${row.id} ${jti}`))
    throw oauthFault("invalid_client", "the assertion was used before");
  return { id: row.id, name: row.name, credential: key };
}

/** By keys that the client publishes itself, at an address that its owner here gave for it. */
async function byDocument(outside: OAuthOutside, text: string, sender: string): Promise<Acting> {
  const row = await credentials(outside)
    .where("agent_credentials.kind", "=", "metadata")
    .where("agent_credentials.name", "=", sender)
    .executeTakeFirst();
  if (row === undefined) throw unknown();
  const published = await outside.clientKeys(sender);
  const keys = published.map((one) => ({ id: row.credential, jwk: one }));
  const { jti } = await readKeyAssertion(text, keys, { sender, ...expected(outside) });
  if (!outside.used.use(row.id, `assertion ${row.id} ${jti}`))
    throw oauthFault("invalid_client", "the assertion was used before");
  return { id: row.id, name: row.name, credential: row.credential, alias: sender };
}

async function bySvid(outside: OAuthOutside, text: string): Promise<Acting> {
  const sender = claimedSender(text);
  const row = await credentials(outside)
    .select("agent_credentials.value")
    .where("agent_credentials.kind", "=", "spiffe")
    .where("agent_credentials.name", "=", sender)
    .executeTakeFirst();
  if (row === undefined) throw unknown();
  const { keys } = bundle.parse(JSON.parse(row.value));
  const { jti } = await readSvid(text, { keys }, { sender, ...expected(outside) });
  if (jti !== null && !outside.usedSvids.use(row.id, `svid ${row.id} ${jti}`))
    throw oauthFault("invalid_client", "the JWT-SVID was used before (jti): fetch a new one");
  return { id: row.id, name: row.name, credential: row.credential, alias: sender };
}

/** `self_signed_tls_client_auth` (RFC 8705, section 2.2): by exactly the certificate that the agent's owner registered. */
async function byCertificate(outside: OAuthOutside, certificate: Certificate): Promise<Acting> {
  const { thumbprint } = certificate;
  const row = await credentials(outside)
    .where("agent_credentials.kind", "=", "certificate")
    .where("agent_credentials.name", "=", thumbprint)
    .executeTakeFirst();
  if (row === undefined) throw unknown();
  if (!isInForce(certificate, outside.issuer.now()))
    throw oauthFault("invalid_client", "the client certificate is out of its validity: register a new one");
  return { id: row.id, name: row.name, credential: row.credential, certificate: thumbprint };
}

function credentials({ store }: OAuthOutside) {
  return store.query
    .selectFrom("agent_credentials")
    .innerJoin("agents", "agents.id", "agent_credentials.agent_id")
    .select(["agents.id", "agents.name", "agent_credentials.id as credential"])
    .where("agent_credentials.revoked_at", "is", null)
    .where("agents.revoked_at", "is", null);
}

/** By the issuer's clock: by the time that another one is set back to, its use may have been forgotten. */
function expected({ issuer }: OAuthOutside) {
  const { issuer: own, sinceMs } = issuer;
  return { audiences: [own, `${own}/oauth/token`], now: issuer.now(), sinceMs };
}

function unknown() {
  return oauthFault("invalid_client", "no such agent, or not with this credential");
}
