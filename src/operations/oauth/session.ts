import { oauthFault } from "#identity";
import type { StateWrite } from "#ledger";
import type { DelegationRow } from "../delegation-rows.ts";
import type { Acting, OAuthOutside } from "./outside.ts";

/**
 * The one session of all tokens under a delegation: who exchanges again goes on in it, with all that it has seen. Only the
 * user, who grants another delegation or ends the session, makes room for a new one (T6).
 */
export async function sessionUnder(
  outside: OAuthOutside,
  delegation: DelegationRow,
  agent: Acting,
): Promise<string> {
  const found = await openSession(outside, delegation.id);
  if (found !== null) return found;
  const id = outside.ambient.id("ses");
  const at = outside.ambient.now();
  const body = {
    agent: agent.id,
    kind: "exchange",
    delegation: delegation.id,
    user: delegation.user_id,
    keys: [agent.credential],
  };
  const kept = await outside.journal.append({
    entries: [{ kind: "session.started", subject: id, at, body }],
    writes: [insertSession({ id, delegation, agent, at })],
  });
  if (kept.kind === "kept") return id;
  // Another exchange was first, in this very moment.
  const other = await openSession(outside, delegation.id);
  if (other === null) throw oauthFault("access_denied", "the delegation has ended");
  return other;
}

async function openSession({ store }: OAuthOutside, delegation: string): Promise<string | null> {
  const row = await store.query
    .selectFrom("sessions")
    .select("id")
    .where("delegation_id", "=", delegation)
    .where("kind", "=", "exchange")
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return row?.id ?? null;
}

interface New {
  readonly id: string;
  readonly delegation: DelegationRow;
  readonly agent: Acting;
  readonly at: number;
}

/** INVARIANT: one at a time, and none under a delegation that was revoked meanwhile. */
function insertSession({ id, delegation, agent, at }: New): StateWrite {
  return {
    sql: `INSERT INTO sessions (id, agent_id, kind, opened_by, created_at, ended_at, is_offered, delegation_id)
      SELECT ?, ?, 'exchange', ?, ?, NULL, 0, ? WHERE EXISTS
        (SELECT 1 FROM delegations WHERE id = ? AND revoked_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM sessions WHERE delegation_id = ? AND kind = 'exchange' AND ended_at IS NULL)`,
    parameters: [id, agent.id, delegation.user_id, at, delegation.id, delegation.id, delegation.id],
    changes: 1,
  };
}
