import { canonicalJson, type JsonObject } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import type { Schema } from "#store";
import type { Role, UserId } from "#vocabulary";
import { changedMeanwhile, stateWrite } from "../change.ts";
import type { AccountsOutside } from "./accounts.ts";
import { rolesOf, textsOf } from "./rows.ts";

/** Roles and groups of ours. */
export interface Rights {
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
}

type Query = AccountsOutside["store"]["query"];
type Reading = { readonly store: { readonly query: Query } };

/** What the groups that a provider names give, by the mapping in force. */
export async function rightsFrom({ store }: Reading, claimed: readonly string[]): Promise<Rights> {
  const mapped = await store.query.selectFrom("provider_groups").selectAll().execute();
  return summed(mapped.filter(({ name }) => claimed.includes(name)).map(rightsIn), { roles: [], groups: [] });
}

/** The sum, sorted and without repeats. */
export function summed(given: readonly Rights[], own: Rights): Rights {
  const all = [own, ...given];
  return {
    roles: sorted(all.flatMap(({ roles }) => roles)),
    groups: sorted(all.flatMap(({ groups }) => groups)),
  };
}

export function rightsIn(row: { readonly roles: string; readonly groups: string }): Rights {
  return { roles: rolesOf(row.roles), groups: textsOf(row.groups) };
}

/** What an admin gave a user, apart from what groups give. */
export function ownRights(user: Schema["users"], claims: Schema["user_claims"] | undefined): Rights {
  return claims === undefined
    ? rightsIn(user)
    : { roles: rolesOf(claims.own_roles), groups: textsOf(claims.own_groups) };
}

export function claimsOf({ store }: Reading, user: string): Promise<Schema["user_claims"] | undefined> {
  return store.query.selectFrom("user_claims").selectAll().where("user_id", "=", user).executeTakeFirst();
}

const TRIES_MAX = 5;

/**
 * Notes which groups the provider says that a user is in, and gives them what these give, and no more of what former ones
 * gave. Called at each sign-in, before there is a session. Of sign-ins at once, the last one written counts. Throws
 * `changed_meanwhile` where somebody else kept changing the user's rights.
 */
export async function noteClaims(
  outside: AccountsOutside,
  user: UserId,
  claimed: readonly string[],
): Promise<void> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    if (await noted(outside, user, claimed)) return;
  }
  throw changedMeanwhile();
}

/** False where somebody changed their rights in this moment. */
async function noted(outside: AccountsOutside, user: UserId, claimed: readonly string[]): Promise<boolean> {
  const { store, journal, ambient } = outside;
  const before = await claimsOf(outside, user);
  if (before === undefined && claimed.length === 0) return true;
  const row = await store.query
    .selectFrom("users")
    .selectAll()
    .where("id", "=", user)
    .executeTakeFirstOrThrow();
  const own = ownRights(row, before);
  const next = summed([await rightsFrom(outside, claimed)], own);
  const at = ambient.now();
  const names = canonicalJson(claimed);
  if (rightsText(next) === rightsText(rightsIn(row)) && before?.claimed === names) return true;
  const kept = await journal.append({
    entries: [rightsEntry({ by: user, via: "provider" }, { user, at, rights: next })],
    writes: [rightsWrite(store.query, row, next), keepClaims(store.query, { user, own, claimed: names, at })],
  });
  return kept.kind === "kept";
}

/** That a user has these rights from now on. `by`: who made it so, for the record. */
export function rightsEntry(
  by: JsonObject,
  { user, at, rights }: { readonly user: string; readonly at: number; readonly rights: Rights },
): EntryDraft {
  const { roles, groups } = rights;
  const body = { ...by, change: "rights", roles: [...roles], groups: [...groups] };
  return { kind: "user.changed", subject: user, at, body };
}

/** Compare-and-set: stale where somebody changed the user's rights meanwhile. */
export function rightsWrite(query: Query, row: Schema["users"], next: Rights): StateWrite {
  const change = query
    .updateTable("users")
    .set({ roles: canonicalJson(next.roles), groups: canonicalJson(next.groups) })
    .where("id", "=", row.id)
    .where("roles", "=", row.roles)
    .where("groups", "=", row.groups);
  return stateWrite(change, 1);
}

export function keepClaims(
  query: Query,
  kept: { readonly user: string; readonly own: Rights; readonly claimed: string; readonly at: number },
): StateWrite {
  const { user, own, claimed, at } = kept;
  const values = {
    own_roles: canonicalJson(own.roles),
    own_groups: canonicalJson(own.groups),
    claimed,
    at,
  };
  const insert = query.insertInto("user_claims").values({ user_id: user, ...values });
  return stateWrite(insert.onConflict((conflict) => conflict.column("user_id").doUpdateSet(values)));
}

export function rightsText({ roles, groups }: Rights): string {
  return canonicalJson({ roles: sorted(roles), groups: sorted(groups) });
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].toSorted();
}
