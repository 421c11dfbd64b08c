import type { Caller } from "#identity";
import type { Store } from "#store";
import type { Role, UserId } from "#vocabulary";
import type { HeldAmbient } from "./ambient.ts";

const PEOPLE: readonly (readonly [string, Role, readonly string[]])[] = [
  ["ada", "admin", []],
  ["petra", "approver", ["finance"]],
  ["aud", "auditor", []],
  ["olga", "owner", []],
  ["otto", "owner", []],
];

/** A user of this world, present. */
export function callerOf(
  users: Readonly<Record<string, string>>,
  name: string,
  now: number,
  more: Partial<Caller>,
): Caller {
  const [, role, groups] = PEOPLE.find(([who]) => who === name) ?? ["", "owner", []];
  return {
    kind: "user",
    user: users[name] as UserId,
    name,
    roles: [role],
    groups,
    presentUntil: now + 60_000,
    via: "console",
    credential: "none",
    ...more,
  };
}

/** Ids by name. */
export async function addUsers(store: Store, ambient: HeldAmbient): Promise<Record<string, string>> {
  const users: Record<string, string> = {};
  for (const [name, role, groups] of PEOPLE) {
    const id = ambient.id("usr");
    users[name] = id;
    const rights = { roles: JSON.stringify([role]), groups: JSON.stringify(groups) };
    const row = { id, name, issuer: "local", subject: id, created_at: ambient.now(), disabled_at: null };
    await store.query
      .insertInto("users")
      .values({ ...row, ...rights })
      .execute();
  }
  return users;
}
