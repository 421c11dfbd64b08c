import { parseRecord } from "#ledger";
import { ENTRIES_PER_TURN_MAX } from "./limits.ts";
import { dueNow } from "./due.ts";
import type { CourierOutside } from "./outside.ts";

/** Up to which entry the courier has looked: a restart asks for nothing twice and leaves nothing out. */
const SEEN = "courier_up_to";

/** After these, whoever is asked, and where, may be others for every open request. */
const TOUCHES_ALL = [
  "channel.added",
  "channel.changed",
  "channel.removed",
  "channel.linked",
  "channel.unlinked",
  "user.added",
  "user.changed",
  "group.changed",
  "duty.changed",
  "approver.changed",
  "server.added",
  "server.changed",
  "server.removed",
];
const OF_ONE = [
  "approval.requested",
  "approval.decided",
  "approval.expired",
  "approval.withdrawn",
  "approval.seen",
  "approval.escalated",
  "drill.asked",
  "drill.answered",
  "intent",
];

/** Reads what was committed since the last look, and makes due what it touches. Answers whether there is more. */
export async function fed(outside: CourierOutside): Promise<boolean> {
  const { query } = outside.store;
  const head = outside.journal.size() - 1;
  const seen = await query.selectFrom("meta").select("value").where("key", "=", SEEN).executeTakeFirst();
  if (seen === undefined) {
    await allDue(outside);
    await keep(outside, head);
    return false;
  }
  if (Number(seen.value) >= head) return false;
  const entries = await query
    .selectFrom("entries")
    .select(["idx", "kind", "subject", "record"])
    .where("idx", ">", Number(seen.value))
    .where("idx", "<=", head)
    .where("kind", "in", [...TOUCHES_ALL, ...OF_ONE])
    .orderBy("idx")
    .limit(ENTRIES_PER_TURN_MAX)
    .execute();
  if (entries.some(({ kind }) => TOUCHES_ALL.includes(kind))) await allDue(outside);
  const own = entries.filter(({ kind }) => OF_ONE.includes(kind)).map(({ record }) => approvalIn(record));
  await dueNow(outside, [...new Set(own.filter((id) => id !== null))]);
  const isMore = entries.length >= ENTRIES_PER_TURN_MAX;
  // Last: a look that was cut short is made again.
  await keep(outside, isMore ? (entries.at(-1)?.idx ?? head) : head);
  return isMore;
}

function approvalIn(record: string): string | null {
  const { approval } = parseRecord(record).body;
  return typeof approval === "string" ? approval : null;
}

/** Every open request, and every one whose cards may still say that it is. */
async function allDue({ store, ambient }: CourierOutside): Promise<void> {
  const now = ambient.now();
  await store.query.updateTable("courier_due").set({ at: now }).where("at", ">", now).execute();
  await store.query
    .insertInto("courier_due")
    .columns(["approval_id", "at"])
    .expression((eb) =>
      eb
        .selectFrom("approvals")
        .select((one) => ["id as approval_id", one.val(now).as("at")])
        .where("status", "=", "requested")
        .where("expires_at", ">", now),
    )
    .onConflict((one) => one.doNothing())
    .execute();
}

async function keep({ store }: CourierOutside, upTo: number): Promise<void> {
  await store.query
    .insertInto("meta")
    .values({ key: SEEN, value: String(upTo) })
    .onConflict((one) => one.column("key").doUpdateSet({ value: String(upTo) }))
    .execute();
}
