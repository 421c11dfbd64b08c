import { z } from "zod";
import { cardOf, cardText, type CardFacts, type MadeCard } from "#cards";

const text = z.string();
const status = z.object({
  kind: z.enum(["open", "approved", "denied", "expired", "withdrawn", "used", "told"]),
  text,
});

const section = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text }),
  z.object({ kind: z.literal("fields"), fields: z.array(z.object({ label: text, value: text })) }),
  z.object({ kind: z.literal("warning"), text }),
  z.object({ kind: z.literal("verbatim"), label: text, text }),
  z.object({ kind: z.literal("claim"), who: text, text }),
]);

/** A request as its card shows it to whoever has signed in: the same as on a chat platform, and nothing left out. */
export const cardShape = z.object({
  title: text.describe("What would happen, in words that a person reviewed"),
  status,
  sections: z.array(section),
  whole: z.boolean().describe("Every argument that decides stands on it whole"),
  unbound: z
    .array(text)
    .describe("Arguments that name what can change after a yes: while there are any, nobody can approve it"),
  digest: text.describe("SHA-256 over the RFC 8785 form of what it shows"),
});

/** Characters that a page still shows: twice of what is kept of an action. What is larger is not whole. */
const TEXT_MAX = 600_000;

/** For a face of Doorward's own. */
export function ownCard(facts: CardFacts, at: number): MadeCard {
  return cardOf(facts, {
    fields: { level: "full", withheld: [], isOurs: true },
    tokens: null,
    link: null,
    typed: null,
    abilities: { buttons: false, textMax: TEXT_MAX },
    at,
  });
}

/** As `approvals.get` answers it. */
export function cardView({ card, whole, unbound, digest }: MadeCard) {
  const sections = card.sections.flatMap((one) => (one.kind === "item" ? [] : [one]));
  return {
    card: {
      title: card.title,
      status: { ...card.status },
      sections: sections.map((one) =>
        one.kind === "fields" ? { ...one, fields: one.fields.map((field) => ({ ...field })) } : one,
      ),
      whole,
      unbound: [...unbound],
      digest,
    },
    text: cardText(card),
  };
}
