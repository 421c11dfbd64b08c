import { askedNow, type Parties } from "#approvals";
import {
  approvalOf,
  type ApprovalRow,
  approvalRows,
  chainOf,
  partiesOf,
  reachServers,
  type ReachServer,
  reachOf,
  whyReached,
} from "#operations";
import type { Approval, UserId } from "#vocabulary";
import type { CourierOutside } from "./outside.ts";
import type { Question } from "./questions.ts";

/** One request as the courier looks at it, at one moment. */
export interface LookedAt {
  readonly row: ApprovalRow;
  readonly approval: Approval;
  /** Undecided, and not past its time. */
  readonly isOpen: boolean;
}

export async function lookedAt(
  { store, ambient }: Pick<CourierOutside, "store" | "ambient">,
  id: string,
): Promise<LookedAt | null> {
  const row = await approvalRows(store.query).where("approvals.id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
  const approval = approvalOf(row);
  return { row, approval, isOpen: approval.status === "requested" && approval.expiresAt > ambient.now() };
}

/** Everyone asked of at this moment, and when that changes by time alone. */
export async function askedOf(
  { store, ambient }: Pick<CourierOutside, "store" | "ambient">,
  { row, approval }: LookedAt,
): Promise<{
  readonly users: readonly UserId[];
  readonly nextChangeAt: number | null;
  readonly parties: Parties;
}> {
  const now = ambient.now();
  const parties = await partiesOf(store.query, chainOf(row), now);
  return { ...askedNow(approval, parties, now), parties };
}

/**
 * What a card should say, as a key: equal as long as nothing on it would change. Who was asked is not on it; what was
 * decided, by how many, and whether it may be answered there is.
 */
export function stateKey(
  { approval, isOpen }: LookedAt,
  there: {
    readonly privacy: string;
    readonly reached: boolean;
    /** What the card asks about this request; null: nothing. */
    readonly question: Question | null;
  },
): string {
  const status = approval.status === "requested" && !isOpen ? "expired" : approval.status;
  return [
    approval.id,
    status,
    approval.decisions.length,
    there.reached ? "link" : "answer",
    there.privacy,
    ...(there.question === null ? [] : ["asks", there.question.by, there.question.at]),
  ].join(" ");
}

/** T3: why this request cannot be answered on a channel, or null. Looked up anew at every card and every tap. */
export async function reachedOn(
  { store, board }: Pick<CourierOutside, "store" | "board">,
  channel: string,
  { row }: Pick<LookedAt, "row">,
  servers: readonly ReachServer[] | null = null,
): Promise<string | null> {
  const kept = board.row(channel);
  if (kept === null) return "the channel is not there any more";
  const at = { platform: kept.platform, reach: reachOf(kept) };
  const known = servers ?? (await reachServers(store));
  for (const name of await agentsOf(store, row)) {
    const why = whyReached(at, { name }, known);
    if (why !== null) return why;
  }
  return null;
}

/** Names of everyone in the chain: whoever sent another agent to ask must not be the one who answers, either. */
async function agentsOf({ query }: CourierOutside["store"], row: ApprovalRow): Promise<readonly string[]> {
  const { agents } = chainOf(row);
  if (agents.length <= 1) return [row.agent_name];
  const rows = await query
    .selectFrom("agents")
    .select("name")
    .where("id", "in", [...agents])
    .execute();
  return [...new Set([row.agent_name, ...rows.map(({ name }) => name)])];
}
