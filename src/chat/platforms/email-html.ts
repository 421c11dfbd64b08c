import type { Card, CardLink, CardSection } from "#cards";
import { claimant, plainAnswers } from "../plain.ts";

/**
 * A card, or plain words, as the least HTML: no style sheet, no picture, nothing fetched, no links but ours. `how`: where to type
 * the card's code; null: nowhere.
 */
export function htmlOf(shown: Card | string, how: string | null = null): string {
  const body = typeof shown === "string" ? paragraph(shown) : `${cardBody(shown)}${codes(shown, how)}`;
  return `<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`;
}

function cardBody({ title, status, sections, link }: Card): string {
  return `<h3>${escaped(title)}</h3>${paragraph(status.text)}${sections.map(section).join("")}${way(link)}`;
}

function codes(card: Card, how: string | null): string {
  if (how === null || card.typed === null) return "";
  return [...plainAnswers({ ...card, link: null }, true).filter((line) => line !== ""), how]
    .map(paragraph)
    .join("");
}

function section(one: CardSection): string {
  if (one.kind === "text") return paragraph(one.text);
  if (one.kind === "warning") return `<p><b>Unusual:</b> ${value(one.text)}</p>`;
  if (one.kind === "claim")
    return `<p>${escaped(claimant(one.who))}</p><blockquote>${value(one.text)}</blockquote>`;
  if (one.kind === "verbatim") return `<p>${escaped(one.label)}:</p><pre>${escaped(one.text)}</pre>`;
  if (one.kind === "fields")
    return `<table>${one.fields.map((field) => `<tr><th align="left">${escaped(field.label)}</th><td>${value(field.value)}</td></tr>`).join("")}</table>`;
  return `<h4>${escaped(one.title)}</h4>${paragraph(one.status.text)}${one.sections.map(section).join("")}${way(one.link)}`;
}

function way(link: CardLink | null): string {
  return link === null ? "" : `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`;
}

const paragraph = (text: string): string => `<p>${value(text)}</p>`;

/** `bdi` keeps right-to-left letters from moving what stands beside them. */
const value = (text: string): string => `<bdi>${escaped(text).replaceAll("\n", "<br>")}</bdi>`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");
}
