import type { Caller, CameFrom } from "#identity";
import { rolesOf, textsOf, userIdOf } from "#operations";
import type { Schema } from "#store";
import type { Role, UserId } from "#vocabulary";

/** A user of ours as whoever answers. */
export interface LinkedUser {
  readonly id: UserId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly isDisabled: boolean;
}

/** A row of `users` as whoever answers. */
export function callerFor(
  row: Pick<Schema["users"], "id" | "name" | "roles" | "groups" | "disabled_at">,
): LinkedUser {
  return {
    id: userIdOf(row.id),
    name: row.name,
    roles: rolesOf(row.roles),
    groups: textsOf(row.groups),
    isDisabled: row.disabled_at !== null,
  };
}

/** As any face names them, with the rights of now; not present, and from nowhere. */
export function callerAs(user: LinkedUser, via: Caller["via"]): Caller {
  const { id, name, roles, groups } = user;
  return { kind: "user", user: id, name, roles, groups, presentUntil: 0, via, credential: via };
}

/** By a tap, by an account that was linked in person: present for this one answer, and for nothing after it. */
export function tapping(user: LinkedUser, from: CameFrom, now: number): Caller {
  return { ...callerAs(user, `channel:${from.channel}`), from, presentUntil: now + 1_000 };
}
