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

/** Approvals withdrawn in one go; more than anybody has open. */
const APPROVALS_MAX = 1_000;

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
  const withdrawn = open.map(
    ({ id, action_id: subject }): EntryDraft => ({
      kind: "approval.withdrawn",
      subject,
      at,
      body: { ...by, approval: id, why: "user_disabled" },
    }),
  );
  const changed: EntryDraft = {
    kind: "user.changed",
    subject: user,
    at,
    body: { ...by, change: "disabled" },
  };
  const kept = await journal.append({
    entries: [changed, ...withdrawn],
    writes: writesFor(outside, { user, at, open }),
  });
  if (kept.kind === "stale") throw changedMeanwhile();
  live.revoked("user", user);
  for (const { id } of open) live.approvalDecided(id);
  return { at, agents: await agentsOf(outside, user) };
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
  { store: { query } }: LeaveOutside,
  { user, at, open }: { readonly user: string; readonly at: number; readonly open: readonly Open[] },
): StateWrite[] {
  const disable = query.updateTable("users").set({ disabled_at: at }).where("id", "=", user);
  const signedIn = query.updateTable("user_sessions").set({ revoked_at: at }).where("user_id", "=", user);
  const withdraw = query
    .updateTable("approvals")
    .set((eb) => ({ status: "withdrawn", withdrawn_why: "user_disabled", version: eb("version", "+", 1) }))
    .where("status", "in", ["requested", "approved"]);
  return [
    anAdminIsLeft(user),
    stateWrite(disable.where("disabled_at", "is", null), 1),
    stateWrite(signedIn.where("revoked_at", "is", null)),
    ...endDelegationsOf(user, at),
    ...open.map(({ id }) => stateWrite(withdraw.where("id", "=", id))),
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
    .limit(APPROVALS_MAX)
    .execute();
}
