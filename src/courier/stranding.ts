import type { CourierOutside } from "./outside.ts";
import type { LookedAt } from "./requests.ts";

/**
 * No place of anybody who is asked could be reached, and none is left to try: on record once, from where admins get a notice.
 * The request itself goes on waiting: in the console it can be decided as before.
 */
export async function strand({ store, journal, ambient }: CourierOutside, { row }: LookedAt): Promise<void> {
  const known = await store.query
    .selectFrom("entries")
    .select("idx")
    .where("subject", "=", row.action_id)
    .where("kind", "=", "approval.undelivered")
    .executeTakeFirst();
  if (known !== undefined) return;
  const body = { by: "doorward", via: "courier", approval: row.id, agent: row.agent_id };
  await journal.append({
    entries: [{ kind: "approval.undelivered", subject: row.action_id, at: ambient.now(), body }],
  });
}
