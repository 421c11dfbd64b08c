/** How a call written as text begins: `text` in any case, then any of `run`, then one of `close`. */
export interface Opener {
  /** Lower case. */
  readonly text: string;
  /** Characters that may stand before `close`, as many as RUN_MAX; more than that counts as an opener too. */
  readonly run?: string;
  /** Where it is absent, the text alone is the opener. */
  readonly close?: string;
}

export const SPACES = " \t\n\r";

/** What an opener may be stretched by. A model that pads further is held all the same. */
const RUN_MAX = 16;

export interface Hit<O extends Opener> {
  readonly opener: O;
  /** Offset of its first character in all that was fed. */
  readonly start: number;
}

/** Finds openers in text that comes in pieces: the state after a text is the same however it was cut. */
export interface Matcher<O extends Opener> {
  /** The first opener completed within `text`, the earliest begun of several; nothing may be fed after one. */
  readonly feed: (text: string) => Hit<O> | null;
  /** How many of the last characters fed could still be the start of an opener. */
  readonly doubtful: () => number;
}

interface Active<O> {
  readonly opener: O;
  readonly start: number;
  matched: number;
  run: number;
}

/** Openers, ready to be looked for in any number of texts. */
export interface OpenerTable<O extends Opener> {
  readonly byFirst: ReadonlyMap<string, readonly O[]>;
  /** By UTF-16 unit, in either case: 1 where an opener begins with it. */
  readonly firsts: Uint8Array;
}

const UTF16_UNITS = 65_536;

export function tableOf<O extends Opener>(openers: readonly O[]): OpenerTable<O> {
  const byFirst = groupedByFirst(openers);
  const firsts = new Uint8Array(UTF16_UNITS);
  for (const unit of byFirst.keys())
    for (const one of [unit, unit.toUpperCase()]) if (one.length === 1) firsts[one.charCodeAt(0)] = 1;
  return { byFirst, firsts };
}

export function createMatcher<O extends Opener>({ byFirst, firsts }: OpenerTable<O>): Matcher<O> {
  let active: Active<O>[] = [];
  let offset = 0;

  function step(unit: string): Hit<O> | null {
    let hit: Active<O> | null = null;
    const next: Active<O>[] = [];
    for (const one of active) {
      const outcome = advance(one, unit);
      if (outcome === "hit") hit ??= one;
      else if (outcome === "on") next.push(one);
    }
    for (const opener of byFirst.get(unit) ?? []) {
      const one = { opener, start: offset, matched: 1, run: 0 };
      if (opener.text.length === 1 && opener.close === undefined) hit ??= one;
      else next.push(one);
    }
    active = next;
    offset += 1;
    return hit;
  }

  return {
    feed: (text) => {
      for (let at = 0; at < text.length; at += 1) {
        if (active.length === 0 && firsts[text.charCodeAt(at)] === 0) {
          offset += 1;
          continue;
        }
        const hit = step((text[at] ?? "").toLowerCase());
        if (hit !== null) return { opener: hit.opener, start: hit.start };
      }
      return null;
    },
    doubtful: () => active.reduce((most, one) => Math.max(most, offset - one.start), 0),
  };
}

function advance<O extends Opener>(one: Active<O>, unit: string): "hit" | "on" | "off" {
  const { text, run, close } = one.opener;
  if (one.matched < text.length) {
    if (text[one.matched] !== unit) return "off";
    one.matched += 1;
    return one.matched === text.length && close === undefined ? "hit" : "on";
  }
  if (close?.includes(unit) === true) return "hit";
  if (run?.includes(unit) !== true) return "off";
  one.run += 1;
  return one.run > RUN_MAX ? "hit" : "on";
}

function groupedByFirst<O extends Opener>(openers: readonly O[]): ReadonlyMap<string, readonly O[]> {
  const groups = new Map<string, O[]>();
  for (const opener of openers) {
    const first = opener.text[0] ?? "";
    groups.set(first, [...(groups.get(first) ?? []), opener]);
  }
  return groups;
}
