import { Fault } from "#base";
import { type Channel, type MessageRef, retryAfterOf } from "#chat";
import { reachServers } from "#operations";
import {
  ATTEMPTS_MAX,
  CALLS_MAX,
  CALLS_PER_CHANNEL_MAX,
  RETRY_AFTER_MS_MAX,
  RETRY_MS,
  RETRY_MS_MAX,
} from "./limits.ts";
import { formOf, madeFor, type MadePostCard, TOO_LONG } from "./making.ts";
import type { CourierOutside } from "./outside.ts";
import { dueIfOther, duePosts, messageOf, type PostRow, setPost, setWhole, whereOf } from "./post-rows.ts";
import { dueNow } from "./due.ts";
import { keepShown } from "./showing.ts";

/** Takes cards to their platforms, a bounded number at once, and knows which are on their way in this process. */
export interface Delivering {
  /** Begins what is due. Resolves once everything that was begun has ended, for those who want to know. */
  readonly begin: () => Promise<void>;
  /** Resolves when the post is not on its way any more. */
  readonly settled: (post: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export function createDelivering(outside: CourierOutside): Delivering {
  const lanes = new Map<string, Lane>();
  const running = new Map<string, Promise<void>>();
  const laneOf = (channel: string): Lane => {
    const known = lanes.get(channel) ?? { waiting: [], busy: 0 };
    lanes.set(channel, known);
    return known;
  };
  const next = (lane: Lane): void => {
    while (running.size < CALLS_MAX && lane.busy < CALLS_PER_CHANNEL_MAX) {
      const id = lane.waiting.shift();
      if (id === undefined) return;
      lane.busy += 1;
      const done = deliver(outside, id)
        .catch((cause: unknown) => outside.report("courier_failed", cause))
        .finally(() => {
          running.delete(id);
          lane.busy -= 1;
          for (const other of lanes.values()) next(other);
        });
      running.set(id, done);
    }
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  let isClosed = false;
  return {
    begin: async () => {
      if (isClosed) return;
      for (const { id, channel } of await duePosts(outside.store.query, outside.ambient.now())) {
        const lane = laneOf(channel);
        if (!running.has(id) && !lane.waiting.includes(id)) lane.waiting.push(id);
      }
      for (const lane of lanes.values()) next(lane);
      await idle();
    },
    settled: async (post) => running.get(post),
    close: async () => {
      isClosed = true;
      for (const lane of lanes.values()) lane.waiting.length = 0;
      await idle();
    },
  };
}

/** Posts of one channel that wait for a free place; at most what one look reads. */
interface Lane {
  readonly waiting: string[];
  busy: number;
}

async function deliver(outside: CourierOutside, id: string): Promise<void> {
  const { query } = outside.store;
  // It may be another since it was found due.
  const post = await query.selectFrom("posts").selectAll().where("id", "=", id).executeTakeFirst();
  if (post === undefined || post.next_at === null || post.next_at > outside.ambient.now()) return;
  await deliverPost(outside, post);
}

async function deliverPost(outside: CourierOutside, post: PostRow): Promise<void> {
  const { query } = outside.store;
  if (post.shown === post.wanted) return setPost(query, post.id, { next_at: null });
  const platform = outside.board.platformOf(post.channel);
  const channel = outside.board.channel(post.channel);
  if (platform === null) return giveUp(outside, post, "the channel is not there any more");
  const message = messageOf(post);
  // Late taps on it are answered from our own state.
  if (message !== null && !platform.abilities.edits)
    return setPost(query, post.id, { shown: post.wanted, next_at: null });
  const made = await madeFor(outside, post, {
    form: formOf(post),
    servers: await reachServers(outside.store),
  });
  if (made === null || (message === null && !isAnyOpen(made)))
    return setPost(query, post.id, { shown: post.wanted, next_at: null });
  await begun(outside, post, made);
  await outside.store.synced();
  if (channel === null) return failed(outside, post, notOpen(outside, post.channel));
  try {
    const shown = await shownAt(channel, { post, message, made });
    await delivered(outside, post, { made, message: shown, isNew: message === null });
  } catch (cause) {
    if (!(cause instanceof Fault)) outside.report("channel_failed", cause);
    await failed(outside, post, cause);
  }
}

interface Showing {
  readonly post: PostRow;
  readonly message: MessageRef | null;
  readonly made: MadePostCard;
}

async function shownAt(channel: Channel, { post, message, made }: Showing): Promise<MessageRef> {
  if (message === null) return channel.post(whereOf(post), made.card, post.id);
  await channel.edit(message, made.card);
  return message;
}

function isAnyOpen({ items }: MadePostCard): boolean {
  return items.some(({ looked }) => looked.isOpen);
}

/**
 * INVARIANT: before the platform hears of it. Whatever is not whole on the new card counts as not whole from here on; what is
 * whole on the very first one counts from here on too: its answer may be lost, and a tap on it comes all the same.
 */
async function begun({ store, ambient }: CourierOutside, post: PostRow, made: MadePostCard): Promise<void> {
  for (const { looked, made: one } of made.items)
    if (!one.whole || isUntried(post)) await setWhole(store.query, post.id, looked.approval.id, one.whole);
  const now = ambient.now();
  // If this process ends on the way, the next one tries again under the same key.
  await setPost(store.query, post.id, {
    sending_at: now,
    attempts: post.attempts + 1,
    next_at: now + pauseAfter(post.attempts + 1, ambient.random),
  });
}

/** No platform has ever been sent anything of it. */
function isUntried({ message, attempts, sending_at: sending, last_error: error }: PostRow): boolean {
  return message === null && attempts === 0 && sending === null && error === null;
}

interface Done {
  readonly made: MadePostCard;
  readonly message: MessageRef;
  readonly isNew: boolean;
}

async function delivered(
  outside: CourierOutside,
  post: PostRow,
  { made, message, isNew }: Done,
): Promise<void> {
  const { store, ambient } = outside;
  const now = ambient.now();
  await setPost(store.query, post.id, {
    message: JSON.stringify(message),
    shown: post.wanted,
    card_digest: made.digest,
    sending_at: null,
    attempts: 0,
    first_shown_at: post.first_shown_at ?? now,
  });
  await dueIfOther(store.query, post.id, now);
  for (const { looked, made: one } of made.items)
    await setWhole(store.query, post.id, looked.approval.id, one.whole);
  if (isNew) {
    await keepShown(outside, post, made);
    await dueNow(
      outside,
      made.items.map(({ looked }) => looked.approval.id),
    );
  }
}

async function failed(outside: CourierOutside, post: PostRow, cause: unknown): Promise<void> {
  const { store, ambient } = outside;
  const code = cause instanceof Fault ? cause.code : "channel_unreachable";
  const attempts = post.attempts + 1;
  const now = ambient.now();
  if (code === TOO_LONG && post.last_error !== TOO_LONG)
    return setPost(store.query, post.id, { sending_at: null, last_error: TOO_LONG, next_at: now });
  const words = cause instanceof Fault ? `${cause.code}: ${cause.message}` : "it failed in an unknown way";
  if (code !== "channel_unreachable" || attempts >= ATTEMPTS_MAX) return giveUp(outside, post, words);
  const asked = retryAfterOf(cause);
  // A platform that asks for no pause at all gets ours: else its tries would be over in no time.
  const pause = Math.max(Math.min(asked ?? 0, RETRY_AFTER_MS_MAX), pauseAfter(attempts, ambient.random));
  const last_error = post.last_error === TOO_LONG ? TOO_LONG : words;
  await setPost(store.query, post.id, { sending_at: null, last_error, next_at: now + pause });
}

/** The next place of the same people is tried. A card that stands there and could not be changed stays as it is. */
async function giveUp(outside: CourierOutside, post: PostRow, why: string): Promise<void> {
  const { query } = outside.store;
  const isShown = post.message !== null;
  await setPost(query, post.id, {
    sending_at: null,
    next_at: null,
    last_error: why,
    ...(isShown ? { shown: post.wanted } : { failed_at: outside.ambient.now() }),
  });
  outside.report("card_undelivered", `${post.channel}: ${why}`);
  const items = await query
    .selectFrom("post_items")
    .select("approval_id")
    .where("post_id", "=", post.id)
    .execute();
  if (!isShown)
    await dueNow(
      outside,
      items.map((one) => one.approval_id),
    );
}

/** Doubled each time, up to a minute, and up to a half more by chance: many that failed at once don't come back at once. */
export function pauseAfter(attempts: number, random: (bytes: number) => Uint8Array): number {
  const base = Math.min(RETRY_MS * 2 ** Math.min(attempts - 1, 16), RETRY_MS_MAX);
  return base + Math.floor((base / 2) * ((random(1)[0] ?? 0) / 256));
}

function notOpen({ board }: CourierOutside, channel: string): Fault {
  const state = board.states().find(({ name }) => name === channel);
  return new Fault(
    "channel_unreachable",
    `channel ${channel} is not open${state?.why === null || state === undefined ? "" : `: ${state.why}`}`,
    "It is tried again; look at it with: doorward channels get NAME.",
  );
}
