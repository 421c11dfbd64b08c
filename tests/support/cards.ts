import { linkDigest } from "#operations";
import type { World } from "./operations.ts";

/** A card of this request on a channel, as the courier keeps it; answers its one-time link. */
export function putCard({ store, ambient }: World, approval: string, channel: string, n = 1): string {
  const post = `pst_${n}`;
  const link = `dw1.l.${String(n).padStart(22, "A")}`;
  const { connection } = store;
  connection
    .prepare(
      `INSERT INTO posts (id, channel, place_kind, place, audience, step, wanted, attempts, message, seed, created_at)
        VALUES (?, ?, 'room', 'C1', 'group:finance', 0, '', 0, ?, x'00', ?)`,
    )
    .run(post, channel, JSON.stringify({ place: { kind: "room", id: "C1" }, id: `m${n}` }), ambient.now());
  connection
    .prepare("INSERT INTO post_items (post_id, approval_id, whole, link) VALUES (?, ?, 1, ?)")
    .run(post, approval, linkDigest(link));
  return link;
}
