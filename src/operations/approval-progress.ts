import { z } from "zod";
import { askedNow, mayAnswer, mayBreakGlass, see, stepsReached, tally } from "#approvals";
import { canonicalJson } from "#base";
import { mayTouch } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { partiesOf } from "./approval-parties.ts";
import { approvalOf, type ApprovalRow, chainOf } from "./approval-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { time } from "./fields.ts";

/** How far a request is, and who is asked: what a list leaves out. */
export const progressShape = z.object({
  progress: z
    .array(
      z.object({
        group: z.string().describe("As the rule says it: the group, how many of it, who not"),
        needed: z.int(),
        given: z.int().describe("Yes so far, of different people"),
        since: z
          .array(z.object({ group: z.string(), from: time }))
          .describe("Who may answer for it too by now"),
      }),
    )
    .describe("Each must have all it needs"),
  asked: z.array(z.string()).describe("Names of those who are asked at this moment"),
  askedUntil: time.nullable().describe("When that changes by time alone"),
  youMayAnswer: z.boolean(),
  youMayBreakGlass: z.boolean(),
  youMayStop: z.boolean().describe("Your no may stop the agent that asks, or this session of it, too"),
});

export async function progressOf(
  context: ReadContext,
  row: ApprovalRow,
): Promise<z.input<typeof progressShape>> {
  const { store, ambient, caller } = context;
  const now = ambient.now();
  const approval = approvalOf(row);
  const parties = await partiesOf(store.query, chainOf(row), now);
  const reached = stepsReached(approval, now);
  const { users, nextChangeAt } = askedNow(approval, parties, now);
  const isOpen = approval.status === "requested" && now < approval.expiresAt;
  const isAnswerable = isOpen && mayAnswer(approval, caller.user, parties, now);
  return {
    progress: tally(approval, parties, now).map(({ text, count, met }) => ({
      group: text,
      needed: count,
      given: met,
      since: reached
        .filter((step) => step.of === text)
        .map(({ group, afterMs }) => ({ group, from: isoTime(approval.requestedAt + afterMs) })),
    })),
    asked: await namesOf(store.query, users),
    askedUntil: isoTime(nextChangeAt),
    youMayAnswer: isAnswerable,
    youMayStop: isAnswerable && mayTouch(caller, "agents.stop", userIdOf(row.owner_id)),
    youMayBreakGlass: isOpen && mayBreakGlass(approval, caller.user, parties),
  };
}

async function namesOf(query: ReadContext["store"]["query"], ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await query
    .selectFrom("users")
    .select("name")
    .where("id", "in", [...ids])
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

/**
 * Writes down that the caller, who may answer, opened the request for the first time. Whoever may not, or did before, leaves
 * nothing; so does an answer that comes in the same moment.
 */
export async function noteSeen(context: OperationContext, row: ApprovalRow): Promise<void> {
  const { store, ambient, caller } = context;
  const now = ambient.now();
  const parties = await partiesOf(store.query, chainOf(row), now);
  const seen = see(approvalOf(row), { by: caller.user, at: now, via: caller.via }, parties);
  if (seen === null) return;
  const update = store.query
    .updateTable("approvals")
    .set({ seen_by: canonicalJson(seen.seen.map((one) => ({ ...one }))) })
    .where("id", "=", row.id)
    .where("status", "=", "requested")
    .where((eb) => (row.seen_by === null ? eb("seen_by", "is", null) : eb("seen_by", "=", row.seen_by)));
  await commitBatch(context, {
    writes: [stateWrite(update, 1)],
    entries: [entry(context, "approval.seen", row.action_id, { approval: row.id })],
  });
}
