import type { Card, CardButton, CardLink, CardSection } from "#cards";

/** A line of a card: what it is, and its letters. Each platform gives it its own form. */
export interface Line {
  readonly kind:
    | "title"
    | "status"
    | "text"
    | "warning"
    | "label"
    | "value"
    | "verbatim"
    | "who"
    | "claim"
    | "link"
    | "typed";
  readonly text: string;
}

/** A card as lines, in its order, for platforms whose messages are one text; `typed`: whether codes can be typed there. */
export function linesOf(card: Card, typed: boolean): readonly Line[] {
  const codes = typed && card.typed !== null ? card.typed : null;
  return [
    { kind: "title", text: card.title },
    { kind: "status", text: card.status.text },
    ...card.sections.flatMap(sectionLines),
    ...(codes === null ? [] : typedLines(codes)),
    ...linkLines(card.link),
  ];
}

function typedLines({ approve, deny, stop }: NonNullable<Card["typed"]>): readonly Line[] {
  const answers =
    approve === null ? [`Refuse with: ${deny}`] : [`Answer with: ${approve}`, `or with: ${deny}`];
  const all = stop === undefined ? answers : [...answers, `Deny it and stop the agent with: ${stop}`];
  return all.map((text) => ({ kind: "typed", text }));
}

function linkLines(link: CardLink | null): readonly Line[] {
  return link === null ? [] : [{ kind: "link", text: `${link.label}: ${link.url}` }];
}

function sectionLines(part: CardSection): readonly Line[] {
  switch (part.kind) {
    case "text":
      return [{ kind: "text", text: part.text }];
    case "warning":
      return [{ kind: "warning", text: `Warning: ${part.text}` }];
    case "fields":
      return part.fields.flatMap(({ label, value }): Line[] => [
        { kind: "label", text: `${label}: ` },
        { kind: "value", text: value },
      ]);
    case "verbatim":
      return [
        { kind: "label", text: `${part.label}: ` },
        { kind: "verbatim", text: part.text },
      ];
    case "claim":
      return [
        { kind: "who", text: `${part.who} says of itself: ` },
        { kind: "claim", text: part.text },
      ];
    case "item":
      return [
        { kind: "title", text: part.title },
        { kind: "status", text: part.status.text },
        ...part.sections.flatMap(sectionLines),
        ...linkLines(part.link),
      ];
    default:
      return part satisfies never;
  }
}

/** Rows of buttons in the card's order: of each of its items, then its own. */
export function buttonRows(card: Card): readonly (readonly CardButton[])[] {
  const items = card.sections.flatMap((part) => (part.kind === "item" ? [part.buttons] : []));
  return [...items, card.buttons].filter((row) => row.length > 0);
}

/** Whether the next line begins on the same one. */
export function runsOn({ kind }: Line): boolean {
  return kind === "label" || kind === "who";
}
