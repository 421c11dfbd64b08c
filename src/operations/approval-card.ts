import { z } from "zod";
import { missingGroups } from "#approvals";
import { Fault } from "#base";
import type { CardDecision, CardFacts, CardManifest } from "#cards";
import type { Approval } from "#vocabulary";
import { doubtsOf, recordedAs, argumentsOf, type Kept } from "./actions.ts";
import { flowIn } from "./action-flow.ts";
import type { ActionEntries } from "./action-view.ts";
import { partiesOf } from "./approval-parties.ts";
import {
  approvalOf,
  type ApprovalRow,
  approvalRows,
  approvalView,
  behalfNames,
  chainOf,
} from "./approval-rows.ts";
import { claimOf } from "./approval-claim.ts";
import type { ReadContext } from "./context.ts";
import { labelledOne, manifestsOf } from "./manifest-rows.ts";

/** What facts are read with. Nobody's rights are asked: what may leave for where a card is shown is `CardView.fields`. */
export type CardContext = Kept & Pick<ReadContext, "ambient">;

/** Everything that is known of one request. Throws `approval_unknown`. */
export async function cardFactsOf(context: CardContext, approval: string): Promise<CardFacts> {
  const row = await approvalRows(context.store.query).where("approvals.id", "=", approval).executeTakeFirst();
  if (row !== undefined) return factsOfRow(context, row, true);
  throw new Fault(
    "approval_unknown",
    `there is no approval request ${approval}`,
    "List them: `doorward approvals list --status any`.",
  );
}

/** The same of a request that was found already. `canRead` false: without its arguments, and what quotes them. */
export async function factsOfRow(
  context: CardContext,
  row: ApprovalRow,
  canRead: boolean,
): Promise<CardFacts> {
  const { query } = context.store;
  const now = context.ambient.now();
  const approval = approvalOf(row);
  const view = approvalView(row, now, await behalfNames(query, [row]));
  const recorded = await recordedAs(context, row.action_id);
  const parties = await partiesOf(query, chainOf(row), now);
  return {
    approval: row.id,
    action: row.action_id,
    status: approval.status,
    agent: {
      name: view.agent,
      owner: view.owner,
      stage: view.stage,
      isBypassable: view.bypassable === "yes",
    },
    onBehalfOf: view.onBehalfOf,
    verb: row.verb,
    server: row.server,
    target: row.target,
    effects: view.effects,
    arguments: recorded === null || !canRead ? null : argumentsOf(context, recorded),
    manifest: await manifestOf(context, row),
    reason: row.reason,
    policies: view.policies,
    doubts: recorded === null || !canRead ? [] : doubtsOf(context, recorded),
    flow: recorded === null ? null : flowOf(context, recorded),
    groups: approval.groups,
    missing: missingGroups(approval, parties, now),
    decisions: await decisionsOf(context, approval),
    requestedAt: approval.requestedAt,
    expiresAt: approval.expiresAt,
    claim: recorded === null || !canRead ? null : await claimOf(context, recorded, view.agent),
  };
}

function flowOf(context: CardContext, recorded: ActionEntries): CardFacts["flow"] {
  const flow = flowIn(recorded);
  if (flow === null) return null;
  const held = recorded.rows.findLast(({ kind }) => kind === "verdict");
  const kept = held === undefined ? null : context.journal.payload(held.idx, "restricted");
  const names = kept === null ? null : restricted.parse(JSON.parse(Buffer.from(kept).toString("utf8")));
  return { readers: flow.readers, carries: flow.carries, restricted: names };
}

/** Doorward wrote it. */
const restricted = z.array(z.string());

async function decisionsOf({ store }: CardContext, { decisions }: Approval): Promise<CardDecision[]> {
  if (decisions.length === 0) return [];
  const ids = decisions.map(({ by }) => by);
  const users = await store.query.selectFrom("users").select(["id", "name"]).where("id", "in", ids).execute();
  const names = new Map<string, string>(users.map(({ id, name }) => [id, name]));
  return decisions.map(({ by, answer, at, via, note, stopped }) => ({
    by: names.get(by) ?? by,
    answer,
    at,
    via,
    note,
    stopped,
  }));
}

/** What is in force for the tool; null where it is no tool, or nobody said what it does. */
async function manifestOf(
  context: CardContext,
  { verb, server, target }: ApprovalRow,
): Promise<CardManifest | null> {
  if (verb !== "tools/call") return null;
  const tool = await context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", target)
    .executeTakeFirst();
  if (tool === undefined) return null;
  const manifest = manifestsOf([await labelledOne(context, tool)])[`${server}/${target}`];
  if (manifest === undefined) return null;
  const { effect, effectIf = {}, roles, summary = null, mutable = [] } = manifest;
  return { effect, effectIf, roles, summary, mutable };
}
