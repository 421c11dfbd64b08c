import type { UserId } from "#vocabulary";
import type { AccountsOutside } from "./accounts.ts";
import { userIdOf } from "./rows.ts";

/**
 * The user whom an admin added under exactly this issuer and subject (T16); null where there is none, or a disabled one.
 * Nothing else that a provider says of a person (name, mail address) finds anybody.
 */
export async function userOfProvider(
  outside: AccountsOutside,
  issuer: string,
  subject: string,
): Promise<UserId | null> {
  const row = await outside.store.query
    .selectFrom("users")
    .select("id")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .where("disabled_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : userIdOf(row.id);
}
