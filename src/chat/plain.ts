import type { Card, CardLink, CardSection } from "#cards";
import { channelTooLong } from "./faults.ts";

/** Stands before each further line of a text that is not ours, so that none can pass for a line of the card. */
const CONTINUES = "| ";

interface PlainOptions {
  /** Where typed words reach us. */
  readonly typed: boolean;
  readonly textMax: number;
  /** Ahead of all other: channels that name the message there leave it out. */
  readonly title?: boolean;
}

/** A card as lines of plain text, whole. Throws `channel_too_long` where it has more than `textMax` UTF-16 units. */
export function plainCard(card: Card, { typed, textMax, title = true }: PlainOptions): string {
  const text = [
    ...(title ? [card.title] : []),
    card.status.text,
    ...card.sections.flatMap(plainSection),
    ...plainAnswers(card, typed),
  ].join("\n");
  return fitting(text, textMax);
}

/** The same text, or `channel_too_long`. */
export function fitting(text: string, textMax: number): string {
  if (text.length > textMax) throw channelTooLong("letters of the card", text.length, textMax);
  return text;
}

/** How it is answered: what to type, and where to look. */
export function plainAnswers({ typed: codes, link }: Card, typed: boolean): readonly string[] {
  return [
    ...(typed && codes !== null ? ["", ...codesOf(codes)] : []),
    ...(link === null ? [] : ["", wayOf(link)]),
  ];
}

function codesOf({ approve, deny, stop }: NonNullable<Card["typed"]>): readonly string[] {
  const answers =
    approve === null ? [`To refuse, type: ${deny}`] : [`To answer, type: ${approve}`, `or: ${deny}`];
  return stop === undefined ? answers : [...answers, `To deny it and stop the agent: ${stop}`];
}

function wayOf({ label, url }: CardLink): string {
  return `${label}: ${url}`;
}

function plainSection(section: CardSection): readonly string[] {
  if (section.kind === "text") return ["", quoted(section.text)];
  if (section.kind === "fields")
    return ["", ...section.fields.map(({ label, value }) => `${label}: ${quoted(value)}`)];
  if (section.kind === "warning") return ["", `Unusual: ${quoted(section.text)}`];
  if (section.kind === "verbatim") return ["", `${section.label}:`, CONTINUES + quoted(section.text)];
  if (section.kind === "claim") return ["", `${claimant(section.who)} ${quoted(section.text)}`];
  return [
    "",
    section.title,
    section.status.text,
    ...section.sections.flatMap(plainSection),
    ...(section.link === null ? [] : [wayOf(section.link)]),
  ];
}

/** The words before what an agent says of itself. */
export const claimant = (who: string): string => `${who} says (its own words, not checked):`;

export function quoted(text: string): string {
  return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/u).join(`\n${CONTINUES}`);
}
