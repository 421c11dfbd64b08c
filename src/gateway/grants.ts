import { z } from "zod";
import {
  bindingDigest,
  type GrantedCall,
  type GrantLabels,
  notCovered,
  type StandingGrant,
  unreachableGroups,
} from "#approvals";
import type { Ambient } from "#base";
import { manifestDigest, rolesByArgument } from "#flow";
import { rolesGive } from "#identity";
import type { StateWrite } from "#ledger";
import type { Lift } from "#policy";
import type { Store } from "#store";
import type { Hold } from "#vocabulary";
import { digestColumn, policyIdsOf, rolesOf, textsOf, userIdOf } from "./columns.ts";
import { bindingOf } from "./hold-request.ts";
import type { ManifestOf } from "./manifest-rows.ts";
import type { Attempt } from "./outside.ts";
import { orLater, type Rows } from "./rows.ts";

/** A grant that lets one held attempt through. */
export interface GrantUse {
  readonly id: string;
  readonly lift: Lift;
  /** What it lets through would be held without it. */
  readonly hold: Hold;
  /** How often more it may be used, this time included. */
  readonly left: number;
  /** INVARIANT: go into the very batch that holds the intent, which is stale where the grant has ended or is used up by then. */
  readonly writes: readonly StateWrite[];
}

/** What approvers granted beyond one call. Every read is of this moment: what was revoked opens nothing any more. */
export interface Grants {
  /** The grant that covers a held attempt now; null where none does, or where the very call waits for an answer of its own. */
  readonly covering: (attempt: Attempt, hold: Hold) => GrantUse | null;
  /** What grants of this agent's tool lift, whatever the call: asked before anything is decided. */
  readonly lifts: (attempt: Attempt) => readonly Lift[];
}

export interface GrantsOutside {
  readonly ambient: Pick<Ambient, "now">;
  readonly store: Pick<Store, "connection" | "memory">;
  readonly rows: Pick<Rows, "undelivered">;
  readonly manifestOf: ManifestOf;
}

/** Far more than anybody gives for one tool; the others open nothing. */
const GRANTS_PER_TOOL_MAX = 100;
const AGENTS_REMEMBERED_MAX = 10_000;

/** Not ended, and nothing ended that it hangs on: its policy's activation, its agent, session and giver. */
const LIVE = `g.ended_at IS NULL
  AND g.activation_id = (SELECT id FROM policy_activations ORDER BY activated_at DESC, id DESC LIMIT 1)
  AND EXISTS (SELECT 1 FROM agents a WHERE a.id = g.agent_id AND a.revoked_at IS NULL)
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = g.granted_by AND u.disabled_at IS NULL)
  AND (g.session_id IS NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session_id AND s.ended_at IS NULL))`;

const STANDING = `SELECT g.id, g.scope, g.varies, g.binding_digest, g.policy_set, g.policies, g.labels, g.granted_by,
  g.granted_at, g.last_used_at, g.expires_at, g.uses_max, g.used, u.roles, u.groups
  FROM grants g JOIN users u ON u.id = g.granted_by
  WHERE g.agent_id = ? AND g.server = ? AND g.tool = ? AND ${LIVE} ORDER BY g.id LIMIT ${GRANTS_PER_TOOL_MAX}`;

const USE = `UPDATE grants AS g SET used = g.used + 1, last_used_at = ?,
  ended_at = CASE WHEN g.used + 1 >= g.uses_max THEN ? ELSE NULL END,
  ended_why = CASE WHEN g.used + 1 >= g.uses_max THEN 'used-up' ELSE NULL END
  WHERE g.id = ? AND g.used < g.uses_max AND g.expires_at > ? AND g.granted_at <= ? AND g.last_used_at <= ? AND ${LIVE}`;

const USED =
  "INSERT INTO grant_uses (grant_id, nth, action_id, at) SELECT id, used, ?, ? FROM grants WHERE id = ?";

const labels = z.custom<GrantLabels>(
  (value) => typeof value === "object" && value !== null && "doubts" in value,
);
const grantRow = z.object({
  id: z.string(),
  scope: z.enum(["session", "destination", "pattern"]),
  varies: z.string(),
  binding_digest: z.string(),
  policy_set: z.string(),
  policies: z.string(),
  labels: z.string(),
  granted_by: z.string(),
  granted_at: z.number(),
  last_used_at: z.number(),
  expires_at: z.number(),
  uses_max: z.number(),
  used: z.number(),
  roles: z.string(),
  groups: z.string(),
});
type GrantRow = Readonly<z.output<typeof grantRow>>;

export function openGrants({ ambient, store, rows, manifestOf }: GrantsOutside): Grants {
  const standing = store.connection.prepare(STANDING);
  const ended = store.connection.prepare(
    "UPDATE grants SET ended_at = ?, ended_why = 'expired' WHERE id = ? AND ended_at IS NULL",
  );
  const any = store.connection.prepare(
    "SELECT 1 FROM grants WHERE agent_id = ? AND ended_at IS NULL LIMIT 1",
  );
  const hasAny = store.memory.remembered(AGENTS_REMEMBERED_MAX, (agent) => ({
    is: any.get(agent) !== undefined,
  }));
  const found = (attempt: Attempt): readonly GrantRow[] => {
    const agent = attempt.identity.chain.agents.at(-1) ?? "";
    if (attempt.action.verb !== "tools/call" || hasAny(agent)?.is !== true) return [];
    const { server, name } = attempt.action.target;
    return standing.all(agent, server, name).map((row) => grantRow.parse(row));
  };
  const covers = (row: GrantRow, call: GrantedCall, now: number): boolean => {
    const why = notCovered(standingGrant(row), call, now);
    // Written down once, so that a clock that goes back does not bring it to life again.
    if (why === "expired") orLater(() => ended.run(now, row.id));
    return why === null;
  };
  return {
    lifts: (attempt) => found(attempt).map(liftOf),
    covering: (attempt, hold) => {
      const candidates = found(attempt);
      if (candidates.length === 0) return null;
      const call = callOf(attempt, hold, manifestOf);
      if (rows.undelivered(bindingDigest(call.binding)) !== null) return null;
      const now = ambient.now();
      const row = candidates.find((one) => covers(one, call, now) && maySpeak(one, attempt, hold));
      return row === undefined ? null : useOf(row, { attempt, hold, now });
    },
  };
}

/** The grants that attempts before it would use first leave nothing for this one. */
export function isOverdrawn(
  use: GrantUse | undefined,
  before: readonly (GrantUse | undefined)[],
): use is GrantUse {
  return use !== undefined && before.filter((one) => one?.id === use.id).length >= use.left;
}

function callOf(attempt: Attempt, verdict: Hold, manifestOf: ManifestOf): GrantedCall {
  const { action, facts, flow } = attempt;
  const manifest = manifestOf(action.target.server, action.target.name);
  return {
    action,
    binding: bindingOf({ attempt, verdict }),
    effects: facts.effects,
    flow,
    roles: rolesByArgument(manifest, action.arguments),
    manifest: manifestDigest(manifest),
  };
}

/** Whoever gave it could still give it, alone and in person: what they lost since, it lost. */
function maySpeak(row: GrantRow, { principals }: Attempt, { groups }: Hold): boolean {
  const owners = principals.map((one) => userIdOf(one.type === "Agent" ? one.owner : one.id));
  const users = principals.flatMap((one) => (one.type === "User" ? [userIdOf(one.id)] : []));
  const requesters = users.length > 0 ? users : owners.slice(-1);
  const giver = { user: userIdOf(row.granted_by), roles: rolesOf(row.roles), groups: textsOf(row.groups) };
  return (
    rolesGive(giver.roles, "approvals.decide") &&
    unreachableGroups({ groups, expiresAfterMs: 1 }, { approvers: [giver], owners, requesters }).length === 0
  );
}

function useOf(row: GrantRow, at: { attempt: Attempt; hold: Hold; now: number }): GrantUse {
  const { attempt, hold, now } = at;
  return {
    id: row.id,
    lift: liftOf(row),
    hold,
    left: row.uses_max - row.used,
    writes: [
      { sql: USE, parameters: [now, now, row.id, now, now, now], changes: 1 },
      { sql: USED, parameters: [attempt.id, now, row.id], changes: 1 },
    ],
  };
}

function liftOf(row: GrantRow): Lift {
  return { policySet: digestColumn(row.policy_set), policies: policyIdsOf(row.policies) };
}

function standingGrant(row: GrantRow): StandingGrant {
  return {
    scope: row.scope,
    varies: textsOf(row.varies),
    digest: digestColumn(row.binding_digest),
    labels: labels.parse(JSON.parse(row.labels)),
    grantedAt: row.granted_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    usesMax: row.uses_max,
    used: row.used,
  };
}
