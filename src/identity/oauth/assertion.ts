import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  type CryptoKey,
  decodeJwt,
  errors,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from "jose";
import { z } from "zod";
import { Fault } from "#base";
import { type ALGORITHMS, looksLikeJwt, oauthFault, readJwt, refusedAs, SKEW_S } from "./jws.ts";

/** How old an assertion may be: it is used once, at once (RFC 7523, section 3). */
export const ASSERTION_AGE_S = 300;
/** How far off the end of a JWT-SVID may be: the specification sets no limit, and one that leaks is good until then. */
const SVID_LIFE_S = 3_600;
/** Of one without a `jti`, which whoever has it may use again: SPIRE's own default is five minutes. */
const SVID_BEARER_MINUTES_MAX = 15;
/** How long the use of a JWT-SVID is remembered: longer than any lives. */
export const SVID_MEMORY_S = SVID_LIFE_S + 4 * SKEW_S;
/** JWT-SVID, section 2.3. */
const SVID_TYPES = ["JWT", "JOSE"];

const spiffeId = z.string().regex(/^spiffe:\/\/[a-z0-9._-]{1,255}\/[\w./-]{1,1500}$/);

/** Who an assertion says that it comes from, before anything of it was checked: good for finding the key, and nothing else. */
export function claimedSender(assertion: string): string {
  if (!looksLikeJwt(assertion))
    throw oauthFault("invalid_client", "the assertion is no compact JWT, or too long");
  try {
    const { sub } = decodeJwt(assertion);
    return z.string().min(1).max(2_000).parse(sub);
  } catch (cause) {
    throw oauthFault("invalid_client", "the assertion names nobody (sub)", cause);
  }
}

/** A public key of an agent, by the id of its credential. */
export interface NamedKey {
  readonly id: string;
  readonly jwk: JWK;
}

interface Expected {
  readonly sender: string;
  readonly audiences: readonly string[];
  readonly now: number;
}

interface ExpectedOnce extends Expected {
  /** Since when uses are remembered: what is dated before may have been used. */
  readonly sinceMs: number;
}

/**
 * `private_key_jwt` (RFC 7523; OpenID Connect Core 1.0, section 9). Answers its `jti`, to be taken once, and the key that
 * it was signed with. Throws `invalid_client`.
 */
export async function readKeyAssertion(
  assertion: string,
  keys: readonly NamedKey[],
  expected: ExpectedOnce,
): Promise<{ readonly jti: string; readonly key: string }> {
  const { sender, audiences, now, sinceMs } = expected;
  const required = ["iss", "sub", "aud", "exp", "iat", "jti"];
  const checks = { audience: [...audiences], issuer: sender, now, ageMaxS: ASSERTION_AGE_S, required };
  const { claims, id } = await readWithAny(assertion, keys, checks);
  if (claims.sub !== sender)
    throw oauthFault("invalid_client", "the assertion is of one agent for another (sub)");
  demandOneAudience(claims.aud);
  if ((claims.iat ?? 0) < Math.floor(sinceMs / 1_000))
    throw oauthFault("invalid_client", "the assertion is from before Doorward started: make a new one");
  const jti = z.string().min(1).max(256).safeParse(claims.jti);
  if (!jti.success) throw oauthFault("invalid_client", "the assertion has no fit jti");
  return { jti: jti.data, key: id };
}

/**
 * A JWT-SVID (SPIFFE: JWT-SVID, sections 2 to 4): named in `sub`, for us, not expired, signed by the trust domain's bundle.
 * Answers its `jti`, to be taken once; null: it has none, and is good until it expires, as an agent of SPIRE hands the same
 * one out again (section 7.1): `SVID_BEARER_MINUTES_MAX` at most. Throws `invalid_client`.
 */
export async function readSvid(
  svid: string,
  bundle: JSONWebKeySet,
  expected: ExpectedOnce,
): Promise<{ readonly jti: string | null }> {
  const { sender, audiences, now, sinceMs } = expected;
  const required = ["sub", "aud", "exp"];
  const checks = { audience: [...audiences], now, ageMaxS: null, required, plainTypes: SVID_TYPES };
  const { claims } = await read(svid, bundle, checks);
  if (claims.sub !== sender) throw oauthFault("invalid_client", "the JWT-SVID is another's (sub)");
  demandOneAudience(claims.aud);
  if ((claims.exp ?? Infinity) > now / 1_000 + SVID_LIFE_S + SKEW_S)
    throw oauthFault("invalid_client", "the JWT-SVID lives for more than an hour from now (exp)");
  if (claims.jti === undefined) {
    if ((claims.exp ?? Infinity) > now / 1_000 + SVID_BEARER_MINUTES_MAX * 60 + SKEW_S) throw usedForLong();
    return { jti: null };
  }
  const jti = z.string().min(1).max(256).safeParse(claims.jti);
  if (!jti.success) throw oauthFault("invalid_client", "the JWT-SVID has no fit jti");
  if (claims.iat !== undefined && claims.iat < Math.floor(sinceMs / 1_000))
    throw oauthFault("invalid_client", "the JWT-SVID is from before Doorward started: fetch a new one");
  return { jti: jti.data };
}

function usedForLong(): Fault {
  return oauthFault(
    "invalid_client",
    `the JWT-SVID has no jti and lives for more than ${SVID_BEARER_MINUTES_MAX} minutes from now: let SPIRE put one in (jwt_svid_include_jti), or make it shorter (default_jwt_svid_ttl)`,
  );
}

/** Whoever else it is for could use it here (draft-ietf-oauth-rfc7523bis, section 3; JWT-SVID, section 7.2). */
function demandOneAudience(audience: string | readonly string[] | undefined): void {
  if (typeof audience !== "string" && audience?.length !== 1)
    throw oauthFault("invalid_client", "the assertion is for others too (aud)");
}

/** Key ids are the signer's own names: every key of the agent is tried, whatever the header says. */
async function readWithAny(text: string, keys: readonly NamedKey[], checks: Parameters<typeof readJwt>[2]) {
  let last: unknown = null;
  for (const { id, jwk } of keys) {
    try {
      return { id, ...(await readJwt(text, ({ alg }) => keyFor(jwk, alg), checks)) };
    } catch (cause) {
      last = cause;
    }
  }
  if (last === null) throw oauthFault("invalid_client", "no key of this agent is known");
  throw refusedAs("invalid_client", last);
}

/** The header's algorithm is one of ours by now; whether the key fits it is the key's to say. */
async function keyFor(jwk: JWK, alg: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, alg).catch(() => null);
  if (key === null || key instanceof Uint8Array) throw new errors.JWKSNoMatchingKey();
  return key;
}

async function read(text: string, keys: JSONWebKeySet, checks: Parameters<typeof readJwt>[2]) {
  return readJwt(text, createLocalJWKSet(keys), checks).catch((cause: unknown) => {
    throw refusedAs("invalid_client", cause);
  });
}

const KEY_TYPES = z.enum(["EC", "OKP", "RSA"]);
const RSA_BYTES_MIN = 256;

/**
 * A public key as an agent's owner hands it in: its thumbprint (RFC 7638) and the members that make it, no more. Throws
 * `credential_unfit` for a private key, a shared secret, or one that no allowed algorithm fits.
 */
export async function publicKey(text: string): Promise<{ readonly thumbprint: string; readonly jwk: JWK }> {
  const given = jsonOf(text);
  const kty = KEY_TYPES.safeParse(given["kty"]);
  if (!kty.success || "d" in given || "k" in given) throw unfit("it is no public key of type EC, OKP or RSA");
  const named = ["kty", "crv", "x", "y", "n", "e"].flatMap((name) =>
    typeof given[name] === "string" ? [[name, given[name]] as const] : [],
  );
  const jwk: JWK = { ...Object.fromEntries(named), kty: kty.data };
  if (jwk.kty === "RSA" && Buffer.from(jwk.n ?? "", "base64url").length < RSA_BYTES_MIN)
    throw unfit("it has less than 2048 bits");
  try {
    await importJWK(jwk, algorithmOf(jwk));
    return { thumbprint: await calculateJwkThumbprint(jwk), jwk };
  } catch (cause) {
    throw unfit("it cannot be read", cause);
  }
}

function algorithmOf({ kty, crv }: JWK): (typeof ALGORITHMS)[number] {
  if (kty === "RSA") return "RS256";
  if (kty === "OKP") return "Ed25519";
  return crv === "P-384" ? "ES384" : "ES256";
}

/** A SPIFFE id and the keys of its trust domain, as the owner hands them in. Throws `credential_unfit`. */
export async function trustBundle(
  id: string,
  text: string,
): Promise<{ readonly id: string; readonly keys: readonly JWK[] }> {
  const parsed = spiffeId.safeParse(id);
  if (!parsed.success) throw unfit("the SPIFFE id is not spiffe://TRUST-DOMAIN/PATH in its plain form");
  const listed = z.array(z.record(z.string(), z.unknown())).min(1).max(20).safeParse(jsonOf(text)["keys"]);
  if (!listed.success) throw unfit("the trust bundle is no JSON object with 1 to 20 keys");
  const keys: JWK[] = [];
  for (const one of listed.data) {
    const { jwk } = await publicKey(JSON.stringify(one));
    const { kid } = one;
    keys.push(typeof kid === "string" ? { ...jwk, kid } : jwk);
  }
  return { id: parsed.data, keys };
}

/**
 * A client id that is the address of the client's own metadata (draft-ietf-oauth-client-id-metadata-document-01, section 3):
 * https, with a path, and without dot segments, fragment, user or query. Throws `credential_unfit`.
 */
export function clientIdUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url?.protocol === "https:" && url.href === text && url.pathname !== "/";
  if (isPlain && url.username === "" && url.password === "" && url.search === "" && url.hash === "")
    return text;
  throw unfit("a client id that is an address is https, in its plain form, with a path and nothing after it");
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw unfit("it is no JSON object", cause);
  }
}

function unfit(why: string, cause?: unknown): Fault {
  return new Fault(
    "credential_unfit",
    `this cannot be an agent's credential: ${why}`,
    "Give the public half of a P-256, P-384, Ed25519 or RSA key as a JWK (RFC 7517), or a SPIFFE trust bundle.",
    cause,
  );
}
