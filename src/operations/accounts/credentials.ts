import { Fault } from "#base";
import {
  type Attempts,
  type Caller,
  checkPassword,
  demandPresence,
  hashPassword,
  verifyPassword,
} from "#identity";
import type { EntryDraft, StateWrite } from "#ledger";
import type { UserId } from "#vocabulary";
import { type AccountsOutside, type Credentials, LOCAL_ISSUER, type Passkey } from "./accounts.ts";
import { textsOf, userIdOf } from "./rows.ts";
import { notePresence } from "./sessions.ts";

export const PASSKEYS_PER_USER_MAX = 20;

export async function credentialsOf(outside: AccountsOutside, user: UserId): Promise<Credentials> {
  const { query } = outside.store;
  const { issuer } = await query
    .selectFrom("users")
    .select("issuer")
    .where("id", "=", user)
    .executeTakeFirstOrThrow();
  const password = await query
    .selectFrom("passwords")
    .select("user_id")
    .where("user_id", "=", user)
    .executeTakeFirst();
  const rows = await query.selectFrom("passkeys").selectAll().where("user_id", "=", user).execute();
  return { issuer, hasPassword: password !== undefined, passkeys: rows.map(passkeyOf) };
}

export async function passkeyById(outside: AccountsOutside, id: string): Promise<Passkey | null> {
  const row = await outside.store.query
    .selectFrom("passkeys")
    .innerJoin("users", "users.id", "passkeys.user_id")
    .selectAll("passkeys")
    .where("passkeys.id", "=", id)
    .where("users.disabled_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : passkeyOf(row);
}

/** Shows presence by password. Throws `presence_refused`, or `too_many_attempts` after several wrong ones. */
export async function confirmPassword(
  outside: AccountsOutside,
  attempts: Attempts,
  caller: Caller,
  password: string,
): Promise<number> {
  const row = await outside.store.query
    .selectFrom("passwords")
    .select("hash")
    .where("user_id", "=", caller.user)
    .executeTakeFirst();
  const isRight = await attempts.attempt(caller.user, () => verifyPassword(password, row?.hash ?? null));
  if (!isRight) {
    throw new Fault("presence_refused", "this is not your password", "Try again, or use a passkey.");
  }
  return notePresence(outside, caller);
}

/**
 * Sets the caller's password: the first credential in a console session, a later one only with fresh presence (T1).
 * Every other session of the user ends with it. Answers until when the caller counts as present.
 */
export async function setPassword(
  outside: AccountsOutside,
  caller: Caller,
  password: string,
): Promise<number> {
  const isFirst = await demandMayAdd(outside, caller);
  checkPassword(password, caller.name);
  const now = outside.ambient.now();
  const hash = await hashPassword(password, outside.ambient);
  const insert = isFirst
    ? firstOnly(`INSERT INTO passwords (user_id, hash, changed_at)`, [caller.user, hash, now], caller.user)
    : {
        sql: `INSERT INTO passwords (user_id, hash, changed_at) VALUES (?, ?, ?)
          ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
        parameters: [caller.user, hash, now],
        changes: 1,
      };
  await keep(outside, [insert, endOthers(caller, now)], changed(caller, now, "password.set"));
  return notePresence(outside, caller);
}

/** Adds a verified passkey under the same rule as `setPassword`. */
export async function addPasskey(
  outside: AccountsOutside,
  caller: Caller,
  passkey: Passkey,
): Promise<number> {
  const isFirst = await demandMayAdd(outside, caller);
  const now = outside.ambient.now();
  const columns = `INSERT INTO passkeys (id, user_id, public_key, counter, transports, name, created_at)`;
  const key = Buffer.from(passkey.publicKey).toString("base64url");
  const transports = JSON.stringify(passkey.transports);
  const values = [passkey.id, caller.user, key, passkey.counter, transports, passkey.name, now];
  const insert = isFirst
    ? firstOnly(columns, values, caller.user)
    : { sql: `${columns} VALUES (?, ?, ?, ?, ?, ?, ?)`, parameters: values, changes: 1 };
  await keep(outside, [insert], changed(caller, now, "passkey.added"));
  return notePresence(outside, caller);
}

/** Notes a used passkey's new counter; only ever from the one that was verified, so a raced clone loses. */
export async function notePasskeyUse(
  outside: AccountsOutside,
  passkey: Passkey,
  counter: number,
): Promise<void> {
  const result = await outside.store.query
    .updateTable("passkeys")
    .set({ counter })
    .where("id", "=", passkey.id)
    .where("counter", "=", passkey.counter)
    .executeTakeFirst();
  if (result.numUpdatedRows === 1n) return;
  throw new Fault("passkey_refused", "this passkey was used elsewhere at the same moment", "Try again.");
}

/** Whether this would be the first credential; throws where it is not the caller's moment to add one. */
export async function demandMayAdd(outside: AccountsOutside, caller: Caller): Promise<boolean> {
  const { issuer, hasPassword, passkeys } = await credentialsOf(outside, caller.user);
  if (issuer !== LOCAL_ISSUER) throw elsewhere();
  if (hasPassword || passkeys.length > 0) {
    demandPresence(caller, outside.ambient.now());
    if (passkeys.length < PASSKEYS_PER_USER_MAX) return false;
    throw new Fault(
      "passkeys_full",
      `there are ${PASSKEYS_PER_USER_MAX} passkeys already`,
      "Remove one first: `doorward credentials list`, `doorward credentials remove-passkey ID`.",
    );
  }
  if (caller.via === "console") return true;
  throw new Fault(
    "credential_needed",
    "the first passkey or password is set in the console",
    "Open a login link in a browser: `doorward login-links create`.",
  );
}

/** A password here would outlive the account at the provider. */
function elsewhere(): Fault {
  return new Fault(
    "credential_elsewhere",
    "this user signs in with the identity provider and has no password or passkey here",
    "Sign in and confirm with the identity provider.",
  );
}

/** INVARIANT: of two sessions that both set a first credential, one wins; the loser changes nothing. */
function firstOnly(insert: string, values: readonly unknown[], user: UserId): StateWrite {
  const places = values.map(() => "?").join(", ");
  const sql = `${insert} SELECT ${places} WHERE NOT EXISTS (SELECT 1 FROM passwords WHERE user_id = ?)
    AND NOT EXISTS (SELECT 1 FROM passkeys WHERE user_id = ?)`;
  return { sql, parameters: [...values, user, user], changes: 1 };
}

function endOthers(caller: Caller, now: number): StateWrite {
  return {
    sql: `UPDATE user_sessions SET revoked_at = ?, present_until = 0
      WHERE user_id = ? AND hash <> ? AND revoked_at IS NULL`,
    parameters: [now, caller.user, caller.credential],
  };
}

function changed(caller: Caller, at: number, change: string): EntryDraft {
  return {
    kind: "user.changed",
    subject: caller.user,
    at,
    body: { by: caller.user, change, via: caller.via },
  };
}

async function keep(
  outside: AccountsOutside,
  writes: readonly StateWrite[],
  entry: EntryDraft,
): Promise<void> {
  const result = await outside.journal.append({ entries: [entry], writes });
  if (result.kind === "kept") return;
  throw new Fault(
    "credential_exists",
    "another session has set a passkey or password for this user in the meantime",
    "If that was not you, tell an admin at once; otherwise sign in with it.",
  );
}

function passkeyOf(row: {
  id: string;
  user_id: string;
  public_key: string;
  counter: number;
  transports: string;
  name: string;
  created_at: number;
}): Passkey {
  return {
    id: row.id,
    user: userIdOf(row.user_id),
    publicKey: Buffer.from(row.public_key, "base64url"),
    counter: row.counter,
    transports: textsOf(row.transports),
    name: row.name,
    createdAt: row.created_at,
  };
}
