import type { Ambient, JsonObject } from "#base";
import type { EntryDraft, Journal, StateWrite } from "#ledger";
import type { Store } from "#store";
import { changedMeanwhile, stateWrite } from "../change.ts";
import type { LiveControl } from "../context.ts";
import { endDelegationsOf } from "../delegation-rows.ts";
import { anAdminIsLeft } from "./admins.ts";

export interface LeaveOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<Journal, "append">;
  readonly ambient: Ambient;
  readonly live: Pick<LiveControl, "revoked" | "approvalDecided">;
}

/** What a leaver leaves behind. */
export interface Left {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly agents: readonly string[];
}

/** What the entry and the row say. */
const WHY = "user_disabled";
/** Requests withdrawn in one batch, below what a batch may hold; further ones follow at once. */
const AT_ONCE_MAX = 200;
const ROUNDS_MAX = 50;

interface Open {
  readonly id: string;
  readonly action_id: string;
}

/**
 * Ends all that hangs on a user, at once: sign-ins and tokens, what they lent and the sessions under it, every request that
 * they have said yes to and that has not been used, and every request of an agent that acts for them or is theirs. Their
 * agents go on, with rights of their own: they are named in the answer. `by`: who did it, for the record. Throws
 * `changed_meanwhile`.
 */
export async function leave(outside: LeaveOutside, user: string, by: JsonObject): Promise<Left> {
  const { ambient, journal, live } = outside;
  const at = ambient.now();
  const open = await approvalsOf(outside, user);
  const changed: EntryDraft = {
    kind: "user.changed",
    subject: user,
    at,
    body: { ...by, change: "disabled" },
  };
  const kept = await journal.append({
    entries: [changed, ...withdrawn(open, at, by)],
    writes: writesFor(outside, { user, at, open }),
  });
  if (kept.kind === "stale") throw changedMeanwhile();
  live.revoked("user", user);
  for (const { id } of open) live.approvalDecided(id);
  for (let round = 0, left = open.length; left > 0 && round < ROUNDS_MAX; round += 1)
    left = await withdrawMore(outside, user, by);
  return { at, agents: await agentsOf(outside, user) };
}

/** Answers how many there were. What changes in this moment is left to expire: nobody can use it. */
async function withdrawMore(outside: LeaveOutside, user: string, by: JsonObject): Promise<number> {
  const open = await approvalsOf(outside, user);
  const [first, ...others] = withdrawn(open, outside.ambient.now(), by);
  if (first === undefined) return 0;
  const writes = withdrawals(outside, open);
  await outside.journal.append({ entries: [first, ...others], writes });
  for (const { id } of open) outside.live.approvalDecided(id);
  return open.length;
}

function withdrawn(open: readonly Open[], at: number, by: JsonObject): EntryDraft[] {
  return open.map(({ id, action_id: subject }) => ({
    kind: "approval.withdrawn",
    subject,
    at,
    body: { ...by, approval: id, why: WHY },
  }));
}

function withdrawals({ store: { query } }: LeaveOutside, open: readonly Open[]): StateWrite[] {
  const withdraw = query
    .updateTable("approvals")
    .set((eb) => ({ status: "withdrawn", withdrawn_why: WHY, version: eb("version", "+", 1) }))
    .where("status", "in", ["requested", "approved"]);
  return open.map(({ id }) => stateWrite(withdraw.where("id", "=", id)));
}

/** Names of the agents that a leaver answers for, which somebody else must now answer for. */
async function agentsOf({ store }: LeaveOutside, user: string): Promise<string[]> {
  const rows = await store.query
    .selectFrom("agents")
    .select("name")
    .where("owner_id", "=", user)
    .where("revoked_at", "is", null)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

function writesFor(
  outside: LeaveOutside,
  { user, at, open }: { readonly user: string; readonly at: number; readonly open: readonly Open[] },
): StateWrite[] {
  const { query } = outside.store;
  const disable = query.updateTable("users").set({ disabled_at: at }).where("id", "=", user);
  const signedIn = query.updateTable("user_sessions").set({ revoked_at: at }).where("user_id", "=", user);
  return [
    anAdminIsLeft(user),
    stateWrite(disable.where("disabled_at", "is", null), 1),
    stateWrite(signedIn.where("revoked_at", "is", null)),
    ...endDelegationsOf(user, at),
    ...withdrawals(outside, open),
  ];
}

function approvalsOf({ store }: LeaveOutside, user: string): Promise<Open[]> {
  return store.query
    .selectFrom("approvals")
    .leftJoin("sessions", "sessions.id", "approvals.session_id")
    .leftJoin("delegations", "delegations.id", "sessions.delegation_id")
    .leftJoin("agents", "agents.id", "approvals.agent_id")
    .select(["approvals.id", "approvals.action_id"])
    .where("approvals.status", "in", ["requested", "approved"])
    .where((eb) =>
      eb.or([
        eb("delegations.user_id", "=", user),
        eb("agents.owner_id", "=", user),
        eb("approvals.decisions", "like", `%"${user}"%`),
      ]),
    )
    .limit(AT_ONCE_MAX)
    .execute();
}
