import type { KeyObject } from "node:crypto";
import { calculateJwkThumbprint, errors, exportJWK, type JWK, SignJWT } from "jose";
import { z } from "zod";
import { type Ambient, assert } from "#base";
import type { DelegationScope } from "#vocabulary";
import { readJwt } from "./jws.ts";

/** What Doorward's own tokens say. `act` nests: the acting agent outermost, the first of the chain innermost (RFC 8693, 4.1). */
export interface IssuedClaims {
  /** Id of the user. */
  readonly subject: string;
  /** Ids of the chain's agents, the first of the chain first. */
  readonly agents: readonly string[];
  readonly audience: readonly string[];
  readonly delegation: string;
  readonly scope: DelegationScope;
  readonly session: string;
  /** Id of the agent's credential that it was issued for. */
  readonly credential: string;
  /** Thumbprint of the key that must prove each use (RFC 9449); null: a bearer token. */
  readonly thumbprint: string | null;
  /** Thumbprint of the client certificate that must be on each connection (RFC 8705, section 3); null: none. */
  readonly certificate: string | null;
  readonly expiresAtS: number;
}

/** What one agent hands another: nothing but the right to ask for a token of its own, once. */
export interface HandoverClaims {
  readonly subject: string;
  readonly agents: readonly string[];
  readonly delegation: string;
  /** Id of the agent that may act (RFC 8693, 4.4). */
  readonly mayAct: string;
  readonly expiresAtS: number;
}

export const DETAILS_TYPE = "urn:doorward:delegation";
/** Longest life of an access token: revocation does not wait for it, a stolen copy does. */
export const TOKEN_LIFE_S = 600;
export const HANDOVER_LIFE_S = 300;
/** Agents of one chain: more than can be granted; deeper nesting is not read. */
const AGENTS_MAX = 8;
const ACCESS_TYPE = "at+jwt";
const HANDOVER_TYPE = "doorward-handover+jwt";

/** ECDSA P-256. */
export interface IssuerKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Issuer {
  readonly issuer: string;
  /** Since when uses are remembered here: what may be used once and is dated before may have been used. */
  readonly sinceMs: number;
  /** Milliseconds since the Unix epoch; never earlier than it was, so that what has expired stays expired. */
  readonly now: () => number;
  readonly issue: (claims: IssuedClaims) => Promise<string>;
  readonly handOver: (claims: HandoverClaims) => Promise<string>;
  /** Throws jose's errors, or a ZodError for what we never wrote. */
  readonly read: (token: string) => Promise<IssuedClaims>;
  readonly readHandover: (token: string) => Promise<HandoverClaims & { readonly id: string }>;
  /** RFC 7517. */
  readonly keys: () => Promise<{ readonly keys: readonly JWK[] }>;
}

export interface IssuerOptions {
  /** Our identifier, which every token names. */
  readonly issuer: string;
  readonly ambient: Ambient;
  /** Now: the one to sign with first, then those whose tokens are still taken. */
  readonly keys: () => readonly IssuerKey[];
  /** The latest time known from before the start, milliseconds since the Unix epoch. */
  readonly latestMs: number;
}

/** Signs our own tokens, and reads them. What has expired stays expired, though the clock jump back. */
export function createIssuer({ issuer, ambient, keys, latestMs }: IssuerOptions): Issuer {
  let latest = latestMs;
  const sinceMs = ambient.now();
  const now = (): number => (latest = Math.max(latest, ambient.now()));
  const published = publishedOf();
  const sign = async (typ: string, claims: Record<string, unknown>, expiresAtS: number): Promise<string> => {
    const [key] = keys();
    assert(key !== undefined, "there is a key to sign with");
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", typ, kid: (await published(key)).kid })
      .setIssuer(issuer)
      .setIssuedAt(Math.floor(now() / 1_000))
      .setExpirationTime(expiresAtS)
      .setJti(ambient.id("tok"))
      .sign(key.privateKey);
  };
  const keyNamed = async ({ kid }: { readonly kid?: string | undefined }): Promise<KeyObject> => {
    for (const key of keys()) if ((await published(key)).kid === kid) return key.publicKey;
    throw new errors.JWKSNoMatchingKey();
  };
  const read = async (token: string, typ: string, ageMaxS: number): Promise<unknown> => {
    const required = ["sub", "aud", "exp", "jti"];
    return (await readJwt(token, keyNamed, { typ, issuer, now: now(), ageMaxS, required })).claims;
  };
  return {
    issuer,
    sinceMs,
    now,
    keys: async () => ({ keys: await Promise.all(keys().map(published)) }),
    issue: (claims) => sign(ACCESS_TYPE, accessClaims(claims), claims.expiresAtS),
    handOver: (claims) => sign(HANDOVER_TYPE, handoverClaims(issuer, claims), claims.expiresAtS),
    read: async (token) => accessOf(accessShape.parse(await read(token, ACCESS_TYPE, TOKEN_LIFE_S))),
    readHandover: async (token) => {
      const handover = handoverShape.parse(await read(token, HANDOVER_TYPE, HANDOVER_LIFE_S));
      // Whether it was used is remembered in this process alone.
      if (handover.iat * 1_000 < Math.floor(sinceMs / 1_000) * 1_000)
        throw new errors.JWTExpired("it is from before the start", {}, "iat");
      return handoverOf(handover);
    },
  };
}

type Published = JWK & { readonly kid: string };

/** As the key set shows a key; its thumbprint (RFC 7638) is its name. */
function publishedOf(): (key: IssuerKey) => Promise<Published> {
  const known = new WeakMap<IssuerKey, Promise<Published>>();
  const make = async ({ publicKey }: IssuerKey): Promise<Published> => {
    const jwk = await exportJWK(publicKey);
    return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "ES256", use: "sig" };
  };
  return (key) => {
    const made = known.get(key) ?? make(key);
    known.set(key, made);
    return made;
  };
}

function accessClaims(claims: IssuedClaims): Record<string, unknown> {
  const { subject, agents, audience, delegation, scope, session, credential } = claims;
  return {
    sub: subject,
    aud: [...audience],
    client_id: agents.at(-1),
    act: nested(agents),
    authorization_details: [{ type: DETAILS_TYPE, identifier: delegation, ...scope }],
    sid: session,
    credential,
    ...confirmationOf(claims),
  };
}

/** RFC 7800, section 3: whoever takes the token demands every one of them. */
function confirmationOf({ thumbprint, certificate }: IssuedClaims): object {
  const cnf = {
    ...(thumbprint === null ? {} : { jkt: thumbprint }),
    ...(certificate === null ? {} : { "x5t#S256": certificate }),
  };
  return Object.keys(cnf).length === 0 ? {} : { cnf };
}

function handoverClaims(issuer: string, { subject, agents, delegation, mayAct }: HandoverClaims) {
  return {
    sub: subject,
    aud: issuer,
    act: nested(agents),
    may_act: { sub: mayAct },
    authorization_details: [{ type: DETAILS_TYPE, identifier: delegation }],
  };
}

interface Actor {
  readonly sub: string;
  readonly act?: Actor | undefined;
}

function nested(agents: readonly string[]): Actor | undefined {
  return agents.reduce<Actor | undefined>(
    (act, sub) => (act === undefined ? { sub } : { sub, act }),
    undefined,
  );
}

const actor: z.ZodType<Actor> = z.object({ sub: z.string(), act: z.lazy(() => actor.optional()) });

function agentsIn(act: Actor): string[] {
  const agents: string[] = [];
  for (let at: Actor | undefined = act; at !== undefined && agents.length < AGENTS_MAX; at = at.act)
    agents.unshift(at.sub);
  return agents;
}

const texts = z.array(z.string());
const details = z.object({
  type: z.literal(DETAILS_TYPE),
  identifier: z.string(),
  servers: texts,
  tools: texts,
  verbs: z.array(z.custom<DelegationScope["verbs"][number]>((value) => typeof value === "string")),
  effects: z.array(z.custom<DelegationScope["effects"][number]>((value) => typeof value === "string")),
});
const accessShape = z.object({
  sub: z.string(),
  aud: texts,
  act: actor,
  authorization_details: z.tuple([details]),
  sid: z.string(),
  credential: z.string(),
  cnf: z.strictObject({ jkt: z.string().optional(), "x5t#S256": z.string().optional() }).optional(),
  exp: z.number(),
});
const handoverShape = z.object({
  sub: z.string(),
  act: actor,
  may_act: z.object({ sub: z.string() }),
  authorization_details: z.tuple([details.pick({ type: true, identifier: true })]),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
});

function accessOf(claims: z.output<typeof accessShape>): IssuedClaims {
  const [{ identifier, servers, tools, verbs, effects }] = claims.authorization_details;
  return {
    subject: claims.sub,
    agents: agentsIn(claims.act),
    audience: claims.aud,
    delegation: identifier,
    scope: { servers, tools, verbs, effects },
    session: claims.sid,
    credential: claims.credential,
    thumbprint: claims.cnf?.jkt ?? null,
    certificate: claims.cnf?.["x5t#S256"] ?? null,
    expiresAtS: claims.exp,
  };
}

function handoverOf(claims: z.output<typeof handoverShape>): HandoverClaims & { readonly id: string } {
  return {
    id: claims.jti,
    subject: claims.sub,
    agents: agentsIn(claims.act),
    delegation: claims.authorization_details[0].identifier,
    mayAct: claims.may_act.sub,
    expiresAtS: claims.exp,
  };
}
