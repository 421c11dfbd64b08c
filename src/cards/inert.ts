import { MARKUP } from "./markup.table.ts";

/** How another's words are made harmless. */
export interface InertForm {
  /** One line: newlines and tabs are named too. Otherwise a fixed-width block. */
  readonly isLine: boolean;
  /** True for a face of ours, which shows text and nothing else: mark-up and links do nothing there. */
  readonly isOurs: boolean;
}

const NEWLINES_MAX = 3;
const SPACES_MAX = 32;
const TABS_MAX = 8;

// Emoji as Unicode recommends them keep their joiners and selectors; keycaps of ASCII do not.
const EMOJI = "(?<emoji>(?=\\P{ASCII})\\p{RGI_Emoji})";
/**
 * What shows as nothing, or as something else: controls (ANSI), bidirectional and zero-width characters, tags, variation selectors, fillers,
 * odd spaces, private use, unassigned code points, lone surrogates.
 */
const UNSEEN =
  "(?<unseen>[[\\p{C}\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}\\p{Zs}\\u{2800}\\u{FFFC}]--[\\n\\t\\u{20}]])\\k<unseen>*";
/** Marks piled so high that they cover other lines, or with nothing of their own to stand on. */
const PILED = "(?:(?<=\\p{M}{3})|(?<=^|\\s))(?<piled>\\p{M})\\k<piled>*";
/** Our own marks, and what reads like them: none of theirs may be taken for ours. */
const OURS = "[⟨⟩\\u2329\\u232A\\u3008\\u3009]";
const FLOODS = `\\n{${NEWLINES_MAX + 1},}|\\u{20}{${SPACES_MAX + 1},}|\\t{${TABS_MAX + 1},}`;

const BASE = [EMOJI, UNSEEN, PILED, OURS, FLOODS];
const everywhere = MARKUP.filter(({ where }) => where === "everywhere").map(({ pattern }) => pattern);
const all = MARKUP.map(({ pattern }) => pattern);
const patternOf = (...parts: readonly string[]): RegExp => new RegExp(parts.join("|"), "gv");

const OURS_BLOCK = patternOf(...BASE);
const OURS_LINE = patternOf(...BASE, "[\\n\\t]");
const BLOCK = patternOf(...BASE, ...everywhere);
const LINE = patternOf(...BASE, "[\\n\\t]", ...all);

/** Two of these with letters between them would still be a pair, whatever stands beside each. */
const PAIRED = new Set(["*", "_", "~", "`"]);
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/**
 * Text as letters and nothing more, on any platform. What would show as nothing, or do something, stands as `⟨U+202E⟩`, `⟨U+200B×40⟩` or
 * `⟨@⟩`; nothing is lost, and the marks say exactly what stood there: `⟨` of the text itself is `⟨U+27E8⟩`. Lines with letters that run
 * right to left are isolated, so that they reorder nothing around them (UAX #9).
 */
export function inert(text: string, { isLine, isOurs }: InertForm): string {
  const pattern = isLine ? (isOurs ? OURS_LINE : LINE) : isOurs ? OURS_BLOCK : BLOCK;
  const shown = text.replaceAll(pattern, (found: string, ...rest: readonly unknown[]) =>
    isKept(rest.at(-1)) ? found : markOf(found),
  );
  return isOurs ? shown : shown.split("\n").map(isolated).join("\n");
}

/** How many characters of a text would not have been seen. */
export function hiddenIn(text: string): number {
  let hidden = 0;
  for (const { 0: found, groups } of text.matchAll(OURS_BLOCK))
    if (groups?.["unseen"] !== undefined || groups?.["piled"] !== undefined)
      hidden += Array.from(found).length;
  return hidden;
}

function isKept(groups: unknown): boolean {
  return typeof groups === "object" && groups !== null && "emoji" in groups && groups.emoji !== undefined;
}

function markOf(found: string): string {
  const [first = "", ...others] = Array.from(found);
  const isCode = PAIRED.has(first) || !/^[\x21-\x7e。．｡]$/u.test(first);
  if (!isCode) return `⟨${first}⟩`;
  const code = (first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return others.length === 0 ? `⟨U+${code}⟩` : `⟨U+${code}×${others.length + 1}⟩`;
}

function isolated(line: string): string {
  return RIGHT_TO_LEFT.test(line) ? `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}` : line;
}
