import type { Card, CardLink, CardSection } from "#cards";
import { buttonsOf } from "../buttons.ts";
import { claimant, plainCard } from "../plain.ts";
import type { PlatformAbilities } from "../port.ts";

/**
 * A card as an Adaptive Card 1.3. `TextRun` is the one element in which Markdown means nothing (adaptivecards.io, TextRun);
 * a client that does not know it shows the fallback, with every mark escaped.
 */
export function adaptiveCard(card: Card, { buttonsMax, textMax }: PlatformAbilities): object {
  // Counts the letters once, by the plain form, and says where they are too many.
  plainCard(card, { typed: false, textMax });
  const actions = buttonsOf(card, buttonsMax).map(({ label, token }) => ({
    type: "Action.Submit",
    title: label,
    data: { token },
  }));
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.3",
    body: [
      words(card.title, { weight: "bolder" }),
      words(card.status.text),
      ...card.sections.flatMap(section),
      ...way(card.link),
    ],
    actions,
  };
  return { contentType: "application/vnd.microsoft.card.adaptive", content };
}

function section(one: CardSection): readonly object[] {
  if (one.kind === "text") return [words(one.text)];
  if (one.kind === "warning") return [words(`Unusual: ${one.text}`, { weight: "bolder" })];
  if (one.kind === "fields") return one.fields.map(({ label, value }) => words(`${label}: ${value}`));
  if (one.kind === "verbatim") return [words(`${one.label}:`), words(one.text, { fontType: "monospace" })];
  if (one.kind === "claim") return [words(claimant(one.who)), words(one.text, { italic: true })];
  return [
    words(one.title, { weight: "bolder" }),
    words(one.status.text),
    ...one.sections.flatMap(section),
    ...way(one.link),
  ];
}

function way(link: CardLink | null): readonly object[] {
  return link === null ? [] : [words(`${link.label}: ${link.url}`)];
}

function words(text: string, form: Readonly<Record<string, string | boolean>> = {}): object {
  return {
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text, ...form }],
    fallback: {
      type: "TextBlock",
      wrap: true,
      text: text.replaceAll(/[\\`*_{}[\]()<>#+\-.!|~@:&]/g, "\\$&"),
    },
  };
}
