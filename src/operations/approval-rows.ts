import { z } from "zod";
import type { Parties } from "#approvals";
import type { Approval, ApprovalStatus, Decision, UserId } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import { effectsOfColumn } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export const approvalShape = z.object({
  id: z.string(),
  action: z.string(),
  status: z.string(),
  agent: z.string(),
  session: z.string(),
  verb: z.string(),
  server: z.string(),
  target: z.string(),
  effects: z.array(z.string()),
  reason: z.string(),
  policies: z.array(z.string()).describe("Rules that a yes would lift for this action"),
  groups: z.array(z.string()).describe("Each must say yes"),
  decisions: z.array(
    z.object({ by: z.string(), answer: z.string(), at: time, via: z.string(), note: z.string().nullable() }),
  ),
  requestedAt: time,
  expiresAt: time,
});

export function approvalRows(query: ReadContext["store"]["query"]) {
  return query
    .selectFrom("approvals")
    .innerJoin("agents", "agents.id", "approvals.agent_id")
    .selectAll("approvals")
    .select("agents.owner_id");
}

export type ApprovalRow = Awaited<ReturnType<ReturnType<typeof approvalRows>["execute"]>>[number];

const status = z.enum(["requested", "approved", "denied", "expired", "withdrawn", "consumed"]);
const decisions = z.custom<readonly Decision[]>(Array.isArray);
const binding = z.custom<Approval["binding"]>((value) => typeof value === "object" && value !== null);
const approvalId = z.custom<Approval["id"]>((value) => typeof value === "string");

export function approvalOf(row: ApprovalRow): Approval {
  return {
    id: approvalId.parse(row.id),
    status: status.parse(row.status),
    binding: binding.parse(JSON.parse(row.binding)),
    groups: textsOf(row.groups),
    decisions: decisions.parse(JSON.parse(row.decisions)),
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
  };
}

export function approvalView(row: ApprovalRow, now: number): z.input<typeof approvalShape> {
  const approval = approvalOf(row);
  return {
    id: row.id,
    action: row.action_id,
    status: statusNow(approval, now),
    agent: row.agent_name,
    session: row.session_id,
    verb: row.verb,
    server: row.server,
    target: row.target,
    effects: effectsOfColumn(row.effects),
    reason: row.reason,
    policies: [...approval.binding.policies],
    groups: [...approval.groups],
    decisions: approval.decisions.map((one) => ({ ...one, at: isoTime(one.at) })),
    requestedAt: isoTime(approval.requestedAt),
    expiresAt: isoTime(approval.expiresAt),
  };
}

/** A request past its time counts as expired before anybody has written that down. */
function statusNow({ status: now, expiresAt }: Approval, at: number): ApprovalStatus {
  const isOpen = now === "requested" || now === "approved";
  return isOpen && expiresAt <= at ? "expired" : now;
}

/** Every user who is not disabled may have a say; the agent's owner is who would approve their own request. */
export async function partiesOf(query: ReadContext["store"]["query"], owner: UserId): Promise<Parties> {
  const rows = await query.selectFrom("users").selectAll().where("disabled_at", "is", null).execute();
  const approvers = rows.map((row) => ({
    user: userIdOf(row.id),
    groups: textsOf(row.groups),
    roles: rolesOf(row.roles),
  }));
  return { approvers, owners: [owner] };
}
