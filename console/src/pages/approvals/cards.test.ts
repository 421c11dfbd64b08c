import { expect, test } from "vitest";
import { CARDS_MAX, changeCards, NO_CARDS } from "./cards.ts";

const settled = { how: "Denied.", tone: "bad" } as const;

test("a card keeps its place when it is decided here or elsewhere, and new ones come below", () => {
  let cards = changeCards(NO_CARDS, { kind: "waiting", ids: ["a", "b", "c"] });
  cards = changeCards(cards, { kind: "settled", id: "b", how: settled });
  cards = changeCards(cards, { kind: "waiting", ids: ["c", "d"] });
  expect([...cards.shown.keys()]).toEqual(["a", "b", "c", "d"]);
  expect(cards.shown.get("a")?.how).toContain("No longer waiting");
  expect(cards.shown.get("b")).toBe(settled);
  expect(cards.shown.get("c")).toBeNull();
  cards = changeCards(cards, { kind: "clear" });
  expect([...cards.shown.keys()]).toEqual(["c", "d"]);
});

test("no more than CARDS_MAX are on the page, the oldest first", () => {
  const ids = Array.from({ length: CARDS_MAX + 5 }, (_, n) => `apr_${n}`);
  const cards = changeCards(NO_CARDS, { kind: "waiting", ids });
  expect([...cards.shown.keys()]).toEqual(ids.slice(0, CARDS_MAX));
});
