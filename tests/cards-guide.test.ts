import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inert } from "#cards";
import { cardView, ownCard } from "#operations";
import { CARD_NOW, cardFacts } from "./samples/card-facts.ts";

const GUIDE = readFileSync(new URL("../docs/guide/cards.md", import.meta.url), "utf8");

test("the card in the guide is the card", () => {
  const doubt = { argument: "to", role: "destination", value: "finance@example.com", origin: "untrusted" };
  const { text } = cardView(ownCard(cardFacts({ doubts: [{ ...doubt, seenIn: ["web/fetch"] }] }), CARD_NOW));
  const [, shown = ""] = GUIDE.split("\ntext\n");
  const [block = ""] = shown.split("\n```");
  // The guide leaves out the request's id and the arguments after the first.
  const isShown = (line: string): boolean => block.includes(line);
  expect(
    text
      .split("\n")
      .slice(0, 9)
      .filter((line) => !isShown(line)),
  ).toEqual([]);
  expect(block.split("\n").filter((line) => !text.includes(line))).toEqual([]);
});

test.each([
  ["\u202e", "⟨U+202E⟩"],
  ["\u200b".repeat(5), "⟨U+200B×5⟩"],
  ["https://pay.example/4711", "https⟨:⟩//pay⟨.⟩example/4711"],
  ["@everyone", "⟨@⟩everyone"],
  ["<!channel>", "⟨<⟩!channel>"],
  ["&lt;", "⟨&⟩lt;"],
  ["`", "⟨U+0060⟩"],
  ["⟨", "⟨U+27E8⟩"],
])("the guide says how %j is shown", (text, shown) => {
  expect(inert(text, { isLine: true, isOurs: false })).toBe(shown);
  expect(GUIDE).toContain(shown);
});
