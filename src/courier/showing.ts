import type { MessageRef } from "#chat";
import { commit } from "#ledger";
import { reachServers } from "#operations";
import { dueNow } from "./due.ts";
import { formOf, madeFor, type MadePostCard, shownBytes } from "./making.ts";
import type { CourierOutside } from "./outside.ts";
import type { PostRow } from "./post-rows.ts";

const SALT_BYTES = 32;

/** What each platform was shown, on record: a commitment, and the card itself under the key of whom it is about. */
export async function keepShown(
  { journal, ambient }: CourierOutside,
  post: PostRow,
  made: MadePostCard,
): Promise<void> {
  for (const item of made.items) {
    const { looked, made: one } = item;
    const bytes = shownBytes(item);
    const salt = ambient.random(SALT_BYTES);
    const body = {
      by: "doorward",
      via: `channel:${post.channel}`,
      approval: looked.approval.id,
      post: post.id,
      whole: one.whole,
      card: { bytes: bytes.length, sha256: commit(bytes, salt), stored: true },
    };
    const person = personOf(looked.row.chain, looked.row.agent_id);
    const payloads = [{ name: "card", person, salt, bytes }];
    const entry = {
      kind: "approval.shown" as const,
      subject: looked.row.action_id,
      at: ambient.now(),
      body,
      payloads,
    };
    await journal.append({ entries: [entry] });
  }
}

function personOf(chain: string | null, agent: string): string {
  const user: unknown = chain === null ? null : JSON.parse(chain).user;
  return typeof user === "string" ? user : agent;
}

/**
 * A linked person answered on a card that nobody here knew was shown: the platform's answer was lost. What they read is put on
 * record before their answer is, and `message`, where their tap names one, is the card from here on. Answers the post as it is then.
 */
export async function shownAfterAll(
  outside: CourierOutside,
  post: PostRow,
  message: MessageRef | null,
): Promise<PostRow> {
  if (post.first_shown_at !== null) return post;
  const { store, ambient } = outside;
  const made = await madeFor(outside, post, {
    form: formOf(post),
    servers: await reachServers(store),
  });
  if (made !== null) await keepShown(outside, post, made);
  const known = post.message === null && message !== null ? JSON.stringify(message) : post.message;
  // What is known to stand somewhere is kept true there, however often its sending failed.
  const change = {
    first_shown_at: ambient.now(),
    message: known,
    failed_at: known === null ? post.failed_at : null,
  };
  await store.query
    .updateTable("posts")
    .set(change)
    .where("id", "=", post.id)
    .where("first_shown_at", "is", null)
    .execute();
  await dueNow(outside, made?.items.map(({ looked }) => looked.approval.id) ?? []);
  return { ...post, ...change };
}
