import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { Fault } from "#base";
import {
  bearerOf,
  certificateOn,
  isInForce,
  type IssuedClaims,
  type Issuer,
  joseCode,
  looksLikeJwt,
  type Proofs,
} from "#identity";
import type { Store } from "#store";
import type { DelegationPath, Delegations } from "./delegations.ts";
import type { DoorPath, DoorRefusal } from "./door/road.ts";

/** What the doors need to take the tokens of `/oauth/token`. */
export interface TokensOptions {
  readonly issuer: Issuer;
  readonly proofs: Proofs;
  /** Where the doors are reached, without a trailing slash. */
  readonly door: string;
  /** Our own origins: a DPoP proof names one of them. */
  readonly origins: ReadonlySet<string>;
}

/** The request that a token came with: a proof is for one method and address, a certificate is of its connection. */
export interface Asked {
  readonly socket: object;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** A token's session and what it acts under, all of it in force now. */
export interface Delegated {
  readonly claims: IssuedClaims;
  readonly path: DelegationPath;
  readonly row: DelegatedRow;
}

const delegatedRow = z.object({
  agent_id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  stage: z.enum(["observe", "enforce", "isolate"]),
  observe_until: z.number().nullable(),
});
export type DelegatedRow = z.output<typeof delegatedRow>;

/** INVARIANT: a signature says who; what holds is in the store, and asked anew for every request. */
const LIVE = `SELECT a.id AS agent_id, a.name, a.owner_id, a.stage, a.observe_until
  FROM sessions s JOIN agents a ON a.id = s.agent_id
  WHERE s.id = ? AND s.delegation_id = ? AND s.agent_id = ? AND s.ended_at IS NULL AND a.revoked_at IS NULL
  AND (EXISTS (SELECT 1 FROM agent_keys k WHERE k.id = ? AND k.agent_id = a.id AND k.revoked_at IS NULL)
    OR EXISTS (SELECT 1 FROM agent_credentials c WHERE c.id = ? AND c.agent_id = a.id AND c.revoked_at IS NULL))`;

export interface Tokens {
  /** Null: the request carries no token of this kind. */
  readonly read: (
    headers: IncomingHttpHeaders,
    path: DoorPath,
    asked: Asked,
  ) => Promise<Delegated | DoorRefusal | null>;
  /** Where the metadata of this door are (RFC 9728), for `WWW-Authenticate`. */
  readonly metadataAt: (path: string) => string;
}

export function openTokens(
  { connection }: Store,
  delegations: Delegations,
  { issuer, proofs, door, origins }: TokensOptions,
): Tokens {
  const live = connection.prepare(LIVE);
  return {
    metadataAt: (path) => `${door}/.well-known/oauth-protected-resource${path}`,
    read: async (headers, path, asked) => {
      const shown = presented(headers.authorization);
      if (shown === null) return null;
      // One request, one credential: the secret address is one already.
      if (path.secret !== null) return refused("it came to an address that is a credential of its own");
      try {
        const claims = await issuer.read(shown.token);
        if (!claims.audience.some((one) => audiencesAt(door, path, asked).includes(one))) return foreign();
        demandCertificate(claims, asked, issuer.now());
        await proven({ proofs, origins }, { claims, shown, headers, asked });
        return inForce(claims) ?? ended();
      } catch (cause) {
        return refusedFor(cause);
      }
    },
  };

  function inForce(claims: IssuedClaims): Delegated | null {
    const { session, delegation, credential, agents, subject } = claims;
    const found = live.get(session, delegation, agents.at(-1) ?? "", credential, credential);
    const path = found === undefined ? null : delegations.path(delegation);
    if (found === undefined || path === null || path.user !== subject) return null;
    if (path.steps.map((step) => step.agent).join() !== agents.join()) return null;
    return { claims, path, row: delegatedRow.parse(found) };
  }
}

interface Shown {
  readonly scheme: "Bearer" | "DPoP";
  readonly token: string;
}

function presented(authorization: string | undefined): Shown | null {
  const bearer = bearerOf(authorization);
  if (bearer !== null) return looksLikeJwt(bearer) ? { scheme: "Bearer", token: bearer } : null;
  const token = /^dpop +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization ?? "")?.[1];
  return token === undefined ? null : { scheme: "DPoP", token };
}

/** A token for one server opens its own address alone; the aggregate's opens every server's. */
function audiencesAt(door: string, { server }: DoorPath, { url }: Asked): readonly string[] {
  if (url === "/door/http") return [`${door}/door/http`];
  if (url?.startsWith("/door/mcp") !== true) return [`${door}/v1`];
  const all = `${door}/door/mcp`;
  return server === null ? [all] : [all, `${all}/${server}`];
}

interface Proving {
  readonly claims: IssuedClaims;
  readonly shown: Shown;
  readonly headers: IncomingHttpHeaders;
  readonly asked: Asked;
}

/** T16, RFC 8705, section 3: a token that is bound to a certificate comes over a connection of whoever has its key. */
function demandCertificate({ certificate }: IssuedClaims, { socket }: Asked, now: number): void {
  if (certificate === null) return;
  const shown = certificateOn(socket);
  if (shown === null) throw unfit("it is bound to a client certificate, and its connection has none");
  if (shown.thumbprint !== certificate) throw unfit("it is bound to another client certificate");
  if (!isInForce(shown, now))
    throw unfit("the client certificate that it is bound to is out of its validity");
}

/** T16: a bound token comes with a fresh proof of its own key, and a bearer token does not pretend to one. */
async function proven(
  { proofs, origins }: Pick<TokensOptions, "proofs" | "origins">,
  { claims, shown, headers, asked }: Proving,
): Promise<void> {
  const { thumbprint: key, agents } = claims;
  const isBound = key !== null;
  if (isBound !== (shown.scheme === "DPoP")) throw unfit("its scheme is not the one it was issued for");
  if (!isBound) return;
  const proof = headers["dpop"];
  // Node joins copies of a header with a comma, which no proof has.
  if (typeof proof !== "string") throw unfit("it is bound to a key, and came without a proof");
  const path = (asked.url ?? "").split("?")[0] ?? "";
  const agent = agents.at(-1) ?? "";
  await proofs.check(proof, {
    method: asked.method ?? "",
    origins,
    path,
    token: shown.token,
    key,
    agent,
  });
}

function unfit(why: string): Fault {
  return new Fault("token_refused", `the token does not hold: ${why}`, REMEDY);
}

const REMEDY =
  "Exchange for a new token at /oauth/token. One that is bound to a key (DPoP) needs a fresh proof for each request, one that is bound to a client certificate that certificate on its connection to Doorward itself.";

function refusedFor(cause: unknown): DoorRefusal {
  const why = joseCode(cause);
  if (why !== null) return refused(`the token does not hold: ${why}`);
  if (cause instanceof z.ZodError) return refused("the token is none of this Doorward's");
  if (cause instanceof Fault && (cause.code === "token_refused" || cause.code === "invalid_dpop_proof"))
    return refused(cause.message);
  throw cause;
}

function foreign(): DoorRefusal {
  return refused("the token is for another door (aud)");
}

function ended(): DoorRefusal {
  return refused("what the token acted under has ended: its delegation, session, credential, agent or user");
}

function refused(reason: string): DoorRefusal {
  return { kind: "refused", status: 401, code: "token_refused", reason, remedy: REMEDY };
}
