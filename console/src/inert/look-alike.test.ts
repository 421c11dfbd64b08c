import fc from "fast-check";
import { expect, test } from "vitest";
import { lookAlikes } from "./look-alike.ts";
import { LOOK_ALIKES } from "./look-alike.table.ts";

const told = (text: string): string[] =>
  lookAlikes(text).map(({ at, letter, like }) => `${at} ${letter}→${like}`);

test.each<[string, string, string[]]>([
  ["a Cyrillic a in a Latin word", "p\u0430ypal", ["1 \u0430→a"]],
  ["several", "\u0440\u0430ypal.com", ["0 \u0440→p", "1 \u0430→a"]],
  [
    "a word of nothing else among Latin",
    "\u0430\u0440\u0440\u04cf\u0435.com",
    ["0 \u0430→a", "1 \u0440→p", "2 \u0440→p", "3 \u04cf→i", "4 \u0435→e"],
  ],
  ["a Greek omicron", "g\u03bfogle", ["1 \u03bf→o"]],
  ["an Armenian o", "g\u0585ogle", ["1 \u0585→o"]],
  ["Latin letters of phonetics", "\u0261oogle", ["0 \u0261→g"]],
  ["letters of mathematics, two units each", "\u{1d429}\u{1d41a}y", ["0 \u{1d429}→p", "2 \u{1d41a}→a"]],
  ["full width", "\uff50ay", ["0 \uff50→p"]],
  ["after a hyphen and a dot", "pay-p\u0430l.c\u043em", ["5 \u0430→a", "9 \u043e→o"]],
])("marked: %s", (_name, text, expected) => {
  expect(told(text)).toEqual(expected);
});

test.each([
  ["plain ASCII", "send mail to finance@example.com"],
  ["Russian, with a word that could be Latin", "Он сказал: сор и рука"],
  ["Greek", "Το μέλλον είναι όνομα"],
  ["accents and umlauts", "Grüße, façade, naïve, Škoda, Ångström"],
  ["Turkish", "Diyarbakır'da ılık"],
  ["Vietnamese", "Xin chào, tôi là bạn"],
  ["units and ordinals", "10 µm, 5 Ω, 1ª, nº 3"],
  ["Chinese beside Latin", "微信pay"],
  ["Hebrew and Arabic", "שלום مرحبا"],
  ["nothing", ""],
])("not marked: %s", (_name, text) => {
  expect(told(text)).toEqual([]);
});

test("every letter of the table is one letter that is not ASCII, taken for one that is", () => {
  for (const group of Object.values(LOOK_ALIKES).flat()) {
    const [like = "", ...letters] = group;
    expect(like).toMatch(/^[A-Za-z]$/);
    for (const letter of letters) expect(letter).toMatch(/^(?![A-Za-z])\p{L}$/u);
  }
});

test("what is found stands where it says, in order, whatever the text", () => {
  const unit = fc.oneof(
    fc.constantFrom("a", "p", ".", " ", "\u0430", "\u03bf", "ж", "\u{1d429}"),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
      const text = units.join("");
      const found = lookAlikes(text);
      expect(found.every(({ at, letter }) => text.startsWith(letter, at))).toBe(true);
      expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).toSorted((a, b) => a - b));
    }),
  );
});
