import { preferencesOfAll, privacyOf, reachServers, type ReachServer } from "#operations";
import { handedNow } from "./handing.ts";
import type { Preferences } from "./handover.ts";
import type { CourierOutside } from "./outside.ts";
import { insertPost, postsOf, type PostRow, setPost } from "./post-rows.ts";
import { askedOf, type LookedAt, lookedAt, reachedOn, stateKey } from "./requests.ts";
import { SEED_BYTES, SEED_PURPOSE } from "./tokens.ts";
import { strand } from "./stranding.ts";
import { audiencesOf, nextStep, type Spot, type Whereabouts } from "./wanting.ts";

/** What is the same for every request of one turn. */
export interface Turn {
  readonly whereabouts: Whereabouts;
  readonly servers: readonly ReachServer[];
  readonly preferences: Preferences;
}

export async function turnOf(
  { store }: Pick<CourierOutside, "store">,
  whereabouts: Whereabouts,
): Promise<Turn> {
  const preferences = await preferencesOfAll({ store });
  return { whereabouts, servers: await reachServers(store), preferences };
}

/**
 * Makes what stands at the places of one request's people what should stand there: new cards, and others for those that
 * say what is no longer so. Answers when to look at it again; null: never, it is over.
 */
export async function planned(outside: CourierOutside, turn: Turn, id: string): Promise<number | null> {
  const looked = await lookedAt(outside, id);
  if (looked === null) return null;
  const posts = await postsOf(outside.store.query, id);
  for (const post of posts) await refresh(outside, turn, looked, post);
  if (!looked.isOpen) return null;
  const { audiences, changesAt } = await whoFor(outside, turn, looked, posts);
  const times = [looked.approval.expiresAt, ...changesAt];
  let stranded = audiences.length > 0;
  for (const { name, spots } of audiences) {
    const made = posts.filter((post) => post.audience === name);
    const step = nextStep(made.map(madeOf), spots.length, {
      now: outside.ambient.now(),
      expiresAt: looked.approval.expiresAt,
      isSeen: isSeen(looked),
    });
    const spot = step.post === null ? undefined : spots[step.post];
    if (spot !== undefined && step.post !== null)
      await create(outside, turn, looked, { name, spot, step: step.post });
    if (step.againAt !== null) times.push(step.againAt);
    stranded &&= step.isStranded;
  }
  if (stranded) await strand(outside, looked);
  // What is past already is for the next turn, never for this one again.
  return Math.max(Math.min(...times), outside.ambient.now() + 1);
}

/**
 * Who is told, and when that changes by time alone. Of those with a place of their own, only whose turn it is by their quiet
 * hours and limits; whoever has a card already keeps it, and is reminded.
 */
async function whoFor(outside: CourierOutside, turn: Turn, looked: LookedAt, posts: readonly PostRow[]) {
  const { users, nextChangeAt, parties } = await askedOf(outside, looked, turn.preferences);
  const all = audiencesOf(looked.approval, users, parties.approvers, turn.whereabouts);
  // Who is nowhere has the console, and spares nobody a card.
  const own = users.filter((user) => all.some(({ name }) => name === `user:${user}`));
  const handed = await handedNow(outside, looked, own, parties);
  const spared = new Set(own.filter((user) => !handed.users.has(user)).map((user) => `user:${user}`));
  return {
    audiences: all.filter(({ name }) => !spared.has(name) || posts.some((post) => post.audience === name)),
    changesAt: [nextChangeAt, handed.nextChangeAt].filter((at) => at !== null),
  };
}

/** Somebody who may answer has looked, or answered: the card was not lost. */
function isSeen({ approval }: LookedAt): boolean {
  return approval.seen.length > 0 || approval.decisions.length > 0;
}

function madeOf(post: PostRow) {
  return { step: post.step, firstShownAt: post.first_shown_at, failedAt: post.failed_at };
}

/** A card says what is so of all the requests on it. */
async function refresh(outside: CourierOutside, turn: Turn, looked: LookedAt, post: PostRow): Promise<void> {
  if (post.failed_at !== null) return;
  const wanted = await keyOn(outside, turn, looked, post.channel);
  if (wanted === post.wanted) return;
  await setPost(outside.store.query, post.id, { wanted, next_at: outside.ambient.now(), attempts: 0 });
}

async function keyOn(
  outside: CourierOutside,
  turn: Turn,
  looked: LookedAt,
  channel: string,
): Promise<string> {
  const reached = (await reachedOn(outside, channel, looked, turn.servers)) !== null;
  const row = outside.board.row(channel);
  const privacy = row === null ? "" : JSON.stringify(privacyOf(row));
  return stateKey(looked, { privacy, reached });
}

interface Creating {
  readonly name: string;
  readonly spot: Spot;
  readonly step: number;
}

async function create(
  outside: CourierOutside,
  turn: Turn,
  looked: LookedAt,
  { name, spot, step }: Creating,
): Promise<void> {
  const { ambient, keys, store } = outside;
  const seed = ambient.random(SEED_BYTES);
  await insertPost(store.query, {
    id: ambient.id("pst"),
    channel: spot.channel,
    place: spot.place,
    audience: name,
    step,
    wanted: await keyOn(outside, turn, looked, spot.channel),
    seed,
    sealed: keys.seal(seed, SEED_PURPOSE),
    approvals: [looked.approval.id],
    now: ambient.now(),
  });
}
