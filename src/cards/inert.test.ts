import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hiddenIn, inert } from "./inert.ts";
import { MARKUP } from "./markup.table.ts";

const LINE = { isLine: true, isOurs: false };
const BLOCK = { isLine: false, isOurs: false };

/** What stood there before: our marks say exactly that. Isolates are ours too: none of the text's own is left. */
function undone(shown: string): string {
  const bare = shown.replaceAll(/[\u2068\u2069]/gu, "");
  return bare.replaceAll(/⟨(?:U\+([0-9A-F]{4,6})(?:×(\d+))?|(.))⟩/gu, (_mark, code, times, letter) =>
    code === undefined
      ? String(letter)
      : String.fromCodePoint(parseInt(String(code), 16)).repeat(Number(times ?? 1)),
  );
}

/** Each platform's own way of acting on letters, written anew and looser than the rules that keep it from happening. */
const DENIED: readonly (readonly [string, "line" | "both", RegExp])[] = [
  [
    "control, bidi, zero-width, tag, selector, private use",
    "both",
    /(?!\n|\t)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]|\p{Variation_Selector}/u,
  ],
  ["odd space", "both", /(?! )\p{Zs}/u],
  ["marks in piles", "both", /\p{M}{4}/u],
  ["Slack: special mention", "both", /<[!@#][^>]*>/u],
  ["Slack, HTML: link or tag", "both", /<\/?[a-z][^>]*>/iu],
  ["HTML comment", "both", /<!--/u],
  ["entity", "both", /&#?[a-z0-9]+;/iu],
  ["mention of all", "both", /@(?:everyone|here|channel|all|room)/u],
  ["mention", "both", /(?:^|[^\p{L}\p{N}_])@[\p{L}\p{N}_]/u],
  ["address", "both", /:\/\//u],
  ["mailto", "both", /\bmailto:/iu],
  ["host", "both", /[a-z0-9-]\.[a-z]{2,}/iu],
  ["Markdown link", "both", /\]\(/u],
  ["Markdown definition", "both", /\]:/u],
  ["fence", "both", /``|~~/u],
  ["too many line ends", "both", /\n{4}/u],
  ["far to the right", "both", / {33}/u],
  ["emphasis", "line", /[*`~]/u],
  ["underscores in pairs", "line", /(?:^|[^\p{L}\p{N}])_[^_]+_(?:$|[^\p{L}\p{N}])/u],
  ["backslash", "line", /\\[^⟩]/u],
  ["spoiler", "line", /\|\|/u],
  ["emoji by name", "line", /(?:^|[^\p{L}\p{N}]):[a-z0-9_+-]+:/u],
  ["issue or hashtag", "line", /#\w/u],
  ["line end", "line", /[\n\r\t]/u],
  ["heading, quote, list", "line", /^(?:#|>|[-+=]|\d+[.)]\s)/u],
];

const BITS = [
  "<>@#&*_~`|\\[](){}!:;/.,-+=$%^\"' \n\t\r".split(""),
  ["a", "Z", "7", "é", "я", "你", "א", "ع", "👍", "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "*️⃣", "🇨🇭"],
  [
    "\u202e",
    "\u200b",
    "\u2066",
    "\u{e0041}",
    "\ufe0f",
    "\u0301",
    "\u0000",
    "\u001b[2J",
    "\u00a0",
    "\u3164",
    "\ud800",
  ],
  [
    "<!channel>",
    "@everyone",
    "<@U1>",
    "https://",
    "mailto:",
    "evil.example",
    "```",
    "](",
    "&amp;",
    "⟨U+0041⟩",
    "⟨@⟩",
  ],
  ["\n\n\n\n\n", " ".repeat(40), "\u0301".repeat(9), "||", "__", "#12", "1. ", "〈", ":smile:", "\ue000"],
].flat();
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...BITS), { maxLength: 14 }).map((bits) => bits.join("")),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 60 }),
);

describe("inert text", () => {
  test("whatever stands in it, nothing acts on it, and nothing is lost", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(LINE, BLOCK), (text, form) => {
        const shown = inert(text, form);
        expect(undone(shown)).toBe(text);
        const plain = withoutEmoji(shown.replaceAll(/[\u2068\u2069]/gu, "")).replaceAll(/⟨U\+[^⟩]+⟩/gu, "⟨⟩");
        const found = DENIED.filter(
          ([, where, pattern]) => (where === "both" || form.isLine) && pattern.test(plain),
        );
        expect(found).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  test("a face of ours gets mark-up as it is, and still nothing unseen", () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, isLine) => {
        const shown = inert(text, { isLine, isOurs: true });
        expect(undone(shown)).toBe(text);
        expect(withoutEmoji(shown)).not.toMatch(/(?!\n|\t)[\p{C}\p{Zl}\p{Zp}]|\p{Variation_Selector}/u);
      }),
    );
  });

  test.each([
    ["plain words stay words", "Pay 12.50 EUR, at 12:30 (now)!", "Pay 12.50 EUR, at 12:30 (now)!"],
    ["an address", "ada@example.org", "ada@example⟨.⟩org"],
    ["a link", "https://a.example/x", "https⟨:⟩//a⟨.⟩example/x"],
    ["Slack", "<!channel> <@U1|x>", "⟨<⟩!channel> ⟨<⟩@U1|x>".replace("@", "⟨@⟩")],
    ["everyone", "hi @everyone", "hi ⟨@⟩everyone"],
    ["hidden", "a\u200b\u200b\u200bb\u202ec", "a⟨U+200B×3⟩b⟨U+202E⟩c"],
    ["smuggled tags", "x\u{e0068}\u{e0069}", "x⟨U+E0068⟩⟨U+E0069⟩"],
    ["ANSI", "\u001b[31mred", "⟨U+001B⟩[31mred"],
    ["our own marks", "⟨U+0041⟩", "⟨U+27E8⟩U+0041⟨U+27E9⟩"],
    ["a name with underscores", "send_mail_now", "send_mail_now"],
    ["emphasis", "*now*", "⟨U+002A⟩now⟨U+002A⟩"],
    ["a family stays one", "👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"],
    ["Hebrew, by itself", "שלום עולם", "\u2068שלום עולם\u2069"],
    ["lines", "a\nb", "a⟨U+000A⟩b"],
    ["marks in a pile", `z${"\u0301".repeat(9)}`, `z\u0301\u0301\u0301⟨U+0301×6⟩`],
  ])("%s", (_what, text, shown) => {
    expect(inert(text, LINE)).toBe(shown);
  });

  test("a block keeps its lines, and nothing closes it", () => {
    expect(inert("a\n```\nb\n\tc `d`", BLOCK)).toBe("a\n⟨U+0060⟩⟨U+0060⟩⟨U+0060⟩\nb\n\tc `d`");
    expect(inert("x\n\n\n\n\n\ny", BLOCK)).toBe("x⟨U+000A×6⟩y");
    expect(inert("a\nשלום", BLOCK)).toBe("a\n\u2068שלום\u2069");
  });

  test("what was hidden is counted", () => {
    expect(hiddenIn("a\u200b\u200bb\u{e0041}")).toBe(3);
    expect(hiddenIn("plain\ntext\twith 👨‍👩‍👧 and ❤️")).toBe(0);
  });

  test("each rule of the table is needed: without it, something of its kind would pass", () => {
    expect(new Set(MARKUP.map(({ what }) => what)).size).toBe(MARKUP.length);
    for (const { what, pattern } of MARKUP)
      expect({ what, hits: SAMPLES.some((text) => new RegExp(pattern, "v").test(text)) }).toEqual({
        what,
        hits: true,
      });
  });
});

const SAMPLES = [
  "<b>",
  "&lt;",
  " @ada",
  "x@here",
  "a://b",
  "mailto:x",
  "a.example",
  "a。example",
  "[a](b)",
  "``",
  "~~",
  "*",
  "_a_",
  "\\",
  "||",
  "$x",
  "#1",
  ":ok:",
  "> a",
];

function withoutEmoji(text: string): string {
  return text.replaceAll(/(?=\P{ASCII})\p{RGI_Emoji}/gv, "☺");
}
