import type { Card } from "#cards";
import { linesOf, runsOn } from "./written.ts";

/**
 * A card, or plain words, as one fenced block of Markdown, after it the card's link. In a fence (CommonMark 0.31, 4.5) no letter
 * is mark-up, and neither GitHub nor Linear looks for mentions or references there; the fence is longer than any run of its
 * sign within.
 */
export function fenced(card: Card | string): string {
  if (typeof card === "string") return block(card);
  const { link } = card;
  const lines = linesOf({ ...card, link: null }, true);
  const text = lines.map((line) => (runsOn(line) ? line.text : `${line.text}\n`)).join("");
  return link === null ? block(text) : `${block(text)}\n\n[${link.label}](${link.url})`;
}

function block(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(3, ...runs.map((length) => length + 1)));
  // `{{emoji:name}}` is the SDK's own sign for an emoji, and would become one.
  return `${fence}text\n${text.trimEnd().replaceAll("{{emoji:", "{{\u2060emoji:")}\n${fence}`;
}
