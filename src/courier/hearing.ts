import { z } from "zod";
import { Fault } from "#base";
import type { Inbound, MessageRef, PlatformUser } from "#chat";
import type { CameFrom } from "#identity";
import {
  linkByCode,
  type LinkingSender,
  mayTry,
  noteWrongTry,
  operationNamed,
  perform,
  voidCode,
} from "#operations";
import { callerFor, type LinkedUser, tapping } from "./caller.ts";
import type { Delivering } from "./delivering.ts";
import { EVENT_CHARS_MAX, EVENT_MS } from "./limits.ts";
import type { CourierOutside } from "./outside.ts";
import { foundByDigest, itemsOf, messageOf, postNamed, type PostRow } from "./post-rows.ts";
import { dueNow } from "./due.ts";
import { grantTold } from "./granting.ts";
import { ask, endQuestions, isAsked, type QuestionButton, readQuestion } from "./questions.ts";
import { type LookedAt, lookedAt, reachedOn } from "./requests.ts";
import { digestIn, saidIn } from "./said.ts";
import { shownAfterAll } from "./showing.ts";
import { pageOf, SEED_PURPOSE } from "./tokens.ts";
import { closeTwin, isTwin } from "./twins.ts";
import * as say from "./sayings.ts";

/** What people do on the platforms, verified by the channel it came through, and everything else here. */
export interface Hearing {
  /** Answers what to say to whoever did it; null: nothing. Never throws: a platform is owed an answer, and gets no reasons. */
  readonly take: (channel: string, inbound: Inbound) => Promise<string | null>;
}

/** Somebody else decided in the very moment: it is looked at again, so often. */
const TRIES_MAX = 3;

/** `wake`: what a card should say is another now. */
export function createHearing(outside: CourierOutside, delivering: Delivering, wake: () => void): Hearing {
  const own: Own = { outside, delivering, wake };
  return {
    take: async (channel, inbound) => {
      try {
        return await taken(own, channel, inbound);
      } catch (cause) {
        outside.report("answer_failed", cause);
        return say.BROKEN;
      }
    },
  };
}

interface Own {
  readonly outside: CourierOutside;
  readonly delivering: Delivering;
  readonly wake: () => void;
}

async function taken(own: Own, channel: string, inbound: Inbound): Promise<string | null> {
  const { outside } = own;
  const row = outside.board.row(channel);
  if (row === null) return null;
  const said = saidIn(inbound);
  // What is not for us leaves no trace: a room is full of other people's words.
  if (said === null) return null;
  const sender = senderOf(channel, inbound.user);
  if (!isOfTenant(row.tenants, inbound.user)) return said.kind === "token" ? null : say.ELSEWHERE;
  const digest = digestIn(said);
  // Of another Doorward, or of nobody: none of our business, and nothing to remember.
  const isKnown = (await foundByDigest(outside.store.query, digest)) !== null;
  if (said.kind === "token" && !isKnown) return null;
  if ((isKnown || said.kind === "link") && !(await isNew(outside, channel, inbound))) return null;
  if (said.kind === "link") return linked(outside, { sender, code: said.code, inbound });
  if (said.kind === "token") return answered(own, { channel, inbound, sender, digest, said: null });
  return typed(own, { channel, inbound, sender, digest, said: said.said });
}

/**
 * Every event counts once. It is remembered for longer than any platform sends one again, and from the later of the two
 * clocks on: one that runs ahead of ours buys no replay.
 */
async function isNew(
  { store, ambient }: CourierOutside,
  channel: string,
  inbound: Inbound,
): Promise<boolean> {
  const now = ambient.now();
  if (inbound.event === "" || inbound.event.length > EVENT_CHARS_MAX) return false;
  const isTooOld = inbound.at > 0 && inbound.at < now - EVENT_MS;
  if (isTooOld) return false;
  const forget_at = Math.max(now, inbound.at) + EVENT_MS;
  const kept = await store.query
    .insertInto("inbound_events")
    .values({ channel, event: inbound.event, forget_at })
    .onConflict((one) => one.doNothing())
    .executeTakeFirst();
  return kept.numInsertedOrUpdatedRows === 1n;
}

function senderOf(channel: string, user: PlatformUser): LinkingSender {
  return { channel, tenant: user.tenant ?? "", platformUser: user.id, platformName: user.name };
}

const texts = z.array(z.string());

/** Where the platform has workspaces, only people of those that were named. */
function isOfTenant(tenants: string, user: PlatformUser): boolean {
  const allowed = texts.parse(JSON.parse(tenants));
  return allowed.length === 0 ? user.tenant === null : user.tenant !== null && allowed.includes(user.tenant);
}

interface Linking {
  readonly sender: LinkingSender;
  readonly code: string;
  readonly inbound: Inbound;
}

async function linked(outside: CourierOutside, { sender, code, inbound }: Linking): Promise<string> {
  if (isReadByOthers(outside, sender.channel, inbound))
    return (await voidCode(outside, sender, code)) ? say.READ_BY_OTHERS : say.CODE_UNKNOWN;
  const outcome = await linkByCode(outside, sender, code);
  if (outcome.kind === "refused") return say.UNLINKABLE[outcome.why];
  return say.linked(outcome.user);
}

/** Only where the platform says for sure. */
function isReadByOthers({ board }: CourierOutside, channel: string, inbound: Inbound): boolean {
  const isRoom = inbound.kind === "words" && inbound.place.kind === "room";
  return isRoom && board.platformOf(channel)?.abilities.tellsAlone === true;
}

interface Answering {
  readonly channel: string;
  readonly inbound: Inbound;
  readonly sender: LinkingSender;
  readonly digest: string;
  /** Null: the token itself says. */
  readonly said: say.Said | null;
}

/** A code can be guessed at, a token cannot: wrong ones are counted, and only who is linked may try at all. */
async function typed(own: Own, answering: Answering): Promise<string | null> {
  const { outside } = own;
  const { sender } = answering;
  const { query } = outside.store;
  const user = await userOf(outside, sender);
  if (user === null) return say.UNLINKED;
  if (!(await mayTry(outside, sender))) return say.TRIES;
  const found = await foundByDigest(query, answering.digest);
  const post = found === null ? null : await postNamed(query, found.post);
  if (post === null || post.channel !== sender.channel || !isTheirs(post, user)) {
    // What a platform sends again is no second try.
    if (found === null && !(await isNew(outside, sender.channel, answering.inbound))) return null;
    await noteWrongTry(outside, sender);
    return say.CODE_UNKNOWN;
  }
  return answered(own, answering);
}

/**
 * A code that was sent to one person alone is theirs: the sender of a mail or a short message can be forged, and so somebody
 * who got a code of their own says nothing with it in another's name.
 */
function isTheirs({ place_kind: kind, audience }: PostRow, { id }: LinkedUser): boolean {
  return kind !== "person" || !audience.startsWith("user:") || audience === `user:${id}`;
}

async function answered(own: Own, answering: Answering): Promise<string | null> {
  const { outside, delivering } = own;
  const { query } = outside.store;
  const found = await foundByDigest(query, answering.digest);
  // Of another Doorward, or of nobody: none of our business.
  if (found === null) return null;
  // It may be on its way: then who taps saw what is being written down.
  await delivering.settled(found.post);
  const kept = await postNamed(query, found.post);
  if (kept === null || kept.channel !== answering.channel) return null;
  const twin = isOn(kept, answering.inbound) ? null : messageIn(answering.inbound);
  if (twin !== null && !(await isTwin(outside, kept, twin))) return null;
  const user = await userOf(outside, answering.sender);
  if (user === null) return say.UNLINKED;
  if (user.isDisabled) return say.DISABLED;
  if (twin !== null) {
    await closeTwin(outside, kept, { message: twin, approval: found.approval });
    return say.TWIN;
  }
  const post = await shownAfterAll(outside, kept, messageIn(answering.inbound));
  return answeredWith(own, { user, post, approval: found.approval, answering }, found.answer);
}

/** By what was typed, else by what the token says. */
async function answeredWith(own: Own, tapped: Tapped, token: string): Promise<string | null> {
  const { outside } = own;
  const { said } = tapped.answering;
  if (said !== null) return decided(outside, { ...tapped, said });
  if (token === "stop") return asked(own, tapped);
  if (token === "grant") return ledOn(outside, tapped);
  const button = readQuestion(token);
  if (button !== null) return tappedAgain(own, tapped, button);
  const answer = token === "approve" ? "approve" : "deny";
  return decided(outside, { ...tapped, said: { answer, stop: null } });
}

/** To the page where more than this call is let through, with presence asked for as for every grant. */
async function ledOn(outside: CourierOutside, tapped: Tapped): Promise<string | null> {
  const { user, post, approval, answering } = tapped;
  const looked = await lookedAt(outside, approval);
  if (looked === null) return null;
  if (!looked.isOpen) return say.over(looked, await namesOf(outside, looked));
  const said = { answer: "approve", stop: null } as const;
  const barred = await barrier(outside, { ...tapped, said }, looked);
  if (barred !== null) return barred;
  const refused = await performed(outside, { ...tapped, said }, true).then(() => null, faultOnly);
  if (refused !== null) return say.refused(refused);
  const caller = tapping(user, cameFrom(answering, post), outside.ambient.now());
  return grantTold(outside, looked, { caller, link: await linkOn(outside, post, approval) });
}

/** The first of two taps: whoever may not stop it hears so at once, and nothing is asked. */
async function asked(own: Own, tapped: Tapped): Promise<string | null> {
  const { outside } = own;
  const { post, user, approval } = tapped;
  const said = { answer: "deny", stop: "agent" } as const;
  const looked = await lookedAt(outside, approval);
  if (looked === null) return null;
  if (!looked.isOpen) return say.overAndRunning(looked, await namesOf(outside, looked));
  const barred = await barrier(outside, { ...tapped, said }, looked);
  if (barred !== null) return barred;
  const refused = await performed(outside, { ...tapped, said }, true).then(() => null, faultOnly);
  if (refused !== null) return say.refused(refused);
  const seed = outside.keys.unseal(post.seed, SEED_PURPOSE);
  await endQuestions(outside.store.query, post.id);
  const question = { approval, by: user.id, at: outside.ambient.now() };
  const isAsking = await ask(outside.store.query, { id: post.id, seed }, question);
  await shownAnew(own, approval);
  return isAsking ? say.askedToStop(looked.row.agent_name) : say.ASKED_TOO_OFTEN;
}

/** The second: of the same person, while the card asks. */
async function tappedAgain(own: Own, tapped: Tapped, button: QuestionButton): Promise<string | null> {
  const { outside } = own;
  const { post, user, approval } = tapped;
  if (!isAsked(button, outside.ambient.now())) return say.NOT_ASKED;
  if (button.answer === "back") {
    await endQuestions(outside.store.query, post.id);
    await shownAnew(own, approval);
    return say.TAKEN_BACK;
  }
  if (button.by !== user.id) return say.ASKED_ANOTHER;
  const stop = button.answer === "stop-agent" ? "agent" : "session";
  const told = await decided(outside, { ...tapped, said: { answer: "deny", stop } });
  await endQuestions(outside.store.query, post.id);
  await shownAnew(own, approval);
  return told;
}

async function shownAnew({ outside, wake }: Own, approval: string): Promise<void> {
  await dueNow(outside, [approval]);
  wake();
}

function faultOnly(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  throw cause;
}

/**
 * A token that was copied to another message says nothing there: what stands beside it is somebody else's text. Where the
 * platform showed the card and its answer was lost, or is not written down yet, the token alone says that it is ours: only
 * the card has it.
 */
function isOn(post: PostRow, inbound: Inbound): boolean {
  const own = messageOf(post);
  if (own === null || inbound.kind === "words" || inbound.message === null) return true;
  return own.id === inbound.message.id;
}

/** As the tap names it; typed words name none. */
function messageIn(inbound: Inbound): MessageRef | null {
  return inbound.kind === "words" ? null : inbound.message;
}

/** The user of ours behind exactly this account of this workspace on this channel. Never by a name. */
async function userOf({ store }: CourierOutside, sender: LinkingSender): Promise<LinkedUser | null> {
  const row = await store.query
    .selectFrom("channel_links")
    .innerJoin("users", "users.id", "channel_links.user_id")
    .select(["users.id", "users.name", "users.roles", "users.groups", "users.disabled_at"])
    .where("channel_links.channel", "=", sender.channel)
    .where("channel_links.tenant", "=", sender.tenant)
    .where("channel_links.platform_user", "=", sender.platformUser)
    .executeTakeFirst();
  return row === undefined ? null : callerFor(row);
}

/** Who did what, on which card, to which request. */
interface Tapped {
  readonly user: LinkedUser;
  readonly post: PostRow;
  readonly approval: string;
  readonly answering: Answering;
}

interface Deciding extends Tapped {
  readonly said: say.Said;
}

async function decided(outside: CourierOutside, deciding: Deciding): Promise<string | null> {
  for (let tries = 1; ; tries += 1) {
    const looked = await lookedAt(outside, deciding.approval);
    if (looked === null) return null;
    if (!looked.isOpen) return say.over(looked, await namesOf(outside, looked));
    const barred = await barrier(outside, deciding, looked);
    if (barred !== null) return barred;
    try {
      await performed(outside, deciding);
      return say.done(deciding.said, await lookedAt(outside, deciding.approval));
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      const isMovedOn = cause.code === "changed_meanwhile" || cause.code === "approval_closed";
      if (!isMovedOn || tries >= TRIES_MAX) return say.refused(cause);
    }
  }
}

/** What stands between a person and an answer here, whatever their rights: T3, and T19. A no needs nothing shown. */
async function barrier(
  outside: CourierOutside,
  { post, approval, said }: Deciding,
  looked: LookedAt,
): Promise<string | null> {
  const link = await linkOn(outside, post, approval);
  if ((await reachedOn(outside, post.channel, looked)) !== null) return say.reached(link);
  if (said.answer === "deny") return null;
  const item = await itemOn(outside, post, approval);
  return item?.whole === 1 ? null : say.notWhole(link);
}

async function itemOn({ store }: CourierOutside, post: PostRow, approval: string) {
  return (await itemsOf(store.query, post.id)).find((one) => one.approval_id === approval);
}

async function linkOn(outside: CourierOutside, post: PostRow, approval: string): Promise<string> {
  const item = await itemOn(outside, post, approval);
  const isOneTime = item !== undefined && item.link !== null;
  const seed = outside.keys.unseal(post.seed, SEED_PURPOSE);
  return pageOf(outside.console(), { seed, approval, isOneTime });
}

function cameFrom({ channel, inbound }: Answering, post: PostRow): CameFrom {
  return {
    channel,
    tenant: inbound.user.tenant,
    platformUser: inbound.user.id,
    message: messageOf(post)?.id ?? null,
    post: post.id,
  };
}

/** As any face does it, as this user, with the rights of now: the link gives none. */
async function performed(
  outside: CourierOutside,
  { user, post, approval, said, answering }: Deciding,
  dryRun = false,
): Promise<void> {
  const caller = tapping(user, cameFrom(answering, post), outside.ambient.now());
  const operation = operationNamed(`approvals.${said.answer}`);
  const input = said.stop === null ? { approval } : { approval, stop: said.stop };
  await perform(outside.contextOf(caller), { operation, input, dryRun });
}

async function namesOf(
  { store }: CourierOutside,
  { approval }: LookedAt,
): Promise<ReadonlyMap<string, string>> {
  const ids = approval.decisions.map(({ by }) => by);
  if (ids.length === 0) return new Map();
  const rows = await store.query.selectFrom("users").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
