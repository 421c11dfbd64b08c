import { calculateJwkThumbprint, EmbeddedJWK } from "jose";
import type { Ambient } from "#base";
import { hash } from "node:crypto";
import { oauthFault, readJwt, refusedAs, SKEW_S } from "./jws.ts";
import { createOnce, type OnceLimits } from "./once.ts";

/** A request that a proof is to be for. */
export interface Proven {
  readonly method: string;
  /** Our own origins, and the path asked for, without its query. */
  readonly origins: ReadonlySet<string>;
  readonly path: string;
  /** The access token that it must go with; null where there is none yet. */
  readonly token: string | null;
  /** Thumbprint of the key that the token is bound to; null where there is no token yet. */
  readonly key: string | null;
  /** The agent that has shown who it is: uses are remembered at its expense. */
  readonly agent: string;
}

/** DPoP proofs (RFC 9449): each for one request, once. */
export interface Proofs {
  /** The thumbprint (RFC 7638) of the key that the sender holds. Throws `invalid_dpop_proof`. */
  readonly check: (proof: string, request: Proven) => Promise<string>;
}

/** How old a proof may be. */
export const PROOF_AGE_S = 60;
const PROOFS_MAX = 200_000;
/** Of one agent, with however many keys: more than a hundred calls a second. */
const OWN_PROOFS_MAX = 20_000;
const JTI_CHARS_MAX = 256;

const LIMITS = { thingsMax: PROOFS_MAX, ownMax: OWN_PROOFS_MAX };

export function createProofs(
  ambient: Pick<Ambient, "now" | "monotonic">,
  limits: Omit<OnceLimits, "lifeMs"> = LIMITS,
): Proofs {
  // Whether an older one was used, only the process before this one knew.
  const sinceS = Math.floor(ambient.now() / 1_000);
  let latest = ambient.now();
  // What has expired stays expired, though the clock jump back: by then it was forgotten that it was used.
  const now = (): number => (latest = Math.max(latest, ambient.now()));
  const lifeMs = (PROOF_AGE_S + 2 * SKEW_S) * 1_000;
  const seen = createOnce(ambient, { ...limits, lifeMs });
  return {
    check: async (proof, request) => {
      const { claims, header } = await readProof(proof, now());
      const { jti, htm, htu, ath } = claims;
      demandSince(claims.iat, sinceS);
      if (!isJti(jti)) throw unfit("jti");
      if (htm !== request.method) throw unfit("htm");
      if (typeof htu !== "string" || !isFor(htu, request)) throw unfit("htu");
      if (request.token !== null && ath !== hash("sha256", request.token, "base64url")) throw unfit("ath");
      const thumbprint = await calculateJwkThumbprint(header.jwk ?? {});
      if (request.key !== null && thumbprint !== request.key)
        throw unfit("jwk: the token is bound to another");
      // Last, so that a proof that does not hold uses up nothing.
      if (!seen.use(request.agent, `${thumbprint}.${jti}`)) throw unfit("jti: it was used before");
      return thumbprint;
    },
  };
}

function isJti(jti: unknown): jti is string {
  return typeof jti === "string" && jti !== "" && jti.length <= JTI_CHARS_MAX;
}

function demandSince(iat: number | undefined, sinceS: number): void {
  if (iat === undefined || iat < sinceS) throw unfit("iat: it is from before Doorward started");
}

async function readProof(proof: string, now: number) {
  try {
    const required = ["jti", "htm", "htu", "iat"];
    return await readJwt(proof, EmbeddedJWK, { typ: "dpop+jwt", now, ageMaxS: PROOF_AGE_S, required });
  } catch (cause) {
    throw refusedAs("invalid_dpop_proof", cause);
  }
}

/** RFC 9449, 4.3: compared without query and fragment, after the normalisation of RFC 3986. */
function isFor(htu: string, { origins, path }: Proven): boolean {
  const url = URL.parse(htu);
  return url !== null && url.username === "" && origins.has(url.origin) && url.pathname === path;
}

function unfit(claim: string) {
  return oauthFault("invalid_dpop_proof", `the DPoP proof is not for this request (${claim})`);
}
