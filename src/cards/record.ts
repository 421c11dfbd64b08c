import type { JsonObject } from "#base";
import type { Card, CardSection } from "./card.ts";
import type { CardFacts, CardView } from "./facts.ts";
import type { ShownValue } from "./values.ts";

export interface Made {
  readonly card: Card;
  readonly whole: boolean;
  readonly values: readonly ShownValue[];
}

/** Tokens, codes and addresses open something: what was shown is recorded without them. */
export function recordOf(
  facts: CardFacts,
  { fields, at }: CardView,
  { card, whole, values }: Made,
): JsonObject {
  return {
    approval: facts.approval,
    action: facts.action,
    at: new Date(at).toISOString(),
    level: fields.isOurs === true ? "ours" : fields.level,
    title: card.title,
    status: { ...card.status },
    sections: card.sections.map(plainSection),
    buttons: card.buttons.map(({ label }) => label),
    arguments: Object.fromEntries(
      values.map(({ argument, isWhole: is }) => [argument.name, is ? "whole" : "cut"]),
    ),
    whole,
  };
}

function plainSection(section: CardSection): JsonObject {
  switch (section.kind) {
    case "fields":
      return { kind: section.kind, fields: section.fields.map((field) => ({ ...field })) };
    case "item":
      return { kind: section.kind, title: section.title, sections: section.sections.map(plainSection) };
    case "verbatim":
      return { kind: section.kind, label: section.label, text: section.text };
    case "claim":
      return { kind: section.kind, who: section.who, text: section.text };
    case "text":
    case "warning":
      return { kind: section.kind, text: section.text };
    default:
      return section satisfies never;
  }
}
