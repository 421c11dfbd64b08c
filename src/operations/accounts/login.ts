import { Fault } from "#base";
import {
  type Attempts,
  consoleOrigin,
  LOGIN_LINK_MS,
  type LoginLink,
  loginLinkInvalid,
  loginTokenHash,
  mintLoginLink,
  verifyPassword,
} from "#identity";
import type { UserId } from "#vocabulary";
import { type AccountsOutside, LOCAL_ISSUER, type OpenedSession, type UserSessionKind } from "./accounts.ts";
import { credentialsOf } from "./credentials.ts";
import { userIdOf } from "./rows.ts";
import { openSession } from "./sessions.ts";

/** Makes a one-time login link for a user. Whoever may call this may become that user: guard it. */
export async function makeLoginLink(outside: AccountsOutside, user: UserId): Promise<LoginLink> {
  const link = mintLoginLink(consoleOrigin(outside.listen), outside.ambient);
  await outside.store.query
    .insertInto("login_links")
    .values({ hash: link.hash, user_id: user, expires_at: link.expiresAt, used_at: null })
    .execute();
  return link;
}

/**
 * Spends a login link, once, and opens a session without presence. A command line may not take the first link of a
 * user who has no passkey or password yet: that one belongs in a browser, where the first credential is set.
 */
export async function redeemLink(
  outside: AccountsOutside,
  token: string,
  kind: UserSessionKind,
): Promise<OpenedSession> {
  const hash = loginTokenHash(token);
  const now = outside.ambient.now();
  const row = await outside.store.query
    .selectFrom("login_links")
    .innerJoin("users", "users.id", "login_links.user_id")
    .select(["login_links.user_id", "login_links.expires_at"])
    .where("login_links.hash", "=", hash)
    .where("users.issuer", "=", LOCAL_ISSUER)
    .executeTakeFirst();
  // A clock that jumped back would revive a link: further ahead than a link lives means it is none of this time.
  if (row === undefined || row.expires_at > now + LOGIN_LINK_MS) throw loginLinkInvalid();
  if (kind === "cli") await demandCredential(outside, userIdOf(row.user_id));
  const spent = await outside.store.query
    .updateTable("login_links")
    .set({ used_at: now })
    .where("hash", "=", hash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) throw loginLinkInvalid();
  return openSession(outside, userIdOf(row.user_id), kind, false);
}

/** Signs a user in by name and password, with presence. Says the same whatever was wrong, in about the same time. */
export async function signInWithPassword(
  outside: AccountsOutside,
  attempts: Attempts,
  who: { readonly name: string; readonly password: string; readonly kind: UserSessionKind },
): Promise<OpenedSession> {
  const row = await outside.store.query
    .selectFrom("users")
    .leftJoin("passwords", "passwords.user_id", "users.id")
    .select(["users.id", "passwords.hash"])
    .where("users.name", "=", who.name)
    .where("users.issuer", "=", LOCAL_ISSUER)
    .where("users.disabled_at", "is", null)
    .executeTakeFirst();
  const isRight = await attempts.attempt(who.name, () => verifyPassword(who.password, row?.hash ?? null));
  if (!isRight || row === undefined) throw wrong();
  return openSession(outside, userIdOf(row.id), who.kind, true);
}

async function demandCredential(outside: AccountsOutside, user: UserId): Promise<void> {
  const { hasPassword, passkeys } = await credentialsOf(outside, user);
  if (hasPassword || passkeys.length > 0) return;
  throw new Fault(
    "credential_needed",
    "this user has no passkey and no password yet",
    "Open the login link in a browser first and set one there; the link stays good for that.",
  );
}

function wrong(): Fault {
  return new Fault(
    "sign_in_refused",
    "this name and password do not go together",
    "Check both. Who has a passkey only, or forgot, opens a login link: an admin makes one with `doorward login-links create NAME`, and `doorward start` prints one.",
  );
}
