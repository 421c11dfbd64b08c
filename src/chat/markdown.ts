import type { Card, CardLink, CardSection } from "#cards";
import { claimant, fitting } from "./plain.ts";

/**
 * Any text, so that Markdown makes nothing of it: a code span with a fence longer than any run of backticks in it, or a
 * fenced block where it has several lines (CommonMark 0.31, 6.1 and 4.5). In code there are no links, mentions or emoji.
 */
export function inCode(text: string): string {
  const shown = text === "" ? "(empty)" : text;
  const runs = shown.match(/`+/g) ?? [];
  const longest = Math.max(0, ...runs.map((run) => run.length));
  if (/[\n\r\u0085\u2028\u2029]/u.test(shown)) {
    const fence = "`".repeat(Math.max(3, longest + 1));
    return `\n${fence}\n${shown}\n${fence}\n`;
  }
  const fence = "`".repeat(longest + 1);
  // One space at each end is taken away again; without it a backtick at an end would join the fence.
  const pad = /^[`\s]|[`\s]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A card in Markdown: every text that is not a constant of ours stands in code. Throws `channel_too_long`. */
export function markdownCard(card: Card, textMax: number): string {
  const { title, status, sections, link } = card;
  return fitting(
    [`**${inCode(title)}**`, inCode(status.text), ...sections.flatMap(lines), ...way(link)].join("\n\n"),
    textMax,
  );
}

function lines(section: CardSection): readonly string[] {
  if (section.kind === "text") return [inCode(section.text)];
  if (section.kind === "warning") return [`**Unusual:** ${inCode(section.text)}`];
  if (section.kind === "fields")
    return [section.fields.map(({ label, value }) => `${inCode(label)} ${inCode(value)}`).join("\n")];
  if (section.kind === "verbatim") return [`${inCode(section.label)}\n${inCode(section.text)}`];
  if (section.kind === "claim") return [`${inCode(claimant(section.who))} ${inCode(section.text)}`];
  return [
    `**${inCode(section.title)}**`,
    inCode(section.status.text),
    ...section.sections.flatMap(lines),
    ...way(section.link),
  ];
}

function way(link: CardLink | null): readonly string[] {
  return link === null ? [] : [`${inCode(link.label)}: ${link.url}`];
}
