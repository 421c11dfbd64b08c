import type { Settled } from "./decide.ts";

/** The cards on the page by the id of their request, in their order; null: still waiting. */
export interface Cards {
  readonly shown: ReadonlyMap<string, Settled | null>;
}

export const NO_CARDS: Cards = { shown: new Map() };

/** Cards on the page at once; older requests come first, and more appear as these are decided. */
export const CARDS_MAX = 40;

const GONE: Settled = { how: "No longer waiting: decided elsewhere, withdrawn or expired.", tone: "plain" };

export type Told =
  /** What waits now, oldest first. */
  | { readonly kind: "waiting"; readonly ids: readonly string[] }
  | { readonly kind: "settled"; readonly id: string; readonly how: Settled }
  | { readonly kind: "clear" };

/** INVARIANT: a card keeps its place until the person clears it, so that nothing moves under a finger. */
export function changeCards(cards: Cards, told: Told): Cards {
  if (told.kind === "clear") {
    return { shown: new Map([...cards.shown].filter(([, settled]) => settled === null)) };
  }
  if (told.kind === "settled") return { shown: new Map([...cards.shown, [told.id, told.how]]) };
  const waiting = new Set(told.ids);
  const kept = [...cards.shown].map(
    ([id, settled]) => [id, settled ?? (waiting.has(id) ? null : GONE)] as const,
  );
  const fresh = told.ids
    .filter((id) => !cards.shown.has(id))
    .slice(0, Math.max(0, CARDS_MAX - cards.shown.size))
    .map((id) => [id, null] as const);
  return { shown: new Map([...kept, ...fresh]) };
}
