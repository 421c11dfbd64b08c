import { z } from "zod";
import { Fault } from "#base";
import { mayTouch } from "#identity";
import type { Permission } from "#identity";
import { textsOf, userIdOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

const STATUSES = ["active", "used-up", "expired", "revoked", "ended"] as const;
export type GrantStatus = (typeof STATUSES)[number];

export const grantShape = z.object({
  id: z.string(),
  status: z
    .enum(STATUSES)
    .describe("ended: with its session, agent, giver, or the policy that it was given under; see `why`"),
  why: z.string().nullable().describe("Why it lets nothing through any more; null while it does"),
  agent: z.string(),
  owner: z.string().describe("Name of the user who answers for the agent"),
  server: z.string(),
  tool: z.string(),
  scope: z
    .enum(["session", "destination", "pattern"])
    .describe(
      "session: the tool again in this session; destination: to the same places; pattern: `varies` may vary",
    ),
  varies: z.array(z.string()).describe("Of a pattern: the arguments that may be anything"),
  used: z.int(),
  left: z.int().describe("How often more it lets such a call through"),
  policies: z.array(z.string()).describe("Rules that it lifts"),
  session: z.string().nullable().describe("The session that it ends with; null: it outlives the session"),
  approval: z.string().describe("The request that it was given with: it shows the first such call"),
  by: z.string().describe("Name of the user who gave it"),
  grantedAt: time,
  expiresAt: time,
});

export function grantRows(query: ReadContext["store"]["query"]) {
  return query
    .selectFrom("grants")
    .innerJoin("agents", "agents.id", "grants.agent_id")
    .innerJoin("users as owners", "owners.id", "agents.owner_id")
    .innerJoin("users as givers", "givers.id", "grants.granted_by")
    .leftJoin("sessions", "sessions.id", "grants.session_id")
    .selectAll("grants")
    .select(["agents.name as agent_name", "agents.owner_id", "agents.revoked_at"])
    .select(["owners.name as owner_name", "givers.name as giver_name", "givers.disabled_at"])
    .select("sessions.ended_at as session_ended_at")
    .select((eb) =>
      eb
        .selectFrom("policy_activations")
        .select("policy_activations.id")
        .orderBy("policy_activations.activated_at", "desc")
        .orderBy("policy_activations.id", "desc")
        .limit(1)
        .as("newest_activation"),
    );
}

export type GrantRow = Awaited<ReturnType<ReturnType<typeof grantRows>["execute"]>>[number];

const scope = z.enum(["session", "destination", "pattern"]);

export function grantView(row: GrantRow, now: number): z.input<typeof grantShape> {
  return {
    id: row.id,
    ...standingOf(row, now),
    agent: row.agent_name,
    owner: row.owner_name,
    server: row.server,
    tool: row.tool,
    scope: scope.parse(row.scope),
    varies: textsOf(row.varies),
    used: row.used,
    left: standingOf(row, now).status === "active" ? row.uses_max - row.used : 0,
    policies: textsOf(row.policies),
    session: row.session_id,
    approval: row.approval_id,
    by: row.giver_name,
    grantedAt: isoTime(row.granted_at),
    expiresAt: isoTime(row.expires_at),
  };
}

/** As the doors see it at this moment: whatever it hangs on ends it, whether or not that is written down. */
export function standingOf(row: GrantRow, now: number): { status: GrantStatus; why: string | null } {
  if (row.ended_why === "revoked") return { status: "revoked", why: "somebody took it back" };
  if (row.used >= row.uses_max) return { status: "used-up", why: `it was used ${row.used} times` };
  if (row.ended_why === "expired" || row.expires_at <= now)
    return { status: "expired", why: "its time is over" };
  const gone = goneOf(row);
  return gone === null ? { status: "active", why: null } : { status: "ended", why: gone };
}

function goneOf(row: GrantRow): string | null {
  if (row.revoked_at !== null) return "its agent was revoked";
  if (row.session_ended_at !== null) return "its session ended";
  if (row.disabled_at !== null) return "whoever gave it was disabled";
  return row.newest_activation === row.activation_id ? null : "a policy was activated since";
}

/** Another owner's grant is as unknown as one that isn't there (T2). Throws `grant_unknown`. */
export async function findGrant(
  context: ReadContext,
  grant: string,
  permission: Permission,
): Promise<GrantRow> {
  const row = await grantRows(context.store.query).where("grants.id", "=", grant).executeTakeFirst();
  if (row !== undefined && mayTouch(context.caller, permission, userIdOf(row.owner_id))) return row;
  throw new Fault(
    "grant_unknown",
    `there is no grant ${grant}`,
    "List them: `doorward grants list --status any`.",
  );
}
