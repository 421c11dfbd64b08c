import { Fault } from "#base";
import { mayTouch } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { factsOfRow } from "./approval-card.ts";
import { ownCard } from "./approval-card-shape.ts";
import type { ApprovalRow } from "./approval-rows.ts";
import type { ReadContext } from "./context.ts";

/**
 * Nobody lets through what cannot be shown to them whole (T19), or what goes by a name that can mean something else by the time
 * it is released (T11). Throws `approval_unreadable`, `approval_unbound`.
 */
export async function demandApprovable(context: ReadContext, row: ApprovalRow): Promise<void> {
  const facts = await factsOfRow(context, row, mayRead(context, row));
  const { whole, unbound } = ownCard(facts, context.ambient.now());
  if (!whole) throw unreadable(row);
  if (unbound.length > 0) throw changeable(row, unbound);
}

export function mayRead({ caller }: ReadContext, row: ApprovalRow): boolean {
  return mayTouch(caller, "payloads.read", userIdOf(row.owner_id));
}

/** T11: what is named can be another thing by the time it is released. */
function changeable(row: ApprovalRow, names: readonly string[]): Fault {
  return new Fault(
    "approval_unbound",
    `${row.id} goes by what ${names.join(", ")} names, which can change after a yes, and does not say which version is meant`,
    "Deny it, and have the agent name one version: a commit id, a sha256 digest, or the id of a stored version.",
  );
}

function unreadable(row: ApprovalRow): Fault {
  return new Fault(
    "approval_unreadable",
    `the arguments of ${row.id} cannot be shown whole (they are too large, destroyed, or not yours to see), so nobody can approve them`,
    "Deny it, or have the agent ask with less at once.",
  );
}
