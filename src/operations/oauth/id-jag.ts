import { type IdJag, oauthFault, readIdJag } from "#identity";
import { userOfProvider } from "../accounts/provider.ts";
import { isNamed } from "./agent.ts";
import { readDetails } from "./details.ts";
import { chosen, issued } from "./exchange.ts";
import type { Exchange, Exchanged } from "./lent.ts";
import type { OAuthOutside } from "./outside.ts";

/** RFC 7523, section 2.1. */
export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/**
 * Enterprise-managed authorization: what the organisation's provider allows this agent for this user. It opens nothing that
 * the user has not lent to the agent in person, and of that only what the assertion names. Throws Faults with OAuth's codes.
 */
export async function byIdJag(outside: OAuthOutside, asked: Exchange): Promise<Exchanged> {
  const details = readDetails(asked.details);
  const vouching = await outside.vouching();
  if (vouching === null)
    throw oauthFault("invalid_grant", "no identity provider is configured whose assertions are taken");
  const jag = await readIdJag(asked.subjectToken, { vouching, now: outside.issuer.now() });
  demandMeant(outside, asked, jag);
  const user = await userOfProvider(outside, vouching.issuer, jag.subject);
  if (user === null)
    throw oauthFault("invalid_grant", "nobody added this user to Doorward, or they are disabled");
  const delegation = await chosen(outside, { user, agent: asked.agent }, details);
  // Last of what is checked, so that an assertion that does not hold uses up nothing.
  if (!outside.used.use(asked.agent.id, `id-jag ${jag.jti}`))
    throw oauthFault("invalid_grant", "the assertion was used before (jti)");
  return issued(outside, narrowed(asked, jag), { delegation, details });
}

/** For this agent, with the key that it is bound to, and not from before the memory of what was used. */
function demandMeant(outside: OAuthOutside, { agent, thumbprint }: Exchange, jag: IdJag): void {
  if (!isNamed(agent, jag.client))
    throw oauthFault("invalid_grant", "the assertion is for another client (client_id)");
  if (jag.thumbprint !== null && jag.thumbprint !== thumbprint)
    throw oauthFault("invalid_dpop_proof", "the assertion is bound to a key that did not prove this request");
  if (jag.issuedAtS < Math.floor(outside.issuer.sinceMs / 1_000))
    throw oauthFault("invalid_grant", "the assertion is from before Doorward started: get a new one");
}

/** What is asked for, of what the assertion names; without asking, all of that. */
function narrowed(asked: Exchange, { resources, scopes }: IdJag): Exchange {
  const places = asked.resources.length === 0 ? (resources ?? []) : asked.resources;
  if (resources !== null && places.some((one) => !resources.includes(one)))
    throw oauthFault("invalid_target", "a resource asked for is none that the assertion names");
  const words = asked.scope === null ? scopes : asked.scope.split(" ");
  if (scopes !== null && words?.some((one) => !scopes.includes(one)) === true)
    throw oauthFault("invalid_scope", "a scope asked for is none that the assertion names");
  return { ...asked, resources: places, scope: words === null ? null : words.join(" ") };
}
