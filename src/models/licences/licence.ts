/** What a licence asks, one sentence of it. */
export interface Duty {
  readonly kind: DutyKind;
  /** What has to happen for it to bind: any use; passing the model, or a service with it, on; making another model of it. */
  readonly when: "use" | "distribution" | "derivation";
  /** A sentence: what to do, or what not to do. */
  readonly says: string;
  /** Words that the licence prescribes, to be shown or kept as they are. */
  readonly words: string | null;
  /** From where on it binds: monthly active users, or US dollars of revenue. */
  readonly limit: Limit | null;
  readonly source: Source;
}

export interface Limit {
  readonly of: "monthly-active-users" | "revenue-usd-per-year" | "revenue-usd-per-month";
  readonly over: number;
}

export interface Source {
  /** Where the licence's text is published. */
  readonly url: string;
  /** As the text numbers it: `1.b.i`, `section 4`. */
  readonly section: string;
  /** `text`: read in the licence itself; `secondary`: in a page that quotes it; `unverified`: from memory. */
  readonly read: "text" | "secondary" | "unverified";
}

export const DUTY_KINDS = [
  "research-only",
  "non-commercial",
  "non-production",
  "territory",
  "user-limit",
  "revenue-limit",
  "registration",
  "use-restrictions",
  "output-training",
  "licensor-may-restrict",
  "no-derivatives",
  "share-alike",
  "source",
  "naming",
  "display",
  "pass-on",
  "copy",
  "notice",
  "changes",
] as const;

export type DutyKind = (typeof DUTY_KINDS)[number];

/** From the freest to the strictest; what is unknown is stricter than all, for anything may stand in it. */
export const STANDINGS = [
  "open",
  "copyleft",
  "conditional",
  "non-commercial",
  "research",
  "unknown",
] as const;

export type Standing = (typeof STANDINGS)[number];

export interface Licence {
  /** The SPDX identifier where there is one; else the one Hugging Face uses, or ours. */
  readonly id: string;
  readonly name: string;
  readonly isSpdx: boolean;
  readonly standing: Exclude<Standing, "unknown">;
  /** Other names it goes by as a tag, lower case. */
  readonly tags: readonly string[];
  /** Runs of words that its text begins with or that no other has; lower case, without punctuation. */
  readonly marks: readonly string[];
  readonly duties: readonly Duty[];
}

export function stricter(one: Standing, other: Standing): Standing {
  return STANDINGS.indexOf(one) >= STANDINGS.indexOf(other) ? one : other;
}

type Asked = Pick<Duty, "kind" | "when" | "says"> & { readonly words?: string; readonly limit?: Limit };

/** Duties of one text, by its section: for the tables. */
export function dutiesIn(
  url: string,
  read: Source["read"],
  asked: Readonly<Record<string, readonly Asked[]>>,
): readonly Duty[] {
  return Object.entries(asked).flatMap(([section, duties]) => {
    return duties.map(({ kind, when, says, words, limit }) => {
      return { kind, when, says, words: words ?? null, limit: limit ?? null, source: { url, section, read } };
    });
  });
}

export const copyOfLicence: Asked = {
  kind: "copy",
  when: "distribution",
  says: "Pass on a copy of the licence with the model.",
};
export const stateChanges: Asked = {
  kind: "changes",
  when: "distribution",
  says: "Say in changed files that they were changed.",
};
export const keepNotices: Asked = {
  kind: "notice",
  when: "distribution",
  says: "Keep the notices of copyright and licence.",
};

export function notice(words: string): Asked {
  return {
    kind: "notice",
    when: "distribution",
    says: "Keep this attribution in a file named Notice, with every copy.",
    words,
  };
}

export function use(kind: DutyKind, says: string, limit?: Limit): Asked {
  return limit === undefined ? { kind, when: "use", says } : { kind, when: "use", says, limit };
}

export function onDistribution(kind: DutyKind, says: string, words?: string): Asked {
  return words === undefined
    ? { kind, when: "distribution", says }
    : { kind, when: "distribution", says, words };
}

export function onDerivation(kind: DutyKind, says: string, words?: string): Asked {
  return words === undefined ? { kind, when: "derivation", says } : { kind, when: "derivation", says, words };
}
