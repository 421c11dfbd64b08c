import { Fault } from "#base";
import type { Schema } from "#store";
import { keepAnAdmin } from "./admins.ts";
import { leave, type LeaveOutside } from "./leave.ts";

/** A user as the organisation's directory knows them: those of its own provider, and nobody else. */
export interface DirectoryUser {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly isActive: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/** What a directory may look for (RFC 7644, 3.4.2.2). */
export type DirectoryKey = "id" | "userName" | "externalId";

const COLUMNS = { id: "id", userName: "name", externalId: "subject" } as const;

/** Users of `issuer` alone: a directory has no say over local users, whoever they are. */
export async function directoryUser(
  { store }: Pick<LeaveOutside, "store">,
  issuer: string,
  { key, value }: { readonly key: DirectoryKey; readonly value: string },
): Promise<DirectoryUser | null> {
  const row = await store.query
    .selectFrom("users")
    .selectAll()
    .where("issuer", "=", issuer)
    .where(COLUMNS[key], "=", value)
    .executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

/** Which users: those that `by` finds, or all; of these, `count` from the `start`th on, which is 1 for the first. */
interface DirectoryPage {
  readonly by: { readonly key: DirectoryKey; readonly value: string } | null;
  readonly start: number;
  readonly count: number;
}

/** In the order in which they were added; those who were shut out too. */
export async function directoryUsers(
  { store }: Pick<LeaveOutside, "store">,
  issuer: string,
  { by, start, count }: DirectoryPage,
): Promise<{ readonly users: readonly DirectoryUser[]; readonly total: number }> {
  const all = store.query.selectFrom("users").where("issuer", "=", issuer);
  const those = by === null ? all : all.where(COLUMNS[by.key], "=", by.value);
  const { total } = await those
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await those
    .selectAll()
    .orderBy("created_at")
    .orderBy("id")
    .limit(count)
    .offset(start - 1)
    .execute();
  return { users: rows.map(viewOf), total };
}

/** Shuts a leaver out, now. One who is out already stays so. Throws `user_unknown`, `last_admin`. */
export async function deactivate(outside: LeaveOutside, issuer: string, id: string): Promise<DirectoryUser> {
  const row = await outside.store.query
    .selectFrom("users")
    .selectAll()
    .where("issuer", "=", issuer)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault(
      "user_unknown",
      "the directory has no such user here",
      "Look them up by externalId first.",
    );
  if (row.disabled_at !== null) return viewOf(row);
  await keepAnAdmin(outside, row);
  const { at } = await leave(outside, id, { by: null, via: "scim" });
  return viewOf({ ...row, disabled_at: at });
}

function viewOf(row: Schema["users"]): DirectoryUser {
  const { id, name, subject, created_at: createdAt } = row;
  return { id, name, subject, isActive: row.disabled_at === null, createdAt };
}
