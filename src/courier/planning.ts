import { batched, type WaitingRequest } from "#approvals";
import { cardFactsOf, privacyOf, reachServers, type ReachServer } from "#operations";
import { handedNow } from "./handing.ts";
import { TRIED_AGAIN_MS } from "./limits.ts";
import { GATHER_MS, itemsMaxOf, waitingOf } from "./batching.ts";
import type { CourierOutside } from "./outside.ts";
import { insertPost, postsOf, type PostRow, setPost } from "./post-rows.ts";
import { askedOf, type LookedAt, lookedAt, reachedOn, stateKey } from "./requests.ts";
import { answersOf, type Question, QUESTION_MS } from "./questions.ts";
import { SEED_BYTES, SEED_PURPOSE } from "./tokens.ts";
import { strand } from "./stranding.ts";
import { type Audience, audiencesOf, nextStep, type Spot, type Step, type Whereabouts } from "./wanting.ts";

/** What is the same for every request of one turn. */
export interface Turn {
  readonly whereabouts: Whereabouts;
  readonly servers: readonly ReachServer[];
  /** New cards, put up together at the end of the turn. */
  readonly creating: Creating[];
}

export async function turnOf(
  { store }: Pick<CourierOutside, "store">,
  whereabouts: Whereabouts,
): Promise<Turn> {
  return { whereabouts, servers: await reachServers(store), creating: [] };
}

/**
 * Makes what stands at the places of one request's people what should stand there: new cards, and others for those that
 * say what is no longer so. Answers when to look at it again; null: never, it is over.
 */
export async function planned(outside: CourierOutside, turn: Turn, id: string): Promise<number | null> {
  const looked = await lookedAt(outside, id);
  if (looked === null) return null;
  const posts = await postsOf(outside.store.query, id);
  const lapses: number[] = [];
  for (const post of posts) lapses.push(...(await refresh(outside, turn, looked, post)));
  if (!looked.isOpen) return null;
  const company = posts.length === 0 ? companyUntil(outside, looked) : null;
  if (company !== null) return company;
  const { audiences, changesAt } = await whoFor(outside, turn, looked, posts);
  const times = [looked.approval.expiresAt, ...lapses, ...changesAt];
  let stranded = audiences.length > 0;
  for (const audience of audiences) {
    const step = stepFor(outside, turn, looked, { audience, posts });
    if (step.againAt !== null) times.push(step.againAt);
    const retryAt = step.isStranded ? await triedAgain(outside, audience, posts) : null;
    if (retryAt !== null) times.push(retryAt);
    stranded &&= step.isStranded;
  }
  if (stranded) await strand(outside, looked);
  // What is past already is for the next turn, never for this one again.
  return Math.max(Math.min(...times), outside.ambient.now() + 1);
}

/** Until when others of its session may come to stand on the same card; null: it waited for them. */
function companyUntil({ ambient }: CourierOutside, { approval }: LookedAt): number | null {
  const until = approval.requestedAt + GATHER_MS;
  // A clock that jumped back is no reason to wait.
  return approval.requestedAt <= ambient.now() && until > ambient.now() ? until : null;
}

/** The audience's next card, put up with the others of this turn. */
function stepFor(
  { ambient }: CourierOutside,
  turn: Turn,
  looked: LookedAt,
  { audience: { name, spots }, posts }: { readonly audience: Audience; readonly posts: readonly PostRow[] },
): Step {
  const made = posts.filter((post) => post.audience === name);
  const { expiresAt } = looked.approval;
  const step = nextStep(made.map(madeOf), spots.length, {
    now: ambient.now(),
    expiresAt,
    isSeen: isSeen(looked),
  });
  const spot = step.post === null ? undefined : spots[step.post];
  if (spot !== undefined && step.post !== null) turn.creating.push({ looked, name, spot, step: step.post });
  return step;
}

/**
 * Who is told, and when that changes by time alone. Of those with a place of their own, only whose turn it is by their quiet
 * hours and limits; whoever has a card already keeps it, and is reminded.
 */
async function whoFor(outside: CourierOutside, turn: Turn, looked: LookedAt, posts: readonly PostRow[]) {
  const { users, nextChangeAt, parties } = await askedOf(outside, looked);
  const all = audiencesOf(
    looked.approval,
    { asked: users, approvers: parties.approvers, now: outside.ambient.now() },
    turn.whereabouts,
  );
  // Who is nowhere has the console, and spares nobody a card.
  const own = users.filter((user) => all.some(({ name }) => name === `user:${user}`));
  const handed = await handedNow(outside, looked, own, parties);
  const spared = new Set(own.filter((user) => !handed.users.has(user)).map((user) => `user:${user}`));
  return {
    audiences: all.filter(({ name }) => !spared.has(name) || posts.some((post) => post.audience === name)),
    changesAt: [nextChangeAt, handed.nextChangeAt].filter((at) => at !== null),
  };
}

/**
 * Where no place took the card, the one that failed longest ago is tried again, and later the next: a platform that was away
 * for longer than its tries loses no card. What it refused is not tried. Answers when; null: now, or never.
 */
async function triedAgain(
  { store, ambient }: CourierOutside,
  { name }: Audience,
  posts: readonly PostRow[],
): Promise<number | null> {
  const [oldest] = posts
    .filter(({ audience, last_error: why }) => audience === name && why?.startsWith("channel_unreachable"))
    .flatMap(({ id, failed_at: at }) => (at === null ? [] : [{ id, at }]))
    .toSorted((one, other) => one.at - other.at);
  if (oldest === undefined) return null;
  const now = ambient.now();
  if (now < oldest.at + TRIED_AGAIN_MS) return oldest.at + TRIED_AGAIN_MS;
  await setPost(store.query, oldest.id, { failed_at: null, attempts: 0, next_at: now });
  return null;
}

/** Somebody who may answer has looked, or answered: the card was not lost. */
function isSeen({ approval }: LookedAt): boolean {
  return approval.seen.length > 0 || approval.decisions.length > 0;
}

function madeOf(post: PostRow) {
  return { step: post.step, firstShownAt: post.first_shown_at, failedAt: post.failed_at };
}

/** A card says what is so of all the requests on it. Answers when what it asks lapses, where it asks. */
async function refresh(
  outside: CourierOutside,
  turn: Turn,
  looked: LookedAt,
  post: PostRow,
): Promise<readonly number[]> {
  if (post.failed_at !== null) return [];
  const now = outside.ambient.now();
  const { question: asked } = await answersOf(outside.store.query, post.id, now);
  const question = asked?.approval === looked.approval.id && looked.isOpen ? asked : null;
  const own = await keyOn(outside, turn, looked, { channel: post.channel, question });
  const others = post.wanted.split("\n").filter((line) => !line.startsWith(`${looked.approval.id} `));
  const wanted = [...others, own].toSorted().join("\n");
  if (wanted !== post.wanted)
    await setPost(outside.store.query, post.id, { wanted, next_at: now, attempts: 0 });
  return question === null ? [] : [question.at + QUESTION_MS];
}

async function keyOn(
  outside: CourierOutside,
  turn: Turn,
  looked: LookedAt,
  { channel, question }: { readonly channel: string; readonly question: Question | null },
): Promise<string> {
  const reached = (await reachedOn(outside, channel, looked, turn.servers)) !== null;
  const row = outside.board.row(channel);
  const privacy = row === null ? "" : JSON.stringify(privacyOf(row));
  return stateKey(looked, { privacy, reached, question });
}

interface Creating {
  readonly looked: LookedAt;
  /** Of the audience. */
  readonly name: string;
  readonly spot: Spot;
  readonly step: number;
}

/** Puts up what one turn found to be wanted: requests of one session that go to the same place share a card. */
export async function created(outside: CourierOutside, turn: Turn): Promise<void> {
  const places = Map.groupBy(turn.creating, ({ name, spot, step }) =>
    JSON.stringify([name, spot.channel, spot.place.id, step]),
  );
  for (const together of places.values()) {
    const platform = outside.board.platformOf(together[0]?.spot.channel ?? "");
    const itemsMax = platform === null ? 1 : itemsMaxOf(platform.abilities);
    for (const own of Map.groupBy(together, ({ looked }) => looked.row.session_id).values())
      for (const items of await cut(outside, own, itemsMax)) await create(outside, turn, items);
  }
  turn.creating.length = 0;
}

/** Requests of one session as cards: where one has no room for all, the gravest stand on the first, and equal calls together. */
async function cut(
  outside: CourierOutside,
  own: readonly Creating[],
  itemsMax: number,
): Promise<readonly (readonly Creating[])[]> {
  if (itemsMax <= 1) return own.map((one) => [one]);
  if (own.length <= itemsMax) return [own];
  const byId = new Map(own.map((one) => [one.looked.approval.id, one]));
  const waiting: WaitingRequest[] = [];
  for (const [id, { looked }] of byId) {
    const { session_id: session, action_digest: action } = looked.row;
    waiting.push(waitingOf({ id, session, action, facts: await cardFactsOf(outside, id) }));
  }
  const cards = batched(waiting, 0, itemsMax);
  return cards.map(({ items }) => items.flatMap(({ request }) => byId.get(request.id) ?? []));
}

async function create(outside: CourierOutside, turn: Turn, items: readonly Creating[]): Promise<void> {
  const { ambient, keys, store } = outside;
  const [first] = items;
  if (first === undefined) return;
  const seed = ambient.random(SEED_BYTES);
  const states = await Promise.all(
    items.map(({ looked }) => keyOn(outside, turn, looked, { channel: first.spot.channel, question: null })),
  );
  await insertPost(store.query, {
    id: ambient.id("pst"),
    channel: first.spot.channel,
    place: first.spot.place,
    audience: first.name,
    step: first.step,
    wanted: states.toSorted().join("\n"),
    seed,
    sealed: keys.seal(seed, SEED_PURPOSE),
    approvals: items.map(({ looked }) => looked.approval.id),
    now: ambient.now(),
  });
}
