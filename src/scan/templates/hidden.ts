import { steeringIn, wordsIn } from "./language.ts";

/** Something in a template's text, or in a system prompt, that a reader does not see. */
export interface Hidden {
  readonly rule: string;
  readonly verdict: "malicious" | "suspicious";
  readonly what: string;
  /** In characters of the text. */
  readonly at: number;
}

/** Orders and isolates of writing directions: what is shown is not what is there (Unicode UAX #9, 2). */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/u;
/** Letters of tags: a copy of ASCII that no font shows (Unicode, "Tags", U+E0000). */
const TAGS = /[\u{E0020}-\u{E007E}]{2,}/u;
/** Of no width. A joiner between emoji and the sign for their shape are part of what is shown. */
const NO_WIDTH =
  /[\u200B\u2060-\u2064\u180E]|(?<![\p{Extended_Pictographic}\uFE0F\p{Script=Devanagari}\p{Script=Arabic}])[\u200C\u200D]|(?<!^)\uFEFF/u;
/** Letters of two alphabets in one word that look alike. */
const MIXED =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]\p{L}|\p{L}[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u;
/** So much space that what follows is out of sight. */
const FAR = /(?<![ \t])[ \t]{200,}(?=\S)|(?<!\n)\n{40,}(?=\S)/u;
const ENCODED = /[A-Za-z0-9+/_-]{40,}={0,2}|(?:\\x[0-9a-f]{2}){8,}|(?:[0-9a-f]{2}){32,}/giu;
const ENCODED_MAX = 50;
const ENCODED_CHARACTERS_MAX = 20_000;
/** The longest texts of published templates have 4,000. */
const LONG_LINE = 20_000;

const LOOKS: readonly (readonly [string, RegExp, Hidden["verdict"], string])[] = [
  [
    "template-hidden-text",
    BIDI,
    "malicious",
    "characters that turn the direction of writing, so that it is shown otherwise than it is read",
  ],
  ["template-hidden-text", TAGS, "malicious", "letters that no screen shows and a model reads"],
  ["template-hidden-text", NO_WIDTH, "suspicious", "characters of no width"],
  ["template-lookalikes", MIXED, "suspicious", "a word of letters of two alphabets that look alike"],
  ["template-far-text", FAR, "suspicious", "so much space that what follows is out of sight"],
];

/** What hides in a text from whoever reads it. */
export function hiddenIn(text: string): readonly Hidden[] {
  const found: Hidden[] = [];
  for (const [rule, pattern, verdict, what] of LOOKS) {
    const match = pattern.exec(text);
    if (match !== null) found.push({ rule, verdict, what, at: match.index });
  }
  found.push(...encodedIn(text));
  const line = text.split("\n").find((one) => one.length > LONG_LINE);
  if (line !== undefined && wordsIn(line.slice(0, LONG_LINE)) > 1000)
    found.push({
      rule: "template-long-text",
      verdict: "suspicious",
      what: `a line of ${line.length} characters`,
      at: text.indexOf(line),
    });
  return found;
}

/** Words in another writing: whoever puts them there wants a model to read what people don't. */
function encodedIn(text: string): Hidden[] {
  const found: Hidden[] = [];
  let looked = 0;
  for (const match of text.matchAll(ENCODED)) {
    looked += 1;
    if (looked > ENCODED_MAX) break;
    const plain = plainIn(match[0].slice(0, ENCODED_CHARACTERS_MAX));
    if (plain === null) continue;
    const verdict = steeringIn(plain) === null ? "suspicious" : "malicious";
    found.push({
      rule: "template-encoded-text",
      verdict,
      what: `encoded words: ${plain.slice(0, 60)}`,
      at: match.index,
    });
  }
  return found;
}

/** Letters before it may belong to something else: each of the four ways to begin is tried. */
function plainIn(encoded: string): string | null {
  for (const start of [0, 1, 2, 3]) {
    const plain = plainOf(encoded.slice(start));
    if (plain !== null) return plain;
  }
  return null;
}

function plainOf(encoded: string): string | null {
  const isEscaped = encoded.startsWith("\\x");
  const isHex = isEscaped || /^[0-9a-f]+$/iu.test(encoded);
  const bytes = Buffer.from(isEscaped ? encoded.replaceAll("\\x", "") : encoded, isHex ? "hex" : "base64");
  const plain = bytes.toString("utf8");
  const isText = plain.length >= 8 && /^[\t\n\r\x20-\x7e]+$/u.test(plain);
  return isText && wordsIn(plain) >= 3 && /[ _/.(]/u.test(plain) ? plain : null;
}

/** Hosts that published templates name in what they explain to a model; anything else that is named is told. */
const EXPLAINED_HOSTS: ReadonlySet<string> = new Set([
  "json-schema.org",
  "huggingface.co",
  "example.com",
  "www.example.com",
  "example.org",
  "github.com",
  "www.w3.org",
]);
const ADDRESS =
  /\b(?:https?|ftp|wss?):\/\/([^\s/"'<>\\)\]}]{3,120})|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5})?\b/giu;

/** Addresses in what a template writes: a model told of one may pass it on, or call it. */
export function addressesIn(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [whole, host] of text.matchAll(ADDRESS)) {
    const isPlain = host === undefined && /^(?:127\.0\.0\.1|0\.0\.0\.0|\d\.\d\.\d\.\d)/u.test(whole);
    const isKnown =
      host !== undefined && (EXPLAINED_HOSTS.has(host.toLowerCase()) || /^localhost\b|^127\./u.test(host));
    if (!isPlain && !isKnown) found.add(whole);
    if (found.size >= ADDRESSES_MAX) break;
  }
  return [...found];
}

const ADDRESSES_MAX = 20;
