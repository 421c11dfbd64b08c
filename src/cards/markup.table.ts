/** A letter that some platform would act on where it stands so. Each pattern is of exactly one letter, and its surroundings. */
export interface MarkupRule {
  readonly what: string;
  /** Sources for `RegExp` with the flag `v`. */
  readonly pattern: string;
  /** `line`: only where no fixed-width block keeps it from being acted on. */
  readonly where: "everywhere" | "line";
}

const WORD = "[\\p{L}\\p{N}_]";
/** A letter or digit that stays as it is: beside one of our marks, what follows stands alone. */
const STAYS = "[[\\p{L}\\p{N}]--\\p{Default_Ignorable_Code_Point}]";
const SCHEMES = ["mailto", "xmpp", "tel", "sms", "data", "javascript", "vbscript", "file", "tg", "bitcoin"];
const schemes = SCHEMES.flatMap((one) => [
  one,
  one.toUpperCase(),
  one.slice(0, 1).toUpperCase() + one.slice(1),
]);

/**
 * What makes more of letters than letters, on any platform. Sources: Slack "Formatting message text" (`<!channel>`, `<@U…>`, `<url|text>`, `&amp;`),
 * Discord "Message formatting" (`<@id>`, `<t:…>`, `@everyone`, `||spoiler||`, `:name:`), Teams "Format your bot messages" (`<at>`, Markdown),
 * Google Chat "Format messages" (`<users/all>`), Telegram "Message entities" (mention, hashtag, url, email), Matrix spec
 * "m.room.message" (HTML, `@room`), GitHub Flavored Markdown 0.29 (links, emphasis, autolinks, definitions) with `@name` and `#123`, WhatsApp
 * "How to format your messages" (`*` `_` `~` and three backticks). Chat programs on phones link any `name.tld`.
 */
export const MARKUP: readonly MarkupRule[] = [
  {
    what: "HTML tag, mention or link in angle brackets",
    pattern: "<(?=[\\p{L}!\\/?@#:])",
    where: "everywhere",
  },
  { what: "HTML entity", pattern: "&(?=#?[A-Za-z0-9]+;)", where: "everywhere" },
  { what: "mention", pattern: `(?<!${STAYS})@(?=${WORD})`, where: "everywhere" },
  { what: "mention of all", pattern: "@(?=everyone|here|channel|all|room)", where: "everywhere" },
  { what: "address with a scheme", pattern: ":(?=\\/\\/)", where: "everywhere" },
  { what: "scheme that is linked", pattern: `(?<=${schemes.join("|")}):`, where: "everywhere" },
  { what: "bare host", pattern: "(?<=[\\p{L}\\p{N}_\\-])\\.(?=\\p{L}{2})", where: "everywhere" },
  {
    what: "bare host with another dot",
    pattern: "(?<=[A-Za-z0-9])[。．｡](?=[A-Za-z]{2})",
    where: "everywhere",
  },
  { what: "Markdown link or definition", pattern: "(?<=\\])[\\(:]", where: "everywhere" },
  { what: "fence", pattern: "`(?=`)|(?<=`)`", where: "everywhere" },
  { what: "fence of tildes", pattern: "~(?=~)|(?<=~)~", where: "everywhere" },
  { what: "emphasis or code", pattern: "[*`~]", where: "line" },
  { what: "emphasis by underscore", pattern: `(?<!${STAYS})_|_(?!${STAYS})`, where: "line" },
  { what: "escape of Markdown", pattern: "\\\\", where: "line" },
  { what: "spoiler", pattern: "\\|(?=\\|)|(?<=\\|)\\|", where: "line" },
  { what: "formula", pattern: "\\$(?!\\d)", where: "line" },
  { what: "hashtag or number of an issue", pattern: "#(?=[\\p{L}\\p{N}_])", where: "line" },
  { what: "emoji by name", pattern: `(?<!${STAYS}):(?=[a-z0-9_+\\-]+:)`, where: "line" },
  { what: "heading, quote or list", pattern: "^[>#+=\\-]|(?<=^\\d{1,9})[.\\)](?=\\s)", where: "line" },
];
