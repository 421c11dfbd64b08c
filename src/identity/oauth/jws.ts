import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from "jose";
import { Fault } from "#base";

/** Longest token, assertion or proof that is looked at. */
export const TOKEN_CHARS_MAX = 16_384;
/** Clocks of others and ours may differ by this much. */
export const SKEW_S = 30;

/**
 * The only algorithms that any token, assertion or proof of others may be signed with: asymmetric ones. What is not
 * here is refused before a key is looked for, so that no public key is ever used as a shared secret (RFC 8725, 3.1).
 */
export const ALGORITHMS = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"] as const;

export interface Checks {
  readonly issuer?: string;
  readonly audience?: string | string[];
  /** The header's `typ`; absent: none, or one of `plainTypes`. */
  readonly typ?: string;
  /** What a header may say that says nothing of the use; absent: `JWT`. */
  readonly plainTypes?: readonly string[];
  readonly now: number;
  /** Seconds since `iat`, which is then required; null: its age is not asked for, and `exp` alone ends it. */
  readonly ageMaxS: number | null;
  readonly required: string[];
}

export interface Read {
  readonly claims: JWTPayload;
  readonly header: { readonly typ?: string; readonly jwk?: object };
}

const COMPACT = /^[\w-]{2,}\.[\w-]{2,}\.[\w-]{2,}$/;

export function looksLikeJwt(text: string): boolean {
  return text.length <= TOKEN_CHARS_MAX && COMPACT.test(text);
}

/**
 * Verifies one JWT: form, algorithm, signature, `typ`, issuer, audience, `exp`, `nbf`, `iat`. Throws jose's errors, whose
 * `code` says what did not hold; what throws otherwise is what `key` threw.
 */
export async function readJwt(text: string, key: JWTVerifyGetKey, checks: Checks): Promise<Read> {
  if (!looksLikeJwt(text)) throw new errors.JWTInvalid("it is no compact JWT, or too long");
  const options: JWTVerifyOptions = {
    algorithms: [...ALGORITHMS],
    currentDate: new Date(checks.now),
    clockTolerance: SKEW_S,
    requiredClaims: checks.required,
    ...(checks.ageMaxS === null ? {} : { maxTokenAge: checks.ageMaxS }),
    ...(checks.issuer === undefined ? {} : { issuer: checks.issuer }),
    ...(checks.audience === undefined ? {} : { audience: checks.audience }),
    ...(checks.typ === undefined ? {} : { typ: checks.typ }),
  };
  const { payload, protectedHeader } = await jwtVerify(text, key, options);
  const { typ, jwk } = protectedHeader;
  // A logout token, a proof or an assertion of another use carries a type of its own (RFC 8725, 3.11).
  const plain = checks.plainTypes ?? ["JWT"];
  if (checks.typ === undefined && typ !== undefined && !plain.includes(typ.toUpperCase()))
    throw new errors.JWTInvalid(`its type is ${JSON.stringify(typ.slice(0, 40))}`);
  return {
    claims: payload,
    header: { ...(typ === undefined ? {} : { typ }), ...(jwk === undefined ? {} : { jwk }) },
  };
}

/** jose's code for what did not hold (`ERR_JWT_EXPIRED`), or null where something else went wrong. */
export function joseCode(cause: unknown): string | null {
  if (!(cause instanceof errors.JOSEError)) return null;
  const claim = cause instanceof errors.JWTClaimValidationFailed ? ` (${cause.claim})` : "";
  return cause.code.replace(/^ERR_/, "") + claim;
}

/** Why a token, assertion or proof of others does not hold, as an OAuth error; anything that is no such reason is thrown on. */
export function refusedAs(
  code: "invalid_client" | "invalid_grant" | "invalid_dpop_proof",
  cause: unknown,
): Fault {
  const why = joseCode(cause);
  if (why === null) throw cause;
  return oauthFault(code, `${WHAT[code]} does not hold: ${why}`, cause);
}

const WHAT = {
  invalid_client: "the agent's assertion",
  invalid_grant: "the subject token",
  invalid_dpop_proof: "the DPoP proof",
} as const;

const OAUTH_ERRORS = [
  { code: "invalid_request", remedy: "Send the parameters of RFC 8693, section 2.1, as a form, each once." },
  {
    code: "invalid_client",
    remedy:
      "Authenticate as the agent: its key as client secret, an assertion signed by a key added with `doorward agents add-credential`, or a client certificate added so, with client_id, on its connection to Doorward itself.",
  },
  { code: "invalid_grant", remedy: "Sign the user in again, for Doorward, and exchange the new token." },
  {
    code: "invalid_target",
    remedy: "Name an address of a door as resource: /.well-known/oauth-protected-resource says which.",
  },
  {
    code: "invalid_scope",
    remedy: "Ask for mcp, llm or both, for doors that the request names; or for none.",
  },
  {
    code: "invalid_authorization_details",
    remedy: "Ask for a part of a delegation that the agent holds: `doorward delegations list`.",
  },
  { code: "invalid_dpop_proof", remedy: "Make a fresh proof for each request (RFC 9449)." },
  { code: "access_denied", remedy: "Ask the user to grant one: `doorward delegations grant AGENT`." },
  {
    code: "unsupported_grant_type",
    remedy: "Use urn:ietf:params:oauth:grant-type:token-exchange, or :jwt-bearer with an ID-JAG.",
  },
  { code: "temporarily_unavailable", remedy: "Try again in a moment." },
] as const;

export type OAuthError = (typeof OAUTH_ERRORS)[number]["code"];

/** A Fault whose code is an error code of OAuth (RFC 6749, 8693, 8707, 9396, 9449). */
export function oauthFault(code: OAuthError, message: string, cause?: unknown): Fault {
  const remedy = OAUTH_ERRORS.find((one) => one.code === code)?.remedy ?? "";
  return new Fault(code, message, remedy, cause);
}
