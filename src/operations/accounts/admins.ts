import { Fault } from "#base";
import type { StateWrite } from "#ledger";
import type { Schema } from "#store";
import type { AccountsOutside } from "./accounts.ts";
import { rolesOf } from "./rows.ts";

/**
 * Without an admin nobody could ever make one again. One by a group of the provider's does not count: the provider takes
 * that away without asking. Throws `last_admin`.
 */
export async function keepAnAdmin(
  { store }: { readonly store: Pick<AccountsOutside["store"], "query"> },
  row: Pick<Schema["users"], "id" | "roles">,
): Promise<void> {
  if (!rolesOf(row.roles).includes("admin")) return;
  const users = await store.query
    .selectFrom("users")
    .leftJoin("user_claims", "user_claims.user_id", "users.id")
    .select(["users.roles", "user_claims.own_roles"])
    .where("users.disabled_at", "is", null)
    .where("users.id", "<>", row.id)
    .execute();
  if (users.some(({ roles, own_roles: own }) => rolesOf(own ?? roles).includes("admin"))) return;
  throw new Fault(
    "last_admin",
    "this is the last admin",
    "Make another user admin first: `doorward users set-roles USER admin`.",
  );
}

/**
 * The same within the commit, for a batch after which `user` is no admin: two admins who shut each other out at once pass
 * the look before it, and the second of them is stale here. Roles are stored as canonical JSON.
 */
export function anAdminIsLeft(user: string): StateWrite {
  return {
    sql: `UPDATE users SET name = name WHERE id = ? AND EXISTS (SELECT 1 FROM users other
      LEFT JOIN user_claims ON user_claims.user_id = other.id
      WHERE other.id <> ? AND other.disabled_at IS NULL
        AND COALESCE(user_claims.own_roles, other.roles) LIKE '%"admin"%')`,
    parameters: [user, user],
    changes: 1,
  };
}
