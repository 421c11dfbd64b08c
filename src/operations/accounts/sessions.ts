import { Fault } from "#base";
import { type Caller, mintSecret, presentedHash, PRESENCE_MS, sameSecret } from "#identity";
import type { UserId } from "#vocabulary";
import {
  type AccountsOutside,
  LOCAL_ISSUER,
  type OpenedSession,
  PROVIDER_CLI_MS,
  USER_SESSION_MS,
  type UserSessionKind,
} from "./accounts.ts";
import { rolesOf, textsOf, userIdOf } from "./rows.ts";

/** Opens a user session. `present`: the user has just shown a passkey or a password. */
export async function openSession(
  outside: AccountsOutside,
  user: UserId,
  kind: UserSessionKind,
  present: boolean,
): Promise<OpenedSession> {
  const { ambient } = outside;
  const now = ambient.now();
  const secret = mintSecret(kind === "console" ? "console-session" : "user-token", ambient);
  const proof = mintSecret("console-proof", ambient);
  const row = {
    hash: secret.hash,
    user_id: user,
    kind,
    csrf_hash: kind === "console" ? proof.hash : "",
    created_at: now,
    expires_at: now + (await lifeMs(outside, user, kind)),
    present_until: present ? now + PRESENCE_MS : 0,
    revoked_at: null,
  };
  await outside.store.query.insertInto("user_sessions").values(row).execute();
  const found = await callerByHash(outside, secret.hash, kind);
  if (found === null) throw signedOut();
  const expiresAt = row.expires_at;
  return {
    caller: found.caller,
    secret: secret.text,
    proof: kind === "console" ? proof.text : null,
    expiresAt,
  };
}

/** Whom a provider vouches for comes back to it twice a day, from a terminal too: only there is it known that they left. */
async function lifeMs({ store }: AccountsOutside, user: UserId, kind: UserSessionKind): Promise<number> {
  if (kind === "console") return USER_SESSION_MS.console;
  const { issuer } = await store.query
    .selectFrom("users")
    .select("issuer")
    .where("id", "=", user)
    .executeTakeFirstOrThrow();
  return issuer === LOCAL_ISSUER ? USER_SESSION_MS.cli : PROVIDER_CLI_MS;
}

/** Enough of the stored hash to name a sign-in or token; nothing of the secret itself. */
const NAME_DIGITS = 16;
export function sessionName(hash: string): string {
  return `tok_${hash.slice(0, NAME_DIGITS)}`;
}

/**
 * The caller behind a console's cookie and the proof its script sent. Both are needed, for reads too: cookies are
 * shared by every port of a host, so whoever serves localhost:3000 can be handed ours (T1). Null: not signed in.
 */
export async function consoleCaller(
  outside: AccountsOutside,
  cookie: string | null,
  proof: string | null,
): Promise<Caller | null> {
  const hash = presentedHash("console-session", cookie);
  if (hash === null) return null;
  const found = await callerByHash(outside, hash, "console");
  if (found === null) return null;
  if (proof === null || !sameSecret(proof, found.proofHash)) {
    throw new Fault(
      "csrf_refused",
      "the request came with the console's cookie but without its proof",
      "Send the X-Doorward-CSRF header as the console does, or sign in again.",
    );
  }
  return found.caller;
}

/** The caller behind a user token (`Authorization: Bearer dwu_…`), or null. */
export async function tokenCaller(outside: AccountsOutside, token: string | null): Promise<Caller | null> {
  const hash = presentedHash("user-token", token);
  return hash === null ? null : ((await callerByHash(outside, hash, "cli"))?.caller ?? null);
}

/** Ends one user session. Ending one that is over already is no error. */
export async function endSession(outside: AccountsOutside, caller: Caller): Promise<void> {
  await outside.store.query
    .updateTable("user_sessions")
    .set({ revoked_at: outside.ambient.now(), present_until: 0 })
    .where("hash", "=", caller.credential)
    .where("revoked_at", "is", null)
    .execute();
}

/** Notes that the caller has just shown presence; answers until when it counts. */
export async function notePresence(outside: AccountsOutside, caller: Caller): Promise<number> {
  const presentUntil = outside.ambient.now() + PRESENCE_MS;
  const result = await outside.store.query
    .updateTable("user_sessions")
    .set({ present_until: presentUntil })
    .where("hash", "=", caller.credential)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw signedOut();
  return presentUntil;
}

async function callerByHash(
  outside: AccountsOutside,
  hash: string,
  kind: UserSessionKind,
): Promise<{ caller: Caller; proofHash: string } | null> {
  const now = outside.ambient.now();
  const row = await outside.store.query
    .selectFrom("user_sessions")
    .innerJoin("users", "users.id", "user_sessions.user_id")
    .select(["users.id", "users.name", "users.roles", "users.groups"])
    .select(["user_sessions.csrf_hash", "user_sessions.present_until"])
    .where("user_sessions.hash", "=", hash)
    .where("user_sessions.kind", "=", kind)
    .where("user_sessions.revoked_at", "is", null)
    .where("user_sessions.expires_at", ">", now)
    .where("users.disabled_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const caller: Caller = {
    kind: "user",
    user: userIdOf(row.id),
    name: row.name,
    roles: rolesOf(row.roles),
    groups: textsOf(row.groups),
    presentUntil: row.present_until,
    via: kind,
    credential: hash,
  };
  return { caller, proofHash: row.csrf_hash };
}

export function signedOut(): Fault {
  return new Fault(
    "not_signed_in",
    "this session is over",
    "Sign in again: in the console, or with `doorward login`.",
  );
}
