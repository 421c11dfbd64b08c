import type { CourierOutside } from "./outside.ts";

/** How long a post of a request that is over answers late taps. */
const POSTS_KEPT_MS = 30 * 24 * 3_600_000;
const POSTS_MAX = 500;

/** Forgets what is of no use any more: events that no platform sends again, cards of what was over long ago. */
export async function tidied({ store, ambient }: CourierOutside): Promise<void> {
  const now = ambient.now();
  const { query } = store;
  await query.deleteFrom("inbound_events").where("forget_at", "<=", now).execute();
  await query
    .deleteFrom("link_codes")
    .where("expires_at", "<=", now - 24 * 3_600_000)
    .execute();
  const old = await query
    .selectFrom("posts")
    .select("id")
    .where("created_at", "<", now - POSTS_KEPT_MS)
    .where("next_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("post_items")
            .innerJoin("approvals", "approvals.id", "post_items.approval_id")
            .select("approvals.id")
            .whereRef("post_items.post_id", "=", "posts.id")
            .where("approvals.status", "=", "requested")
            .where("approvals.expires_at", ">", now),
        ),
      ),
    )
    .limit(POSTS_MAX)
    .execute();
  const ids = old.map(({ id }) => id);
  if (ids.length === 0) return;
  await query.deleteFrom("post_tokens").where("post_id", "in", ids).execute();
  await query.deleteFrom("post_items").where("post_id", "in", ids).execute();
  await query.deleteFrom("posts").where("id", "in", ids).execute();
}
