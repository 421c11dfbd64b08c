import type { IDToken } from "openid-client";
import { Fault } from "#base";
import { type AccountsOutside, noteClaims, userOfProvider } from "#operations";
import type { UserId } from "#vocabulary";
import { groupsOf, refused, subjectOf } from "./provider-claims.ts";
import { egressCode, type ProviderSettings, unreachable } from "./provider-client.ts";

/** In which flow an ID token came. */
export interface InFlow {
  readonly startedAtS: number;
  /** The person had to authenticate anew. */
  readonly fresh: boolean;
}

/**
 * The user whom an ID token names, of those whom an admin added; their groups there are noted, and what these give. Throws `provider_refused`,
 * `provider_user_not_added`.
 */
export async function userBehind(
  { accounts, settings }: { readonly accounts: AccountsOutside; readonly settings: ProviderSettings },
  claims: IDToken | undefined,
  { startedAtS, fresh }: InFlow,
): Promise<UserId> {
  if (claims === undefined) throw refused("there is no ID token");
  const { issuer, clientId } = settings;
  const nowS = Math.floor(accounts.ambient.now() / 1_000);
  const subject = subjectOf(claims, { issuer, clientId, startedAtS, nowS, fresh });
  const user = await userOfProvider(accounts, issuer, subject);
  if (user === null) throw notAdded(issuer, subject);
  await noteClaims(accounts, user, groupsOf(claims, settings.groupsClaim));
  return user;
}

export function faultOf(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return egressCode(cause) === null ? refused(codeOf(cause), cause) : unreachable(cause);
}

/** The provider's error code (RFC 6749, 4.1.2.1) or the library's; no free text, which a link could carry to a reader. */
export function codeOf(cause: unknown): string {
  const fields = typeof cause === "object" && cause !== null ? cause : {};
  const codes = [Reflect.get(fields, "error"), Reflect.get(fields, "code")];
  return (
    codes.find((code): code is string => typeof code === "string" && /^[A-Za-z_]{1,60}$/.test(code)) ??
    "unreadable"
  );
}

function notAdded(issuer: string, subject: string): Fault {
  return new Fault(
    "provider_user_not_added",
    "the identity provider knows you, but nobody has added you to Doorward",
    `Ask an admin: \`doorward users add NAME --roles ROLE --issuer ${issuer} --subject ${shellWord(subject)}\`.`,
  );
}

/** A subject may be any visible ASCII, and an admin will paste this line into a shell. */
function shellWord(text: string): string {
  return /^[\w.@:+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function another(): Fault {
  return new Fault(
    "presence_refused",
    "the identity provider confirmed another user than the one signed in here",
    "Confirm with your own account, or sign out first.",
  );
}
