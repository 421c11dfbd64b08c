import { z } from "zod";
import type { Ambient } from "#base";
import type { StateWrite } from "#ledger";
import type { DelegationFacts, UserFacts } from "#policy";
import type { Store } from "#store";
import type { AgentId, DelegationId, DelegationScope, Identity, UserId } from "#vocabulary";
import { agentIdOf, delegationIdOf, rolesOf, scopeColumn, textsOf, userIdOf } from "./columns.ts";

/** A delegation with all those above it, the user's own first; every one of them in force. */
export interface DelegationPath {
  readonly user: UserId;
  readonly steps: readonly Step[];
  /** When the first of them ends, milliseconds since the Unix epoch. */
  readonly endsAt: number;
}

export interface Step {
  readonly id: DelegationId;
  readonly agent: AgentId;
  readonly scope: DelegationScope;
  readonly isSpent: boolean;
}

export interface Delegations {
  /** Null where one of the path was revoked or has expired, or its user is disabled: then nobody acts under it. */
  readonly path: (id: string) => DelegationPath | null;
  readonly user: (id: UserId) => UserFacts | null;
}

/** Far above what can be granted (`DELEGATION_STEPS_MAX`): a damaged table must not become an endless walk. */
const STEPS_MAX = 16;

const PATH = `WITH RECURSIVE up (id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM delegations WHERE id = ?
    UNION ALL SELECT d.id, d.parent_id, up.height + 1 FROM delegations d JOIN up ON d.id = up.parent_id
      WHERE up.height < ${STEPS_MAX})
  SELECT d.id, d.parent_id, d.user_id, d.agent_id, d.scope, d.calls_max, d.calls_used, d.expires_at, d.revoked_at
  FROM up JOIN delegations d ON d.id = up.id ORDER BY up.height DESC`;

const stepRow = z.object({
  id: z.string(),
  parent_id: z.string().nullable(),
  user_id: z.string(),
  agent_id: z.string(),
  scope: z.string(),
  calls_max: z.number().nullable(),
  calls_used: z.number(),
  expires_at: z.number(),
  revoked_at: z.number().nullable(),
});

const userRow = z.object({ id: z.string(), name: z.string(), groups: z.string(), roles: z.string() });

export function openDelegations({ connection }: Store, ambient: Pick<Ambient, "now">): Delegations {
  const upwards = connection.prepare(PATH);
  const byId = connection.prepare(
    "SELECT id, name, groups, roles FROM users WHERE id = ? AND disabled_at IS NULL",
  );
  const user = (id: UserId): UserFacts | null => {
    const found = byId.get(id);
    if (found === undefined) return null;
    const row = userRow.parse(found);
    return {
      type: "User",
      id: row.id,
      name: row.name,
      groups: textsOf(row.groups),
      roles: rolesOf(row.roles),
    };
  };
  return {
    user,
    path: (id) => {
      const rows = upwards.all(id).map((row) => stepRow.parse(row));
      const [first] = rows;
      if (first === undefined || first.parent_id !== null) return null;
      const now = ambient.now();
      const isOne = rows.every((row) => row.user_id === first.user_id);
      if (!isOne || rows.some((row) => row.revoked_at !== null || row.expires_at <= now)) return null;
      return {
        user: userIdOf(first.user_id),
        steps: rows.map(stepOf),
        endsAt: Math.min(...rows.map((row) => row.expires_at)),
      };
    },
  };
}

function stepOf(row: z.output<typeof stepRow>): Step {
  return {
    id: delegationIdOf(row.id),
    agent: agentIdOf(row.agent_id),
    scope: scopeColumn(row.scope),
    isSpent: row.calls_max !== null && row.calls_used >= row.calls_max,
  };
}

export function delegationFacts(
  { id, scope, isSpent }: Step,
  narrowed: DelegationScope | null,
): DelegationFacts {
  return { id, scope, isSpent, narrowed };
}

/**
 * Counts one action under every delegation of its chain. INVARIANT: goes into the very batch that holds the intent, which
 * is stale once one of them was revoked, has expired or is spent: nothing leaves under it in the same moment.
 */
export function spendOf({ delegations = [] }: Identity, now: number): StateWrite[] {
  return delegations.map((id) => ({
    sql: `UPDATE delegations SET calls_used = calls_used + 1 WHERE id = ? AND revoked_at IS NULL AND expires_at > ?
      AND (calls_max IS NULL OR calls_used < calls_max)`,
    parameters: [id, now],
    changes: 1,
  }));
}
