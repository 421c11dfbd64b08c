import { plain, wordsOf } from "./fold.ts";
import { echoes, type Memory, type SeenRecord, type Source } from "./memory.ts";
import { namesTitle, saysWhole, type Words } from "./words.ts";

/** How the user's words name a record. `author` is the strongest: a person, by address. */
export interface Naming {
  readonly byTitle: boolean;
  readonly byAuthor: boolean;
  /** The directory was asked for it in the user's own words. */
  readonly byLookup: boolean;
  /** Only by what it calls itself, in a source that anybody may write to: that tells which object, never whose. */
  readonly byNameOnly: boolean;
  /** All of it rests on claimed words only. */
  readonly isClaimed: boolean;
}

/** Follows which of the records seen the user's words name, as both grow. */
export interface Namer {
  /** By place in the memory, as everything stands now. The same map each time. */
  readonly named: () => ReadonlyMap<number, Naming>;
}

/**
 * Where one title stands for things of several authors, or for several things that no author tells apart, it names none of
 * them: whoever can make a record could make one with that title. `words` may grow; then everything is looked at again, as
 * is what the user's own account made when the agent has written more.
 */
export function createNamer(
  memory: Memory,
  words: readonly Words[],
  isOwn: (value: string) => boolean,
): Namer {
  const claimed = createSorting({ memory, isOwn, standing: "claimed", words: [] });
  const attested = createSorting({ memory, isOwn, standing: "attested", words: [] });
  const sortings = [claimed, attested];
  const named = new Map<number, Naming>();
  const seen = { words: 0, records: 0, written: 0 };
  const ours: number[] = [];
  const begin = (): void => {
    for (const sorting of sortings) sorting.begin(words);
    named.clear();
    ours.length = 0;
    Object.assign(seen, { words: words.length, records: 0, written: memory.written.length });
  };
  const sort = (at: number, record: SeenRecord): void => {
    for (const sorting of sortings) sorting.sort(at, record);
  };
  return {
    named: () => {
      if (seen.words !== words.length) begin();
      if (words.length === 0) return named;
      if (seen.written !== memory.written.length)
        for (const at of ours) sort(at, memory.records[at] ?? NO_RECORD);
      seen.written = memory.written.length;
      for (; seen.records < memory.records.length; seen.records += 1) {
        const record = memory.records[seen.records] ?? NO_RECORD;
        if (isByOwn(record, isOwn)) ours.push(seen.records);
        sort(seen.records, record);
      }
      for (const at of new Set(sortings.flatMap((sorting) => sorting.settled()))) {
        const naming = attested.found.get(at) ?? claimed.found.get(at);
        if (naming === undefined) named.delete(at);
        else named.set(at, naming);
      }
      return named;
    },
  };
}

const NO_RECORD: SeenRecord = {
  ids: [],
  titles: [],
  names: [],
  authors: [],
  audience: null,
  addresses: [],
  amounts: [],
  texts: [],
  source: -1,
};

interface Speaking {
  readonly memory: Memory;
  readonly standing: Words["standing"];
  readonly isOwn: (value: string) => boolean;
  words: readonly Words[];
}

/** What the words of one standing name. */
interface Sorting {
  readonly begin: (words: readonly Words[]) => void;
  readonly sort: (at: number, record: SeenRecord) => void;
  /** Brings `found` up to date; answers of which records it may have changed. */
  readonly settled: () => number[];
  readonly found: ReadonlyMap<number, Naming>;
}

function createSorting(speaking: Speaking): Sorting {
  const found = new Map<number, Naming>();
  const titled = new Map<string, Set<number>>();
  const titleOf = new Map<number, string>();
  /** Titles, and records, of which something changed since the last settling. */
  const changed = { titles: new Set<string>(), records: new Set<number>() };
  const drop = (at: number): void => {
    if (found.delete(at)) changed.records.add(at);
    const title = titleOf.get(at);
    if (title === undefined) return;
    titleOf.delete(at);
    titled.get(title)?.delete(at);
    changed.titles.add(title);
  };
  return {
    found,
    begin: (all) => {
      speaking.words = all.filter((one) => one.standing === speaking.standing);
      for (const map of [found, titled, titleOf, changed.titles, changed.records]) map.clear();
    },
    sort: (at, record) => {
      if (speaking.words.length === 0) return;
      drop(at);
      const naming = namingOf(speaking, record);
      if (naming === null) return;
      changed.records.add(at);
      if (typeof naming === "string") {
        titleOf.set(at, naming);
        titled.set(naming, (titled.get(naming) ?? new Set()).add(at));
        changed.titles.add(naming);
      } else found.set(at, naming);
    },
    settled: () => {
      const { memory, isOwn } = speaking;
      for (const title of changed.titles) {
        const places = [...(titled.get(title) ?? [])];
        const records = places.flatMap((at) => memory.records[at] ?? []);
        const isNone = isAmbiguous(records, memory.sources, isOwn);
        for (const at of places) {
          changed.records.add(at);
          if (isNone) found.delete(at);
          else found.set(at, titleNaming(speaking, memory.records[at]));
        }
      }
      const records = [...changed.records];
      changed.titles.clear();
      changed.records.clear();
      return records;
    },
  };
}

/** A naming that stands by itself, or the title by which it may be named; null for neither. */
function namingOf(speaking: Speaking, record: SeenRecord): Naming | string | null {
  const { memory, words } = speaking;
  const isTrusted = memory.sources[record.source]?.isTrusted === true || isOurs(speaking, record);
  const isSaid = (one: string): boolean => words.some((word) => namesTitle(word, one, isTrusted));
  const title = record.titles.find(isSaid) ?? record.names.find(isSaid);
  const strong = strongNaming(speaking, record, title !== undefined);
  return strong ?? (title === undefined ? null : wordsOf(title).join(" "));
}

function titleNaming({ memory, words, standing }: Speaking, record: SeenRecord | undefined): Naming {
  const isTrusted = record !== undefined && memory.sources[record.source]?.isTrusted === true;
  const isTitled =
    record?.titles.some((title) => words.some((one) => namesTitle(one, title, isTrusted))) === true;
  const byNameOnly = !isTrusted && !isTitled;
  return { byTitle: true, byAuthor: false, byLookup: false, byNameOnly, isClaimed: standing === "claimed" };
}

/** Made by the user's own account, and not with words that the agent put into it. */
function isOurs({ memory, isOwn }: Speaking, record: SeenRecord): boolean {
  return isByOwn(record, isOwn) && !record.titles.some((title) => echoes(memory, title));
}

function isByOwn({ authors }: SeenRecord, isOwn: (value: string) => boolean): boolean {
  return authors.length > 0 && authors.every(isOwn);
}

/** By author, or by a lookup in the user's words: what stands whatever else has the same title. */
function strongNaming(
  { memory, words, standing, isOwn }: Speaking,
  record: SeenRecord,
  byTitle: boolean,
): Naming | null {
  const source = memory.sources[record.source];
  // Of two that a record calls its author, a stranger may have chosen one: each must be named.
  const others = record.authors.filter((author) => !isOwn(author));
  const byAuthor = others.length > 0 && others.every((author) => isNamed(words, author));
  const byLookup = standing === "attested" && source?.isTrusted === true && source.isAskedFor;
  return byAuthor || byLookup
    ? { byTitle, byAuthor, byLookup, byNameOnly: false, isClaimed: standing === "claimed" }
    : null;
}

function isNamed(words: readonly Words[], author: string): boolean {
  return author.length >= 5 && words.some((one) => saysWhole(one, author));
}

function isAmbiguous(
  records: readonly SeenRecord[],
  sources: readonly Source[],
  isOwn: (value: string) => boolean,
): boolean {
  const untrusted = records.filter((record) => sources[record.source]?.isTrusted !== true);
  const foreign = new Set(
    untrusted.flatMap((record) => record.authors.filter((author) => !isOwn(author)).map(plain)),
  );
  if (foreign.size > 1) return true;
  const orphans = untrusted.filter((record) => record.authors.length === 0);
  return new Set(orphans.map((record) => record.ids[0] ?? "")).size > 1;
}
