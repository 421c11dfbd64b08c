import type { Card, CardSection } from "./card.ts";

const INDENT = "    ";

/** A card as lines for a reader who has signed in: a terminal. Whoever prints it escapes what terminals obey. */
export function cardText({ title, status, sections }: Card): string {
  return [title, status.text, ...sections.map(sectionText)].join("\n");
}

function sectionText(section: CardSection): string {
  switch (section.kind) {
    case "fields": {
      const width = Math.max(0, ...section.fields.map(({ label }) => label.length));
      return ["", ...section.fields.map(({ label, value }) => `${label.padEnd(width)}  ${value}`)].join("\n");
    }
    case "warning":
      return `\n! ${section.text}`;
    case "verbatim":
      return `\n${section.label}\n${indented(section.text)}`;
    case "claim":
      return `\n${section.who} says of it (its own words, not checked)\n${indented(section.text)}`;
    case "item":
      return ["", section.title, section.status.text, ...section.sections.map(sectionText)].join("\n");
    case "text":
      return `\n${section.text}`;
    default:
      return section satisfies never;
  }
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => INDENT + line)
    .join("\n");
}
