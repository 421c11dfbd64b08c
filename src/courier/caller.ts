import { rolesOf, textsOf, userIdOf } from "#operations";
import type { Schema } from "#store";

/** A row of `users` as whoever answers. */
export function callerFor(row: Pick<Schema["users"], "id" | "name" | "roles" | "groups" | "disabled_at">) {
  return {
    id: userIdOf(row.id),
    name: row.name,
    roles: rolesOf(row.roles),
    groups: textsOf(row.groups),
    isDisabled: row.disabled_at !== null,
  };
}
