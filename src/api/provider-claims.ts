import type { IDToken } from "openid-client";
import { Fault } from "#base";

/** Clocks of provider and Doorward may differ by this much. */
export const CLOCK_SKEW_S = 30;
/** At most 255 ASCII characters (OpenID Connect Core 1.0, section 2); those that `users.add` takes. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  /** Seconds since the Unix epoch: when this flow began, and now. */
  readonly startedAtS: number;
  readonly nowS: number;
  /** The person had to authenticate anew, in this flow. */
  readonly fresh: boolean;
}

/**
 * What the library leaves to its user (OpenID Connect Core 1.0, 3.1.3.7), over an ID token whose signature, nonce and
 * expiry it has checked: the token is for us and nobody else, was made in this flow, and, where presence is asked for, the
 * person authenticated in this flow. Answers the subject; throws `provider_refused`.
 */
export function subjectOf(claims: IDToken, expected: Expected): string {
  const { iss, aud, azp, sub, iat, auth_time: authenticatedAt } = claims;
  if (iss !== expected.issuer) throw refused("its issuer is another");
  // We know no other audience that we trust, so a token that also opens something else is not taken.
  const audience = Array.isArray(aud) ? aud : [aud];
  if (audience.length !== 1 || audience[0] !== expected.clientId)
    throw refused("it is not for Doorward alone (aud)");
  if (azp !== undefined && azp !== expected.clientId) throw refused("it was given to another party (azp)");
  if (!isWithinFlow(iat, expected)) throw refused("it was not made in this sign-in (iat)");
  if (expected.fresh && !isWithinFlow(authenticatedAt, expected))
    throw refused("the provider did not ask you to authenticate anew (auth_time)");
  if (!SUBJECT.test(sub)) throw refused("it names nobody (sub)");
  return sub;
}

/** Groups that one person may be said to be in, and characters of a name; a token that says more gives nothing at all. */
const GROUPS_MAX = 500;
const GROUP_CHARS_MAX = 256;

/**
 * The groups that an ID token names in `claim`: texts, or one text. Absent, of another form, or too many (where some
 * providers name a place to ask instead), it names none: rights by groups are never kept on doubt.
 */
export function groupsOf(claims: IDToken, claim: string | null): readonly string[] {
  const said: unknown = claim === null || !Object.hasOwn(claims, claim) ? [] : claims[claim];
  const groups: readonly unknown[] = Array.isArray(said) ? said : [said];
  const isFit = groups.length <= GROUPS_MAX && groups.every(isGroup);
  return isFit ? [...new Set(groups.filter(isGroup))].toSorted() : [];
}

function isGroup(group: unknown): group is string {
  return typeof group === "string" && group !== "" && group.length <= GROUP_CHARS_MAX;
}

function isWithinFlow(atS: unknown, { startedAtS, nowS }: Expected): boolean {
  if (typeof atS !== "number" || !Number.isFinite(atS)) return false;
  return atS >= startedAtS - CLOCK_SKEW_S && atS <= nowS + CLOCK_SKEW_S;
}

/** `why` is ours or one of the library's codes: a provider's or page's own words stay out of it. */
export function refused(why: string, cause?: unknown): Fault {
  return new Fault(
    "provider_refused",
    `the identity provider's answer does not hold: ${why}`,
    "Start again from the console. If it stays so, compare `identityProvider` in doorward.yaml with the client at the provider.",
    cause,
  );
}
