import { canonicalJson, digestOf, type Json } from "#base";
import { inert } from "./inert.ts";
import type { CardArgument } from "./privacy.ts";

/** One argument's value as it stands on a card. */
export interface ShownValue {
  readonly argument: CardArgument;
  /** Inert. */
  readonly text: string;
  readonly isWhole: boolean;
}

/** Of something that does not fit, as much as helps to recognise it. */
const GLIMPSE_CHARS = 240;
const NAME_CHARS_MAX = 60;
const DIGEST_LETTERS = 16;
/** Levels of nesting that are still readable when indented. */
const DEPTH_MAX = 32;
/** What a platform's form of a block adds, at most, in characters. */
const BLOCK_CHARS = 24;

/**
 * The values that may be shown, in their order, in at most `room` characters: decisive ones first, short ones before long ones. What does not fit is
 * cut, with its length and the beginning of its digest (SHA-256 over the value's RFC 8785 form); what then has no room either is left out.
 */
export function shownValues(
  given: readonly CardArgument[],
  room: number,
  isOurs: boolean,
): readonly ShownValue[] {
  const all = given
    .filter(({ withheld }) => withheld === null)
    .map((argument) => ({ argument, text: textOf(argument.value) }));
  const byNeed = all.toSorted(
    (a, b) => Number(b.argument.isDecisive) - Number(a.argument.isDecisive) || a.text.length - b.text.length,
  );
  let left = room;
  const fitting = new Map<string, ShownValue>();
  for (const { argument, text } of byNeed) {
    const taken = BLOCK_CHARS + labelOf(argument, isOurs).length;
    // What is too long as it is need not be read to its end.
    const whole = text.length > left ? null : inert(text, { isLine: false, isOurs });
    const isWhole =
      whole !== null &&
      taken + lengthOf(whole) <= left &&
      depthOf(argument.value, DEPTH_MAX + 1) <= DEPTH_MAX;
    const shown = isWhole ? whole : glimpseOf(argument.value, left - taken, isOurs);
    if (shown === null) continue;
    left -= taken + lengthOf(shown);
    fitting.set(argument.name, { argument, text: shown, isWhole });
  }
  return all.flatMap(({ argument }) => fitting.get(argument.name) ?? []);
}

/** Plain forms mark each further line, so that none passes for a line of ours. */
function lengthOf(text: string): number {
  return text.length + 2 * (text.split("\n").length - 1);
}

/** `to (destination)`: the server's or the agent's name of it, inert, and what it is for. */
export function labelOf({ name, role }: CardArgument, isOurs: boolean): string {
  const said = nameOf(name, isOurs);
  return role === null ? said : `${said} (${role})`;
}

export function nameOf(name: string, isOurs: boolean): string {
  return inert(name === "" ? '""' : begin(name, NAME_CHARS_MAX), { isLine: true, isOurs });
}

/** A string as its letters; anything else as indented JSON. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** `1,204 characters, SHA-256 3fa9c1d2e4b5a697…`. */
export function measureOf(value: Json): string {
  const digest = digestOf(value).slice("sha256:".length, "sha256:".length + DIGEST_LETTERS);
  const { length } = typeof value === "string" ? value : canonicalJson(value);
  return `${length.toLocaleString("en")} characters, SHA-256 ${digest}…`;
}

/** The first `max` code points, and an ellipsis where there are more. */
export function begin(text: string, max: number): string {
  if (text.length <= max) return text;
  const letters = Array.from(text.slice(0, max * 2));
  return letters.length <= max && text.length <= max * 2 ? text : `${letters.slice(0, max).join("")}…`;
}

/** Null: there is no room even for its measure. */
function glimpseOf(value: Json, room: number, isOurs: boolean): string | null {
  const tail = `[cut: ${measureOf(value)}]`;
  const beginning = inert(begin(textOf(value), GLIMPSE_CHARS), { isLine: false, isOurs });
  if (lengthOf(beginning) + tail.length + 3 <= room) return `${beginning}\n${tail}`;
  return tail.length <= room ? tail : null;
}

function depthOf(value: Json, stopAt: number): number {
  if (value === null || typeof value !== "object" || stopAt <= 0) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((inner: Json) => depthOf(inner, stopAt - 1)));
}
