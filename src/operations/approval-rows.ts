import { z } from "zod";
import { stepsReached } from "#approvals";
import { canonicalJson } from "#base";
import type { Schema } from "#store";
import type { AgentId, Approval, ApprovalChain, ApprovalStatus, Decision, UserId } from "#vocabulary";
import { textsOf } from "./accounts/rows.ts";
import { bypassable, bypassableOf, stageNow } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import { effectsOfColumn, objectIn, objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { stage, time } from "./fields.ts";

const from = z.object({
  channel: z.string(),
  tenant: z.string().nullable(),
  platformUser: z
    .string()
    .nullable()
    .describe("Null: they came by the card's link, and answered as whom they had signed in"),
  message: z.string().nullable(),
  // Decisions that are older lack it.
  post: z.string().nullable().default(null),
});

export const approvalShape = z.object({
  id: z.string(),
  action: z.string(),
  status: z.string(),
  agent: z.string(),
  stage: stage.describe("The agent's stage now"),
  bypassable,
  owner: z.string().describe("Name of the user who answers for the agent"),
  onBehalfOf: z
    .string()
    .nullable()
    .describe("Name of the user the agent acts for; null: for nobody, with its own rights alone"),
  session: z.string(),
  verb: z.string(),
  server: z.string(),
  target: z.string(),
  effects: z.array(z.string()),
  reason: z.string(),
  policies: z.array(z.string()).describe("Rules that a yes would lift for this action"),
  phase: z
    .string()
    .describe("Its status, and of one that waits: seen by somebody who may answer, or escalated by now"),
  groups: z.array(z.string()).describe("Each must say yes: a group, how many of it, and who not"),
  escalation: z
    .array(z.object({ of: z.string(), group: z.string(), from: time }))
    .describe("From when on members of which group may answer too, and for which line of groups"),
  glass: z.array(z.string()).describe("Who may break the glass: members of every one of these; none: nobody"),
  decisions: z.array(
    z.object({
      by: z.string(),
      answer: z.string(),
      at: time,
      via: z.string(),
      note: z.string().nullable(),
      standsInFor: z.array(z.string()).describe("With whose duty, where it was not their own"),
      stopped: z.enum(["agent", "session"]).nullable().describe("What that no stopped with it"),
      from: from.nullable().describe("The card, and the platform's user, where it came from a channel"),
    }),
  ),
  seen: z
    .array(z.object({ by: z.string(), at: time, via: z.string() }))
    .describe("Who of those who may answer opened it, and when first"),
  withdrawnWhy: z.string().nullable(),
  requestedAt: time,
  expiresAt: time,
});

export function approvalRows(query: ReadContext["store"]["query"]) {
  return query
    .selectFrom("approvals")
    .innerJoin("agents", "agents.id", "approvals.agent_id")
    .innerJoin("users as owners", "owners.id", "agents.owner_id")
    .selectAll("approvals")
    .select(["agents.owner_id", "agents.stage", "agents.observe_until", "agents.seen_as_own_user_at"])
    .select("owners.name as owner_name")
    .select((eb) =>
      eb
        .selectFrom("entries")
        .select("entries.record")
        .whereRef("entries.subject", "=", "approvals.action_id")
        // A drill stands where a verdict would.
        .where("entries.kind", "in", ["verdict", "drill.asked"])
        .orderBy("entries.idx")
        .limit(1)
        .as("verdict_record"),
    );
}

export type ApprovalRow = Awaited<ReturnType<ReturnType<typeof approvalRows>["execute"]>>[number];

const status = z.enum(["requested", "approved", "denied", "expired", "withdrawn", "consumed"]);
const binding = z.custom<Approval["binding"]>((value) => typeof value === "object" && value !== null);
const approvalId = z.custom<Approval["id"]>((value) => typeof value === "string");
const userId = z.custom<UserId>((value) => typeof value === "string");
const agentId = z.custom<AgentId>((value) => typeof value === "string");
// Decisions that are older than their last two members lack them.
const decisions = z.array(
  z.object({
    by: userId,
    answer: z.enum(["approve", "deny", "break-glass"]),
    at: z.number(),
    via: z.string(),
    note: z.string().nullable(),
    standsInFor: z.array(userId).default([]),
    stopped: z.enum(["agent", "session"]).optional(),
    from: from.nullable().default(null),
  }),
);
const sightings = z.array(z.object({ by: userId, at: z.number(), via: z.string() }));
const steps = z.array(z.object({ afterMs: z.number(), group: z.string() }));
const escalations = z.array(z.object({ of: z.string(), steps }));
const chain = z.object({ user: userId.nullable(), agents: z.array(agentId) });

export function approvalOf(row: Omit<Schema["approvals"], "escalated">): Approval {
  return {
    id: approvalId.parse(row.id),
    status: status.parse(row.status),
    binding: binding.parse(JSON.parse(row.binding)),
    groups: textsOf(row.groups),
    escalation: escalations.parse(jsonOr(row.escalation)),
    glass: textsOf(row.glass ?? "[]"),
    decisions: decisions.parse(JSON.parse(row.decisions)).map(withoutNothing),
    seen: sightings.parse(jsonOr(row.seen_by)),
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
  };
}

function withoutNothing({ stopped, ...one }: z.output<typeof decisions>[number]): Decision {
  return stopped === undefined ? one : { ...one, stopped };
}

export function decisionsColumn(all: readonly Decision[]): string {
  return canonicalJson(
    all.map(({ from: platform, ...one }) => ({
      ...one,
      standsInFor: [...one.standsInFor],
      from: platform === null ? null : { ...platform },
    })),
  );
}

function jsonOr(column: string | null): unknown {
  return JSON.parse(column ?? "[]");
}

/** What the ledger says of the action's chain: the id of its user, or null. */
function userOf({ verdict_record: record }: ApprovalRow): string | null {
  const user = record === null ? null : objectIn(objectOf(record), "body")["user"];
  return typeof user === "string" ? user : null;
}

/** Names by id, of the users on whose behalf the actions of these requests would happen. */
export async function behalfNames(
  query: ReadContext["store"]["query"],
  rows: readonly ApprovalRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(userOf).filter((user) => user !== null))];
  if (ids.length === 0) return new Map();
  const users = await query.selectFrom("users").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(users.map(({ id, name }) => [id, name]));
}

export function approvalView(
  row: ApprovalRow,
  now: number,
  names: ReadonlyMap<string, string>,
): z.input<typeof approvalShape> {
  const user = userOf(row);
  const approval = approvalOf(row);
  return {
    id: row.id,
    action: row.action_id,
    status: statusNow(approval, now),
    agent: row.agent_name,
    stage: stageNow(row, now),
    bypassable: bypassableOf(row.seen_as_own_user_at),
    owner: row.owner_name,
    onBehalfOf: user === null ? null : (names.get(user) ?? user),
    session: row.session_id,
    verb: row.verb,
    server: row.server,
    target: row.target,
    effects: effectsOfColumn(row.effects),
    reason: row.reason,
    policies: [...approval.binding.policies],
    phase: phaseOf(approval, now),
    groups: [...approval.groups],
    escalation: approval.escalation.flatMap(({ of, steps: ones }) =>
      ones.map(({ group, afterMs }) => ({ of, group, from: isoTime(approval.requestedAt + afterMs) })),
    ),
    glass: [...approval.glass],
    decisions: approval.decisions.map((one) => ({
      ...one,
      standsInFor: [...one.standsInFor],
      stopped: one.stopped ?? null,
      at: isoTime(one.at),
    })),
    seen: approval.seen.map((one) => ({ ...one, at: isoTime(one.at) })),
    withdrawnWhy: row.withdrawn_why,
    requestedAt: isoTime(approval.requestedAt),
    expiresAt: isoTime(approval.expiresAt),
  };
}

function phaseOf(approval: Approval, now: number): string {
  const current = statusNow(approval, now);
  if (current !== "requested") return current;
  if (stepsReached(approval, now).length > 0) return "escalated";
  return approval.seen.length + approval.decisions.length > 0 ? "seen" : current;
}

/** A request past its time counts as expired before anybody has written that down. */
function statusNow({ status: now, expiresAt }: Approval, at: number): ApprovalStatus {
  const isOpen = now === "requested" || now === "approved";
  return isOpen && expiresAt <= at ? "expired" : now;
}

/** Rows older than the column have the agent alone: their binding fits nothing any more either. */
export function chainOf({
  chain: column,
  agent_id: agent,
}: Pick<Schema["approvals"], "chain" | "agent_id">): ApprovalChain {
  return column === null ? { user: null, agents: [agentId.parse(agent)] } : chain.parse(JSON.parse(column));
}
