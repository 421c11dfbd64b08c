import { DETAILS_TYPE, HANDOVER_LIFE_S, type IssuedClaims, oauthFault } from "#identity";
import type { Schema } from "#store";
import { drafted } from "../delegation-grant.ts";
import {
  copied,
  delegationBody,
  type DelegationRow,
  pathTo,
  scopeOf,
  scopeText,
} from "../delegation-rows.ts";
import { stateWrite } from "../change.ts";
import { type AskedDetails, narrowedTo } from "./details.ts";
import { activeDelegation, type Exchange, type Exchanged, lifeOf, TOKEN_TYPES } from "./lent.ts";
import type { OAuthOutside } from "./outside.ts";

const AGENT_AUDIENCE = /^urn:doorward:agent:([a-z0-9_-]{1,63})$/;
/** Agents that one delegation may have been passed on to, ended ones left out: a part each. */
const PARTS_MAX = 20;

/**
 * An agent hands a part of what it holds to another: the part is a delegation of its own, and the answer a token that is
 * good for nothing but that agent's own exchange (`may_act`, RFC 8693, 4.4). Neither agent sees what opens the other's doors.
 */
export async function passedOn(
  outside: OAuthOutside,
  asked: Exchange,
  { details, audience }: { readonly details: AskedDetails; readonly audience: string },
): Promise<Exchanged> {
  if (asked.subjectType !== TOKEN_TYPES.access)
    throw oauthFault("invalid_request", "only a token that an agent holds is handed on to another");
  const held = await heldToken(outside, asked);
  const parent = await activeDelegation(outside, held.delegation);
  const to = await agentNamed(outside, audience);
  const scope = narrowedTo({ ...details, identifier: undefined }, held.scope);
  const row = await kept(outside, { parent, to, scope: scopeText(scope), by: asked.agent.id });
  const path = await pathTo(outside, parent.id);
  const lifeS = lifeOf(outside, { ...parent, ...row }, HANDOVER_LIFE_S);
  const token = await outside.issuer.handOver({
    subject: row.user_id,
    agents: path.map((step) => step.agent_id),
    delegation: row.id,
    mayAct: to,
    expiresAtS: Math.floor(outside.ambient.now() / 1_000) + lifeS,
  });
  return {
    access_token: token,
    issued_token_type: TOKEN_TYPES.jwt,
    token_type: "N_A",
    expires_in: lifeS,
    authorization_details: [{ type: DETAILS_TYPE, identifier: row.id, ...copied(scopeOf(row.scope)) }],
  };
}

/** The subject token, in the hands of the agent that it was issued to, with the proof that it is bound to. */
async function heldToken(outside: OAuthOutside, asked: Exchange): Promise<IssuedClaims> {
  const claims = await outside.issuer.read(asked.subjectToken).catch((cause: unknown) => {
    throw oauthFault("invalid_grant", "the subject token is none of this Doorward's, or is over", cause);
  });
  if (claims.agents.at(-1) !== asked.agent.id)
    throw oauthFault("invalid_grant", "the subject token was issued to another agent");
  if (claims.thumbprint !== null && claims.thumbprint !== asked.thumbprint)
    throw oauthFault(
      "invalid_dpop_proof",
      "the subject token is bound to a key that did not prove this request",
    );
  if (claims.certificate !== null && claims.certificate !== asked.certificate?.thumbprint)
    throw oauthFault(
      "invalid_grant",
      "the subject token is bound to a client certificate that is not on this connection",
    );
  const session = await outside.store.query
    .selectFrom("sessions")
    .select("id")
    .where("id", "=", claims.session)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  if (session === undefined) throw oauthFault("invalid_grant", "the session of the subject token has ended");
  return claims;
}

async function agentNamed({ store }: OAuthOutside, audience: string): Promise<string> {
  const name = AGENT_AUDIENCE.exec(audience)?.[1];
  const row =
    name === undefined
      ? undefined
      : await store.query
          .selectFrom("agents")
          .select("id")
          .where((eb) => eb.or([eb("id", "=", name), eb("name", "=", name)]))
          .where("revoked_at", "is", null)
          .executeTakeFirst();
  if (row === undefined)
    throw oauthFault("invalid_target", "the audience is no agent: urn:doorward:agent:NAME");
  return row.id;
}

interface Part {
  readonly parent: DelegationRow;
  readonly to: string;
  readonly scope: string;
  /** The agent that hands it on. */
  readonly by: string;
}

/** The part that was handed to this agent before, where it is the same; else a new one, on record. */
async function kept(outside: OAuthOutside, part: Part): Promise<Schema["delegations"]> {
  const parts = await partsOf(outside, part.parent.id);
  const same = parts.find((row) => row.agent_id === part.to && row.scope === part.scope);
  if (same !== undefined) return same;
  if (parts.length >= PARTS_MAX)
    throw oauthFault("access_denied", "the delegation was passed on to too many agents");
  const { parent } = part;
  const row = await drafted(outside, {
    user: parent.user_id,
    agent: part.to,
    parent: parent.id,
    scope: scopeOf(part.scope),
    callsMax: parent.calls_max === null ? null : parent.calls_max - parent.calls_used,
    further: parent.further - 1,
    purpose: "",
    expiresAt: parent.expires_at,
  });
  const { ambient, store, journal } = outside;
  const body = { by: part.by, via: "exchange", ...delegationBody(row) };
  const done = await journal.append({
    entries: [{ kind: "delegation.granted", subject: row.id, at: ambient.now(), body }],
    writes: [stillActive(parent.id), stateWrite(store.query.insertInto("delegations").values(row), 1)],
  });
  if (done.kind === "kept") return row;
  throw oauthFault("access_denied", "the delegation was revoked in this moment");
}

function stillActive(id: string) {
  return {
    sql: "UPDATE delegations SET calls_used = calls_used WHERE id = ? AND revoked_at IS NULL",
    parameters: [id],
    changes: 1,
  };
}

function partsOf({ store, ambient }: OAuthOutside, parent: string): Promise<Schema["delegations"][]> {
  return store.query
    .selectFrom("delegations")
    .selectAll()
    .where("parent_id", "=", parent)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", ambient.now())
    .execute();
}
