import { z } from "zod";
import { oauthFault, readJwt, refusedAs } from "./jws.ts";
import type { Vouching } from "./subject.ts";

/** How old one may be, whatever its own expiry says: it is used once, soon after it was made. */
export const ID_JAG_AGE_S = 600;

/** What the organisation's provider allows one client to get for one of its users (ID-JAG). */
export interface IdJag {
  readonly subject: string;
  /** Of the client that it was made for, as the provider names it. */
  readonly client: string;
  readonly jti: string;
  /** Seconds since the Unix epoch. */
  readonly issuedAtS: number;
  /** Addresses of doors (RFC 8707); null: it names none. */
  readonly resources: readonly string[] | null;
  /** null: it names none. */
  readonly scopes: readonly string[] | null;
  /** Thumbprint of the key that must prove the request; null: none. */
  readonly thumbprint: string | null;
}

const text = z.string().min(1).max(2_000);
const shape = z.object({
  sub: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  aud: z.union([text, z.tuple([text])]),
  client_id: text,
  jti: z.string().min(1).max(256),
  iat: z.number(),
  resource: z.union([text, z.array(text).min(1).max(8)]).optional(),
  scope: z.string().max(2_000).optional(),
  cnf: z.strictObject({ jkt: text }).optional(),
  // What limits it in ways that are not read here would be lost by leaving it out.
  authorization_details: z.never().optional(),
  act: z.never().optional(),
});

/**
 * Reads an Identity Assertion JWT Authorization Grant (draft-ietf-oauth-identity-assertion-authz-grant-03): of the
 * configured provider, by its type, for our token endpoint alone. Whose it is and whether it was used is for the caller.
 * Throws `invalid_grant`, and what fetching the keys throws.
 */
export async function readIdJag(
  assertion: string,
  { vouching, now }: { readonly vouching: Vouching; readonly now: number },
): Promise<IdJag> {
  const { claims } = await readJwt(assertion, vouching.keys, {
    issuer: vouching.issuer,
    audience: vouching.audience,
    typ: "oauth-id-jag+jwt",
    now,
    ageMaxS: ID_JAG_AGE_S,
    required: ["sub", "client_id", "jti", "exp", "iat"],
  }).catch((cause: unknown) => {
    throw refusedAs("invalid_grant", cause);
  });
  const parsed = shape.safeParse(claims);
  if (!parsed.success) {
    const claim = parsed.error.issues[0]?.path.join(".") ?? "its claims";
    throw oauthFault(
      "invalid_grant",
      `the assertion is not for Doorward alone, or says what is not taken (${claim})`,
    );
  }
  const { sub, client_id: client, jti, iat, resource, scope, cnf } = parsed.data;
  return {
    subject: sub,
    client,
    jti,
    issuedAtS: iat,
    resources: resource === undefined ? null : [resource].flat(),
    scopes: scope === undefined ? null : scope.split(" ").filter((one) => one !== ""),
    thumbprint: cnf?.jkt ?? null,
  };
}
