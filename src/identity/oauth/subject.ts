import type { JWTVerifyGetKey } from "jose";
import { oauthFault, readJwt, refusedAs } from "./jws.ts";

/** Whose word is taken for who a user is: the one identity provider of the install. */
export interface Vouching {
  readonly issuer: string;
  /** Doorward's client id there: the audience of ID tokens. */
  readonly clientId: string;
  /** Doorward's own identifier: the audience of access tokens. */
  readonly audience: string;
  /** The provider's published keys. */
  readonly keys: JWTVerifyGetKey;
}

export type SubjectType = "id_token" | "access_token";

/** How old a user's token may be, whatever its own expiry says. */
export const SUBJECT_AGE_S = 3_600;
/** At most 255 ASCII characters (OpenID Connect Core 1.0, section 2). */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

export interface Subject {
  readonly issuer: string;
  readonly subject: string;
  /** The only party that may act for them by this token (RFC 8693, 4.4); null: it does not say. */
  readonly mayAct: string | null;
}

/**
 * Reads a user's token (T16): of the configured issuer, signed with a published key and a pinned algorithm, for Doorward and
 * nobody else, and fresh. Throws `invalid_grant`, and what fetching the keys throws.
 */
export async function readSubject(
  token: string,
  type: SubjectType,
  { vouching, now }: { readonly vouching: Vouching; readonly now: number },
): Promise<Subject> {
  const { issuer, clientId, audience, keys } = vouching;
  const expected = type === "id_token" ? clientId : audience;
  const { claims } = await readJwt(token, keys, {
    issuer,
    audience: expected,
    now,
    ageMaxS: SUBJECT_AGE_S,
    required: ["sub", "exp", "iat"],
    // RFC 9068, 2.1: an access token says that it is one, so that no ID token passes for it.
    ...(type === "access_token" ? { typ: "at+jwt" } : {}),
  }).catch((cause: unknown) => {
    throw refusedAs("invalid_grant", cause);
  });
  const { aud, azp, sub, events, may_act: mayAct } = claims;
  // We know no other audience that we trust, so a token that also opens something else is not taken.
  if ((Array.isArray(aud) ? aud : [aud]).length !== 1) throw unfit("aud");
  if (type === "id_token" && azp !== undefined && azp !== clientId) throw unfit("azp");
  if (events !== undefined) throw unfit("events");
  if (typeof sub !== "string" || !SUBJECT.test(sub)) throw unfit("sub");
  return { issuer, subject: sub, mayAct: mayActOf(mayAct) };
}

function mayActOf(claim: unknown): string | null {
  if (claim === undefined) return null;
  const sub: unknown = typeof claim === "object" && claim !== null ? Reflect.get(claim, "sub") : null;
  if (typeof sub !== "string") throw unfit("may_act");
  return sub;
}

function unfit(claim: string) {
  return oauthFault(
    "invalid_grant",
    `the subject token is not for Doorward alone, or names nobody (${claim})`,
  );
}
