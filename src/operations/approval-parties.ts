import type { Duty, Parties } from "#approvals";
import { rolesGive } from "#identity";
import type { ApprovalChain, UserId } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
import type { ReadContext } from "./context.ts";

type Query = ReadContext["store"]["query"];

/** Beyond the longest life of a request, no duty of the past has a say in any that is open. */
const OPEN_MAX_MS = 31 * 86_400_000;
const DUTIES_MAX = 5_000;

/**
 * Everyone a request concerns, as they are now: every user who is not disabled and has a role that may
 * decide may have a say; the owners of the chain's agents and the user it is done for would answer their own request.
 */
export async function partiesOf(query: Query, chain: ApprovalChain, now: number): Promise<Parties> {
  const [people, owners] = [await peopleNow(query, now), await ownersOf(query, chain)];
  const requesters = chain.user === null ? owners.slice(-1) : [chain.user];
  return { ...people, owners: [...owners, ...(chain.user === null ? [] : [chain.user])], requesters };
}

/** Who is there, who is away, and who stands in: the same for every request of this moment. */
export async function peopleNow(
  query: Query,
  now: number,
): Promise<Pick<Parties, "approvers"> & { readonly duties: readonly Duty[] }> {
  const users = await query.selectFrom("users").selectAll().where("disabled_at", "is", null).execute();
  const duties = await query
    .selectFrom("duties")
    .selectAll()
    .where("until_at", ">", now - OPEN_MAX_MS)
    .orderBy("id", "desc")
    .limit(DUTIES_MAX)
    .execute();
  return {
    approvers: users
      .map((row) => ({
        user: userIdOf(row.id),
        groups: textsOf(row.groups),
        roles: rolesOf(row.roles),
      }))
      // A group alone gives nobody a say: an answer of theirs is refused, and one from before they lost the role is void.
      .filter(({ roles }) => rolesGive(roles, "approvals.decide")),
    duties: duties.map((row) => ({
      user: userIdOf(row.user_id),
      group: row.group_name,
      to: row.to_user === null ? null : userIdOf(row.to_user),
      from: row.from_at,
      until: Math.min(row.until_at, row.ended_at ?? row.until_at),
    })),
  };
}

/** In the order of the chain's agents. */
async function ownersOf(query: Query, { agents }: ApprovalChain): Promise<UserId[]> {
  const rows = await query
    .selectFrom("agents")
    .select(["id", "owner_id"])
    .where("id", "in", [...agents])
    .execute();
  return agents.flatMap((id) => rows.filter((row) => row.id === id).map((row) => userIdOf(row.owner_id)));
}
