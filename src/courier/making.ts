import { canonicalJson, digestOf, type JsonObject } from "#base";
import { type Card, type CardFacts, cardOf, type CardView, type MadeCard } from "#cards";
import type { PlatformAbilities } from "#chat";
import { cardFactsOf, privacyOf, type ReachServer } from "#operations";
import { batchCard } from "./batching.ts";
import type { CourierOutside } from "./outside.ts";
import { itemsOf, type PostRow } from "./post-rows.ts";
import { type LookedAt, lookedAt, reachedOn } from "./requests.ts";
import { answersOf } from "./questions.ts";
import { mayOfferGrant } from "./granting.ts";
import { asking, BUTTONS_MIN, hasRoomToAsk, mayOfferStop, withStop } from "./stopping.ts";
import { answerCode, pageOf, SEED_PURPOSE, tokenOf } from "./tokens.ts";

/** One request's part of a card. */
export interface MadeItem {
  readonly looked: LookedAt;
  readonly made: MadeCard;
}

export interface MadePostCard {
  readonly card: Card;
  readonly items: readonly MadeItem[];
  /** SHA-256 of what was shown, without tokens and codes. */
  readonly digest: string;
  readonly shown: JsonObject;
}

/** How much of a card may be made: `short` where the platform said that the whole does not fit. */
export type Form = "whole" | "short";

/** What a platform said of a card that did not fit, as it is kept of the post. */
export const TOO_LONG = "channel_too_long";

/** The platform said before that the whole does not fit: by link, and with a no, which needs nothing shown. */
export function formOf(post: Pick<PostRow, "last_error">): Form {
  return post.last_error === TOO_LONG ? "short" : "whole";
}

/** The card that a post should show now; null where none of its requests is there any more. */
export async function madeFor(
  outside: CourierOutside,
  post: PostRow,
  { form, servers }: { readonly form: Form; readonly servers: readonly ReachServer[] },
): Promise<MadePostCard | null> {
  const seed = outside.keys.unseal(post.seed, SEED_PURPOSE);
  const items: (MadeItem & { readonly facts: CardFacts })[] = [];
  const rows = await itemsOf(outside.store.query, post.id);
  const answers = await answersOf(outside.store.query, post.id, outside.ambient.now());
  for (const item of rows) {
    const looked = await lookedAt(outside, item.approval_id);
    const platform = outside.board.platformOf(post.channel);
    const row = outside.board.row(post.channel);
    if (looked === null || platform === null || row === null) continue;
    const isReached = (await reachedOn(outside, post.channel, looked, servers)) !== null;
    const facts = await cardFactsOf(outside, item.approval_id);
    const privacy = privacyOf(row);
    const fields = form === "whole" ? privacy : { ...privacy, level: "minimal" as const };
    const view = viewOf(
      outside,
      {
        abilities: shareOf(platform.abilities, rows.length),
        fields,
        mayAnswer: !isReached,
        mayStop: answers.known.has("stop") && (await mayOfferStop(outside, post, looked)),
        isAlone: rows.length === 1,
        mayGrant: rows.length === 1 && answers.known.has("grant") && (await mayOfferGrant(outside, looked)),
      },
      { seed, approval: item.approval_id, isOneTime: item.link !== null },
    );
    items.push({ looked, facts, made: cardOf(facts, { ...view, isShort: form === "short" }) });
  }
  const [first] = items;
  if (first === undefined) return null;
  const asked = (card: Card): Promise<Card> => asking(outside, { seed, card, items }, answers.question);
  if (items.length === 1)
    return { card: await asked(first.made.card), items, digest: first.made.digest, shown: first.made.shown };
  const shown = { items: items.map(({ made }) => made.shown) };
  const card = batchCard(
    items.map(({ looked: { row, approval }, facts, made }) => ({
      id: approval.id,
      session: row.session_id,
      action: row.action_digest,
      facts,
      made,
    })),
  );
  const stop = answers.known.has("stop") ? await stopFor(outside, post, { seed, items }) : null;
  return { card: await asked(withStop(outside, post, card, stop)), items, digest: digestOf(shown), shown };
}

/** One session's requests are one agent's: where several wait together one button stops it, with the gravest that waits. */
async function stopFor(
  outside: CourierOutside,
  post: PostRow,
  { seed, items }: { readonly seed: Uint8Array; readonly items: readonly MadeItem[] },
): Promise<string | null> {
  const open = items.find(({ looked, made }) => looked.isOpen && made.card.buttons.length > 0);
  if (open === undefined || !(await mayOfferStop(outside, post, open.looked))) return null;
  return tokenOf(seed, open.looked.approval.id, "stop");
}

/** Several on one message have its room between them. */
function shareOf(abilities: PlatformAbilities, items: number): PlatformAbilities {
  return items <= 1 ? abilities : { ...abilities, textMax: Math.floor(abilities.textMax / items) };
}

interface There {
  readonly abilities: PlatformAbilities;
  readonly fields: CardView["fields"];
  readonly mayAnswer: boolean;
  readonly mayStop: boolean;
  readonly mayGrant: boolean;
  /** It is the only one on its card. */
  readonly isAlone: boolean;
}

interface Naming {
  readonly seed: Uint8Array;
  readonly approval: string;
  /** Whether the post has one-time links: one that is older than they are has not. */
  readonly isOneTime: boolean;
}

function viewOf(outside: CourierOutside, there: There, naming: Naming): CardView {
  const { abilities, fields, mayAnswer } = there;
  const isHeard = mayAnswer && abilities.inbound !== "none";
  return {
    fields,
    tokens: isHeard && abilities.buttons ? tokensOf(there, naming) : null,
    typed: isHeard && !abilities.buttons ? typedOf(there, naming) : null,
    link: { label: "Open in Doorward", url: pageOf(outside.console(), naming) },
    abilities: { buttons: abilities.buttons, textMax: abilities.textMax },
    at: outside.ambient.now(),
  };
}

function tokensOf({ abilities, ...may }: There, { seed, approval }: Naming): CardView["tokens"] {
  const hasStop = may.mayStop && may.isAlone && hasRoomToAsk(abilities);
  const hasGrant = may.mayGrant && abilities.buttonsMax >= BUTTONS_MIN;
  return {
    approve: tokenOf(seed, approval, "approve"),
    deny: tokenOf(seed, approval, "deny"),
    stop: hasStop ? tokenOf(seed, approval, "stop") : undefined,
    grant: hasGrant ? tokenOf(seed, approval, "grant") : undefined,
  };
}

function typedOf({ mayStop }: There, { seed, approval }: Naming): CardView["typed"] {
  const code = answerCode(seed, approval);
  return {
    approve: `approve ${code}`,
    deny: `deny ${code}`,
    stop: mayStop ? `stop agent ${code}` : undefined,
  };
}

/** What is kept of what was shown of one request, as bytes. */
export function shownBytes({ made }: MadeItem): Uint8Array {
  return Buffer.from(canonicalJson(made.shown), "utf8");
}
