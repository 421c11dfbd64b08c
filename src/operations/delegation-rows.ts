import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { mayTouch, type Permission, reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import type { DelegationFacts } from "#policy";
import type { Schema } from "#store";
import type { DelegationScope } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { effect, time, verb } from "./fields.ts";

/** Agents that one chain may have: the first, and those through whom it was passed on. */
export const DELEGATION_STEPS_MAX = 4;
/** A user's delegations in force at once. */
export const DELEGATIONS_MAX = 500;

const column = z.strictObject({
  servers: z.array(z.string()),
  tools: z.array(z.string()),
  verbs: z.array(verb),
  effects: z.array(effect),
});

export const scopeOf = (text: string): DelegationScope => column.parse(JSON.parse(text));

/** Sorted and without repeats, so that equal scopes are equal texts. */
export function scopeText(scope: DelegationScope): string {
  const { servers, tools, verbs, effects } = scope;
  return canonicalJson({
    servers: sorted(servers),
    tools: sorted(tools),
    verbs: sorted(verbs),
    effects: sorted(effects),
  });
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].toSorted();
}

export const delegationShape = z.object({
  id: z.string(),
  user: z.string().describe("Name of the user whose rights are lent"),
  userId: z.string(),
  agent: z.string().describe("Name of the agent that may act under it"),
  agentId: z.string(),
  parent: z.string().nullable().describe("The delegation it is a part of, passed on by that one's agent"),
  servers: z.array(z.string()),
  tools: z.array(z.string()),
  verbs: z.array(z.string()).describe("Empty: all"),
  effects: z.array(z.string()).describe("Empty: all"),
  calls: z.int().nullable().describe("How many actions may leave under it; null: any number"),
  callsUsed: z.int(),
  further: z.int().describe("Through how many further agents it may be passed on"),
  purpose: z.string(),
  status: z.enum(["active", "spent", "expired", "revoked"]),
  createdAt: time,
  expiresAt: time,
  revokedAt: time.nullable(),
});

export type DelegationRow = Schema["delegations"] & {
  readonly user: string;
  readonly agent: string;
  readonly owner: string;
};

export function delegations({ store }: Pick<ReadContext, "store">) {
  return store.query
    .selectFrom("delegations")
    .innerJoin("users", "users.id", "delegations.user_id")
    .innerJoin("agents", "agents.id", "delegations.agent_id")
    .selectAll("delegations")
    .select(["users.name as user", "agents.name as agent", "agents.owner_id as owner"]);
}

export function delegationView(row: DelegationRow, now: number): z.input<typeof delegationShape> {
  return {
    id: row.id,
    user: row.user,
    userId: row.user_id,
    agent: row.agent,
    agentId: row.agent_id,
    parent: row.parent_id,
    ...copied(scopeOf(row.scope)),
    calls: row.calls_max,
    callsUsed: row.calls_used,
    further: row.further,
    purpose: row.purpose,
    status: statusOf(row, now),
    createdAt: isoTime(row.created_at),
    expiresAt: isoTime(row.expires_at),
    revokedAt: isoTime(row.revoked_at),
  };
}

/** As a ledger's body or a view takes it. */
export function copied({ servers, tools, verbs, effects }: DelegationScope) {
  return { servers: [...servers], tools: [...tools], verbs: [...verbs], effects: [...effects] };
}

export function statusOf(
  row: Schema["delegations"],
  now: number,
): "active" | "spent" | "expired" | "revoked" {
  if (row.revoked_at !== null) return "revoked";
  if (row.expires_at <= now) return "expired";
  return row.calls_max !== null && row.calls_used >= row.calls_max ? "spent" : "active";
}

/** What the ledger says of one: ids, names an admin gave, times. Its purpose is people's words and stays out. */
export function delegationBody(row: Schema["delegations"]): JsonObject {
  return {
    user: row.user_id,
    agent: row.agent_id,
    parent: row.parent_id,
    scope: copied(scopeOf(row.scope)),
    callsMax: row.calls_max,
    further: row.further,
    expiresAt: isoTime(row.expires_at),
  };
}

/**
 * A delegation that the caller may see: their own, or one to an agent of theirs. Any other is as unknown as one that
 * isn't there (T2). `by`: who may do this to it: its user alone, or the agent's owner too.
 */
export async function findDelegation(
  context: ReadContext,
  id: string,
  permission: Permission,
  by: "user" | "either" = "either",
): Promise<DelegationRow> {
  const row = await delegations(context).where("delegations.id", "=", id).executeTakeFirst();
  const mine = row !== undefined && mayTouch(context.caller, permission, userIdOf(row.user_id));
  const theirs = row !== undefined && mayTouch(context.caller, permission, userIdOf(row.owner));
  if (row !== undefined && (mine || (theirs && by === "either"))) return row;
  throw new Fault(
    "delegation_unknown",
    `there is no delegation ${id}`,
    "List those that concern you: `doorward delegations list`.",
  );
}

/** As `findDelegation`, for a change: one that has ended stays so. */
export async function findActive(
  context: ReadContext,
  id: string,
  permission: Permission,
  by: "user" | "either" = "either",
): Promise<DelegationRow> {
  const row = await findDelegation(context, id, permission, by);
  const status = statusOf(row, context.ambient.now());
  if (status === "active" || status === "spent") return row;
  throw delegationOver(id, status);
}

export function delegationOver(id: string, how: string): Fault {
  return new Fault(
    "delegation_ended",
    `the delegation ${id} is ${how}`,
    "What has ended stays so. Grant a new one: `doorward delegations grant AGENT`.",
  );
}

export function seesAll({ caller }: Pick<ReadContext, "caller">): boolean {
  return reachOf(caller, "delegations.read") === "all";
}

/** From the user's own down to this one, each as it stands now: principals of the chain. */
export async function pathTo(context: Pick<ReadContext, "store">, id: string): Promise<DelegationRow[]> {
  const path: DelegationRow[] = [];
  for (let next: string | null = id; next !== null && path.length < DELEGATION_STEPS_MAX; ) {
    const row: DelegationRow | undefined = await delegations(context)
      .where("delegations.id", "=", next)
      .executeTakeFirst();
    if (row === undefined) break;
    path.unshift(row);
    next = row.parent_id;
  }
  return path;
}

export function factsOfDelegation(row: Schema["delegations"]): DelegationFacts {
  const isSpent = row.calls_max !== null && row.calls_used >= row.calls_max;
  return { id: row.id, scope: scopeOf(row.scope), narrowed: null, isSpent };
}

const UNDER = `WITH RECURSIVE under (id) AS (SELECT id FROM delegations WHERE ROOT
  UNION SELECT d.id FROM delegations d JOIN under ON d.parent_id = under.id) SELECT id FROM under`;

/** Ends whatever `root` (a condition over `delegations`) names, all that was passed on of it, and the sessions under it. */
function endUnder(root: string, parameter: string, at: number): StateWrite[] {
  const under = UNDER.replace("ROOT", root);
  const sessions = `SELECT id FROM sessions WHERE delegation_id IN (${under})`;
  return [
    {
      sql: `UPDATE agent_keys SET revoked_at = ? WHERE revoked_at IS NULL AND session_id IN (${sessions})`,
      parameters: [at, parameter],
    },
    {
      sql: `UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL AND delegation_id IN (${under})`,
      parameters: [at, parameter],
    },
    {
      sql: `UPDATE delegations SET revoked_at = ? WHERE revoked_at IS NULL AND id IN (${under})`,
      parameters: [at, parameter],
    },
  ];
}

/** The batch is stale where the delegation was revoked meanwhile. */
export function endDelegation(id: string, at: number): StateWrite[] {
  return [
    {
      sql: "UPDATE delegations SET calls_used = calls_used WHERE id = ? AND revoked_at IS NULL",
      parameters: [id],
      changes: 1,
    },
    ...endUnder("id = ?", id, at),
  ];
}

/** For an agent that is gone: what it held, and what it passed on. */
export function endDelegationsTo(agentId: string, at: number): StateWrite[] {
  return endUnder("agent_id = ?", agentId, at);
}

/** For a user who is gone: whatever was lent of their rights. */
export function endDelegationsOf(userId: string, at: number): StateWrite[] {
  return endUnder("user_id = ?", userId, at);
}
