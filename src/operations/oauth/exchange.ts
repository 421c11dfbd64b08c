import {
  DETAILS_TYPE,
  type IssuedClaims,
  oauthFault,
  readSubject,
  type SubjectType,
  TOKEN_LIFE_S,
} from "#identity";
import type { UserId } from "#vocabulary";
import { userOfProvider } from "../accounts/provider.ts";
import { findAgentById } from "../agent-rows.ts";
import { startKeys, stopAmong } from "../stop-rows.ts";
import { copied, type DelegationRow, delegations, pathTo, scopeOf, statusOf } from "../delegation-rows.ts";
import { type AskedDetails, narrowedTo, readDetails } from "./details.ts";
import { activeDelegation, type Exchange, type Exchanged, lifeOf, nowS, TOKEN_TYPES } from "./lent.ts";
import type { Acting, OAuthOutside } from "./outside.ts";
import { passedOn } from "./pass-on.ts";
import { sessionUnder } from "./session.ts";
import { targetsOf } from "./targets.ts";

/**
 * Gives an agent a token to act for a user, or for an agent that acts for one. It only ever narrows a delegation that the
 * user granted in person (T16). Throws Faults whose codes are OAuth's.
 */
export async function exchanged(outside: OAuthOutside, asked: Exchange): Promise<Exchanged> {
  demandRequested(asked);
  const details = readDetails(asked.details);
  if (asked.audience !== null) return passedOn(outside, asked, { details, audience: asked.audience });
  const delegation =
    asked.subjectType === TOKEN_TYPES.jwt
      ? await handedOver(outside, asked, details)
      : await lentByUser(outside, asked, details);
  return issued(outside, asked, { delegation, details });
}

/** RFC 8693, 2.1 and 2.2.2: there is one type of token for either purpose, and no other is made to pass for it. */
function demandRequested({ requestedType, audience }: Exchange): void {
  const made = audience === null ? TOKEN_TYPES.access : TOKEN_TYPES.jwt;
  if (requestedType !== null && requestedType !== made)
    throw oauthFault("invalid_request", `what is given here is of type ${made} (requested_token_type)`);
}

/** A user's token from the identity provider, and the delegation that this user granted this agent. */
async function lentByUser(
  outside: OAuthOutside,
  asked: Exchange,
  details: AskedDetails,
): Promise<DelegationRow> {
  const { agent } = asked;
  const vouching = await outside.vouching();
  if (vouching === null)
    throw oauthFault("invalid_grant", "no identity provider is configured whose tokens are taken");
  const now = outside.issuer.now();
  const subject = await readSubject(asked.subjectToken, typeOf(asked.subjectType), { vouching, now });
  if (subject.mayAct !== null && subject.mayAct !== agent.id && subject.mayAct !== agent.name)
    throw oauthFault("invalid_grant", "the user's token names another agent that may act (may_act)");
  const user = await userOfProvider(outside, subject.issuer, subject.subject);
  if (user === null)
    throw oauthFault("invalid_grant", "nobody added this user to Doorward, or they are disabled");
  return chosen(outside, { user, agent }, details);
}

function typeOf(type: string): SubjectType {
  if (type === TOKEN_TYPES.id) return "id_token";
  if (type === TOKEN_TYPES.access) return "access_token";
  throw oauthFault("invalid_request", "this subject_token_type is not taken");
}

/** The delegation that this user granted this agent: the one named, or the only one. Throws `access_denied`. */
export async function chosen(
  outside: OAuthOutside,
  { user, agent }: { readonly user: UserId; readonly agent: Acting },
  { identifier }: AskedDetails,
): Promise<DelegationRow> {
  const now = outside.ambient.now();
  const rows = await delegations(outside)
    .where("delegations.user_id", "=", user)
    .where("delegations.agent_id", "=", agent.id)
    .where("delegations.parent_id", "is", null)
    .where("delegations.revoked_at", "is", null)
    .where("delegations.expires_at", ">", now)
    .execute();
  const active = rows.filter((row) => statusOf(row, now) === "active");
  const named = identifier === undefined ? active : active.filter((row) => row.id === identifier);
  const [row, ...others] = named;
  if (row === undefined)
    throw oauthFault("access_denied", "the user has granted this agent no such delegation");
  if (others.length === 0) return row;
  throw oauthFault(
    "invalid_authorization_details",
    "the user granted this agent several delegations: name one in authorization_details, as identifier",
  );
}

/** What another agent handed to this one, once. */
async function handedOver(
  outside: OAuthOutside,
  asked: Exchange,
  details: AskedDetails,
): Promise<DelegationRow> {
  const handover = await outside.issuer.readHandover(asked.subjectToken).catch((cause: unknown) => {
    throw oauthFault("invalid_grant", "the subject token is no handover of this Doorward, or is over", cause);
  });
  if (handover.mayAct !== asked.agent.id)
    throw oauthFault("invalid_grant", "the handover is for another agent (may_act)");
  if (details.identifier !== undefined && details.identifier !== handover.delegation)
    throw oauthFault("invalid_authorization_details", "the handover is of another delegation");
  const row = await activeDelegation(outside, handover.delegation);
  if (row.agent_id !== asked.agent.id || row.user_id !== handover.subject)
    throw oauthFault("invalid_grant", "the handover does not fit its delegation");
  if (!outside.used.use(asked.agent.id, `handover ${handover.id}`))
    throw oauthFault("invalid_grant", "the handover was used before");
  return row;
}

/** The hard floor: whoever is stopped gets no tokens. Throws `access_denied`. */
async function demandMoving(
  outside: OAuthOutside,
  { id }: Acting,
  { user_id }: DelegationRow,
): Promise<void> {
  const agent = await findAgentById(outside, id);
  const stopped = await stopAmong(outside, startKeys(agent, user_id));
  if (stopped !== null) throw oauthFault("access_denied", stopped.message, stopped);
}

/** The token itself, for what was asked within the delegation. */
export async function issued(
  outside: OAuthOutside,
  asked: Exchange,
  { delegation, details }: { readonly delegation: DelegationRow; readonly details: AskedDetails },
): Promise<Exchanged> {
  await demandMoving(outside, asked.agent, delegation);
  const targets = targetsOf(outside.door, asked.resources, asked.scope);
  const scope = narrowedTo(details, scopeOf(delegation.scope));
  const path = await pathTo(outside, delegation.id);
  const session = await sessionUnder(outside, delegation, asked.agent);
  const lifeS = lifeOf(outside, delegation, TOKEN_LIFE_S);
  const claims: IssuedClaims = {
    subject: delegation.user_id,
    agents: path.map((step) => step.agent_id),
    audience: targets.audience,
    delegation: delegation.id,
    scope,
    session,
    credential: asked.agent.credential,
    thumbprint: asked.thumbprint,
    certificate: asked.agent.certificate ?? null,
    expiresAtS: nowS(outside) + lifeS,
  };
  return {
    access_token: await outside.issuer.issue(claims),
    issued_token_type: TOKEN_TYPES.access,
    token_type: asked.thumbprint === null ? "Bearer" : "DPoP",
    expires_in: lifeS,
    scope: targets.scopes.join(" "),
    authorization_details: [{ type: DETAILS_TYPE, identifier: delegation.id, ...copied(scope) }],
  };
}
