import { z } from "zod";
import type { MessageRef, Place } from "#chat";
import { linkDigest, placeOf } from "#operations";
import type { Schema, Store } from "#store";
import { POSTS_PER_TURN_MAX } from "./limits.ts";
import { digestsOf, linkOf } from "./tokens.ts";

type Query = Store["query"];
export type PostRow = Schema["posts"];
export type PostItem = Schema["post_items"];

/** A card that is to be at a place. */
export interface NewPost {
  readonly id: string;
  readonly channel: string;
  readonly place: Place;
  readonly audience: string;
  readonly step: number;
  readonly wanted: string;
  readonly seed: Uint8Array;
  readonly sealed: Uint8Array;
  readonly approvals: readonly string[];
  readonly now: number;
}

/**
 * Not at once but in an order: a process that ends on the way leaves a post without requests, which nothing finds and no
 * platform ever saw. It is only due once it is whole.
 */
export async function insertPost(query: Query, post: NewPost): Promise<void> {
  const { id, channel, place, audience, step, wanted, now } = post;
  const row: PostRow = {
    id,
    channel,
    place_kind: place.kind,
    place: place.id,
    audience,
    step,
    wanted,
    shown: null,
    attempts: 0,
    sending_at: null,
    next_at: null,
    last_error: null,
    message: null,
    seed: post.sealed,
    card_digest: null,
    created_at: now,
    first_shown_at: null,
    failed_at: null,
  };
  await query.insertInto("posts").values(row).execute();
  const tokens = post.approvals.flatMap((approval) =>
    digestsOf(post.seed, approval).map((one) => ({ ...one, post_id: id, approval_id: approval })),
  );
  await query.insertInto("post_tokens").values(tokens).execute();
  const items = post.approvals.map((approval) => ({
    post_id: id,
    approval_id: approval,
    whole: 0,
    link: linkDigest(linkOf(post.seed, approval)),
    link_used_at: null,
    link_used_by: null,
    link_used_with: null,
  }));
  await query.insertInto("post_items").values(items).execute();
  await query.updateTable("posts").set({ next_at: now }).where("id", "=", id).execute();
}

export function duePosts(query: Query, now: number): Promise<PostRow[]> {
  return query
    .selectFrom("posts")
    .selectAll()
    .where("next_at", "<=", now)
    .orderBy("next_at")
    .limit(POSTS_PER_TURN_MAX)
    .execute();
}

export async function postNamed(query: Query, id: string): Promise<PostRow | null> {
  return (await query.selectFrom("posts").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export function itemsOf(query: Query, post: string): Promise<PostItem[]> {
  return query
    .selectFrom("post_items")
    .selectAll()
    .where("post_id", "=", post)
    .orderBy("approval_id")
    .execute();
}

/** The posts that a request is on, by audience and step. */
export function postsOf(query: Query, approval: string): Promise<PostRow[]> {
  return query
    .selectFrom("posts")
    .innerJoin("post_items", "post_items.post_id", "posts.id")
    .selectAll("posts")
    .where("post_items.approval_id", "=", approval)
    .orderBy("posts.audience")
    .orderBy("posts.step")
    .execute();
}

export async function setPost(query: Query, id: string, change: Partial<PostRow>): Promise<void> {
  await query.updateTable("posts").set(change).where("id", "=", id).execute();
}

/** Nothing is left to do on a post that shows what is wanted; what is wanted may be another by now. */
export async function dueIfOther(query: Query, id: string, now: number): Promise<void> {
  await query
    .updateTable("posts")
    .set((eb) => ({ next_at: eb.case().when("shown", "=", eb.ref("wanted")).then(null).else(now).end() }))
    .where("id", "=", id)
    .execute();
}

export async function setWhole(query: Query, post: string, approval: string, whole: boolean): Promise<void> {
  await query
    .updateTable("post_items")
    .set({ whole: whole ? 1 : 0 })
    .where("post_id", "=", post)
    .where("approval_id", "=", approval)
    .execute();
}

/** Found by what came back; null: not one of ours. */
export async function foundByDigest(
  query: Query,
  digest: string,
): Promise<{ readonly post: string; readonly approval: string; readonly answer: string } | null> {
  const row = await query
    .selectFrom("post_tokens")
    .selectAll()
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row === undefined ? null : { post: row.post_id, approval: row.approval_id, answer: row.answer };
}

const ref = z.object({
  place: z.object({ kind: z.enum(["room", "person"]), id: z.string() }),
  id: z.string(),
});

export function messageOf(row: Pick<PostRow, "message">): MessageRef | null {
  return row.message === null ? null : ref.parse(JSON.parse(row.message));
}

export function whereOf(row: PostRow): Place {
  return placeOf({ kind: row.place_kind, place: row.place });
}
