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

/**
 * Which of the records seen the user's words name. Where one title stands for things of several authors, or for several
 * things that no author tells apart, it names none of them: whoever can make a record could make one with that title.
 */
export function namedRecords(
  memory: Memory,
  words: readonly Words[],
  isOwn: (value: string) => boolean,
): ReadonlyMap<number, Naming> {
  const of = (standing: Words["standing"]): ReadonlyMap<number, Naming> =>
    namedBy({ memory, isOwn, standing, words: words.filter((one) => one.standing === standing) });
  return new Map([...of("claimed"), ...of("attested")]);
}

interface Speaking {
  readonly memory: Memory;
  readonly words: readonly Words[];
  readonly standing: Words["standing"];
  readonly isOwn: (value: string) => boolean;
}

function namedBy(speaking: Speaking): Map<number, Naming> {
  const { memory, words, isOwn } = speaking;
  const found = new Map<number, Naming>();
  if (words.length === 0) return found;
  const titled = new Map<string, number[]>();
  for (const [at, record] of memory.records.entries()) {
    const isTrusted = memory.sources[record.source]?.isTrusted === true || isOurs(speaking, record);
    const isSaid = (one: string): boolean => words.some((word) => namesTitle(word, one, isTrusted));
    const title = record.titles.find(isSaid) ?? record.names.find(isSaid);
    const strong = strongNaming(speaking, record, title !== undefined);
    if (strong !== null) found.set(at, strong);
    else if (title !== undefined) add(titled, wordsOf(title).join(" "), at);
  }
  for (const places of titled.values()) {
    const records = places.flatMap((at) => memory.records[at] ?? []);
    if (isAmbiguous(records, memory.sources, isOwn)) continue;
    for (const at of places) found.set(at, titleNaming(speaking, memory.records[at]));
  }
  return found;
}

function titleNaming({ memory, words, standing }: Speaking, record: SeenRecord | undefined): Naming {
  const isTrusted = record !== undefined && memory.sources[record.source]?.isTrusted === true;
  const isTitled =
    record?.titles.some((title) => words.some((one) => namesTitle(one, title, isTrusted))) === true;
  const byNameOnly = !isTrusted && !isTitled;
  return { byTitle: true, byAuthor: false, byLookup: false, byNameOnly, isClaimed: standing === "claimed" };
}

/** Made by the user's own account, and not with words that the agent put into it. */
function isOurs({ memory, isOwn }: Speaking, { authors, titles }: SeenRecord): boolean {
  return authors.length > 0 && authors.every(isOwn) && !titles.some((title) => echoes(memory, title));
}

/** By author, or by a lookup in the user's words: what stands whatever else has the same title. */
function strongNaming(
  { memory, words, standing, isOwn }: Speaking,
  record: SeenRecord,
  byTitle: boolean,
): Naming | null {
  const source = memory.sources[record.source];
  const byAuthor = record.authors.some((author) => !isOwn(author) && isNamed(words, author));
  const byLookup = standing === "attested" && source?.isTrusted === true && source.isAskedFor;
  return byAuthor || byLookup
    ? { byTitle, byAuthor, byLookup, byNameOnly: false, isClaimed: standing === "claimed" }
    : null;
}

function add(map: Map<string, number[]>, key: string, at: number): void {
  map.set(key, [...(map.get(key) ?? []), at]);
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
