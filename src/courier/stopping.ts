import { type Card, type CardButton, inert, STOP_LABEL } from "#cards";
import type { PlatformAbilities } from "#chat";
import { mayTouch } from "#identity";
import { userIdOf } from "#operations";
import { callerAs, callerFor } from "./caller.ts";
import type { CourierOutside } from "./outside.ts";
import type { PostRow } from "./post-rows.ts";
import { type Question, QUESTION_MS } from "./questions.ts";
import type { LookedAt } from "./requests.ts";
import { questionToken } from "./tokens.ts";

// From a card the agent can be stopped together with the no, by whoever may stop it anywhere else.

/** Yes, no, more like it, and stop. */
export const BUTTONS_MIN = 4;

/** Whether a card there can be made to ask: a message that stays as it is cannot, and three replies are the answers alone. */
export function hasRoomToAsk({ buttons, edits, buttonsMax }: PlatformAbilities): boolean {
  return buttons && edits && buttonsMax >= BUTTONS_MIN;
}

/** What is sent to one person offers what that person may do; in a room whoever taps is asked who they are. */
export async function mayOfferStop(
  { store }: Pick<CourierOutside, "store">,
  { audience }: Pick<PostRow, "audience">,
  { row }: Pick<LookedAt, "row">,
): Promise<boolean> {
  if (!audience.startsWith("user:")) return true;
  const user = await store.query
    .selectFrom("users")
    .select(["id", "name", "roles", "groups", "disabled_at"])
    .where("id", "=", audience.slice("user:".length))
    .executeTakeFirst();
  if (user === undefined) return false;
  return mayTouch(callerAs(callerFor(user), "api"), "agents.stop", userIdOf(row.owner_id));
}

/** The same card with a button to stop whose requests they are, where there is room for it. */
export function withStop(
  { board }: Pick<CourierOutside, "board">,
  { channel }: Pick<PostRow, "channel">,
  card: Card,
  token: string | null,
): Card {
  const abilities = board.platformOf(channel)?.abilities;
  const used = card.sections.reduce((sum, one) => sum + (one.kind === "item" ? one.buttons.length : 0), 0);
  if (token === null || abilities === undefined || !hasRoomToAsk(abilities)) return card;
  if (used + card.buttons.length >= abilities.buttonsMax) return card;
  return { ...card, buttons: [...card.buttons, { label: STOP_LABEL, style: "plain", token }] };
}

interface Asking {
  readonly seed: Uint8Array;
  readonly card: Card;
  readonly items: readonly { readonly looked: LookedAt }[];
}

/** The same card while it asks whether to stop: all that it shows stays, and nothing else can be answered on it. */
export async function asking(
  { store }: Pick<CourierOutside, "store">,
  { seed, card, items }: Asking,
  question: Question | null,
): Promise<Card> {
  const looked = items.find((one) => one.looked.approval.id === question?.approval)?.looked;
  if (question === null || looked === undefined || !looked.isOpen) return card;
  const user = await store.query
    .selectFrom("users")
    .select("name")
    .where("id", "=", question.by)
    .executeTakeFirst();
  const name = inert(user?.name ?? "somebody", { isLine: true, isOurs: false });
  const agent = inert(looked.row.agent_name, { isLine: true, isOurs: false });
  const until = new Date(question.at + QUESTION_MS).toISOString().slice(11, 16);
  const text = `${name} is asked to tap once more, by ${until} UTC: it is denied then, and all that agent ${agent} (or this session of it) does is cut and refused until a person lets it go on`;
  const button = (answer: "stop-agent" | "stop-session" | "back", label: string): CardButton => ({
    label,
    style: answer === "back" ? "plain" : "deny",
    token: questionToken(seed, question, answer),
  });
  return {
    ...card,
    status: { kind: "open", text },
    sections: card.sections.map((one) => (one.kind === "item" ? { ...one, buttons: [] } : one)),
    buttons: [
      button("stop-agent", "Deny, stop the agent"),
      button("stop-session", "Deny, stop this session"),
      button("back", "Back"),
    ],
  };
}
