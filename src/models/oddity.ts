/** What a format forbids and a file does all the same; reading went on. `scan` makes findings of them. */
export interface Oddity {
  /** Stable: `gguf-extent`, `safetensors-overlap`. */
  readonly rule: string;
  /** A sentence; names from the file stand in it escaped and cut. */
  readonly what: string;
  /** The byte of the file at which it shows. */
  readonly at: number;
}

/** More of them say nothing new about a file. */
const ODDITIES_MAX = 200;
const SHOWN_CHARACTERS_MAX = 80;

export interface OddityList {
  readonly add: (rule: string, what: string, at: number) => void;
  readonly all: () => readonly Oddity[];
}

/** Gathers oddities up to a bound; past it, one more says how many were left out. */
export function oddityList(): OddityList {
  const kept: Oddity[] = [];
  let more = 0;
  return {
    add: (rule, what, at) => {
      if (kept.length < ODDITIES_MAX) kept.push({ rule, what, at });
      else more += 1;
    },
    all: () =>
      more === 0 ? kept : [...kept, { rule: "oddities-cut", what: `${more} more are not listed`, at: 0 }],
  };
}

/** A name from a file as one line of printable ASCII in quotes, cut: nothing in it can move a cursor or hide. */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text;
  const escaped = JSON.stringify(cut).replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return escaped;
}
