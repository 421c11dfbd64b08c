import { BATCH_ITEMS_MAX, batched, type WaitingRequest } from "#approvals";
import type { Card, CardFacts, CardStatus, MadeCard } from "#cards";
import type { PlatformAbilities } from "#chat";

// Requests of one session that wait together are shown on one card, with a choice for each; none joins another silently.

/** A request that was made so short ago may have company: its card waits for as long. */
export const GATHER_MS = 200;

/** How many requests one card of a platform may have; 1 where each needs a card of its own. */
export function itemsMaxOf({ buttons, edits, buttonsMax }: PlatformAbilities): number {
  return buttons && edits ? Math.max(1, Math.min(BATCH_ITEMS_MAX, Math.floor(buttonsMax / 2))) : 1;
}

/** One request on a card with others. */
export interface BatchPart {
  readonly id: WaitingRequest["id"];
  readonly session: string;
  /** Digest of the whole action. */
  readonly action: string;
  readonly facts: CardFacts;
  readonly made: MadeCard;
}

/** One card of several: the gravest first, the same calls beside each other and counted. */
export function batchCard(parts: readonly BatchPart[]): Card {
  const byId = new Map(parts.map((part) => [part.id, part]));
  // In the same order whether or not some are over by now: nothing moves under a finger.
  const items = batched(parts.map(waitingOf), 0).flatMap((batch) => batch.items);
  const open = parts.filter(({ made }) => made.card.status.kind === "open").length;
  return {
    title: `${parts.length} requests of agent ${parts[0]?.facts.agent.name ?? ""} wait together`,
    status: statusOf(open, parts),
    sections: items.flatMap(({ request, identical }) => {
      const part = byId.get(request.id);
      if (part === undefined) return [];
      const { card } = part.made;
      const nth = identical === null ? "" : ` (${identical.nth} of ${identical.of} identical calls)`;
      return [
        {
          kind: "item" as const,
          title: `${card.title}${nth}`,
          status: card.status,
          sections: card.sections,
          buttons: card.buttons,
          link: card.link,
        },
      ];
    }),
    buttons: [],
    link: null,
    typed: null,
  };
}

function statusOf(open: number, parts: readonly BatchPart[]): CardStatus {
  if (open > 0)
    return {
      kind: "open",
      text: `${open} of ${parts.length} wait for a decision; each is decided by itself`,
    };
  return { kind: "told", text: "None of them waits any more" };
}

/** A request, as far as its place among others goes by it. */
export function waitingOf({ id, session, action, facts }: Omit<BatchPart, "made">): WaitingRequest {
  const { requestedAt, expiresAt, manifest, doubts } = facts;
  return {
    id,
    session,
    action,
    requestedAt,
    expiresAt,
    effect: manifest?.effect ?? null,
    effects: effectsOf(facts),
    doubts: doubts.length,
  };
}

const EFFECTS = ["read", "write", "destructive", "outbound"] as const;

function effectsOf({ effects }: CardFacts): WaitingRequest["effects"] {
  return EFFECTS.filter((one) => effects.includes(one));
}
